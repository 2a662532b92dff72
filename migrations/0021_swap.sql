-- Certificate swap (换证直通): electronic transfers (电子转单), on whichever end of them this bureau stands.

create table transfers (
    id                   uuid        primary key,
    side                 text        not null
        constraint transfers_side check (side in ('ORIGIN', 'PORT')),
    transfer_no          text        not null
        constraint transfers_no_form check (transfer_no ~ '^\d{15}T$'),
    decl_no              text        not null,          -- of the origin
    origin_bureau        text        not null,
    origin_org           text        not null,
    port_bureau          text        not null,
    port_org             text,                          -- named by the origin, or where it was claimed
    reg_no               text        not null,          -- whose declaration it was at the origin
    password_hash        text        not null
        constraint transfers_password_hashed check (password_hash like '$argon2id$%'),
    state                text        not null constraint transfers_state check (state in (
        'CREATED', 'SENT_TO_HUB', 'RECEIVED_BY_PORT', 'CLAIMED', 'SPOT_CHECK_PENDING', 'SPOT_CHECK_OK',
        'SPOT_CHECK_FAIL', 'SWAPPED', 'CONSUMED', 'EXPIRED', 'REVOKED_BY_ORIGIN', 'RETURNED_TO_ORIGIN')),
    origin_version       integer     not null,          -- what the origin said last
    port_version         integer     not null,          -- what the port said last
    content              jsonb       not null,          -- as inspected at the origin
    concluded_on         date        not null,
    valid_until          date        not null,
    correlation_id       uuid        not null,
    message_id           uuid,                          -- that carries it to the port
    declaration_id       uuid        references declarations,
    claimant             text,
    claimed_at           timestamptz,
    port_decl_no         text,
    clearance_no         text,
    form_valid_until     date,
    swapped_at           timestamptz,
    is_correction_agreed boolean     not null default false,
    locked_at            timestamptz,
    revocation_asked_at  timestamptz,
    revocation_refused   text,
    reason               text,
    created_at           timestamptz not null,
    updated_at           timestamptz not null,
    revision             bigint      not null default 1,
    constraint transfers_number_key unique (side, transfer_no),
    -- One declaration is transferred once; one case at the port claims one transfer.
    constraint transfers_declaration_key unique (declaration_id),
    constraint transfers_swapped_has_form check (state not in ('SWAPPED', 'CONSUMED') or clearance_no is not null),
    constraint transfers_claimed_is_known check (state not in ('CLAIMED', 'SPOT_CHECK_PENDING', 'SPOT_CHECK_OK',
        'SPOT_CHECK_FAIL', 'SWAPPED', 'CONSUMED') or port_decl_no is not null)
);
create index transfers_open_idx on transfers (valid_until)
    where state not in ('CONSUMED', 'EXPIRED', 'REVOKED_BY_ORIGIN', 'RETURNED_TO_ORIGIN');
create index transfers_message_idx on transfers (message_id) where state = 'CREATED';

-- Failures, and tries that are being compared at this moment: what proves right is taken out again. Numbers that
-- exist and numbers that do not are counted alike.
create table claim_tries (
    id          uuid        primary key,
    transfer_no text        not null,
    caller      text        not null,
    tried_at    timestamptz not null
);
create index claim_tries_number_idx on claim_tries (transfer_no, tried_at);
create index claim_tries_caller_idx on claim_tries (caller, tried_at);

-- One row for each number that was ever tried: whoever tries it holds the row, so that nobody counts past the limit.
create table claimed_numbers (
    transfer_no text        primary key,
    tried_at    timestamptz not null,
    unlocked_at timestamptz                             -- failures before then are forgiven
);
