-- Bureaus that trust each other: who they are, what was agreed, and what was said.

alter table events drop constraint events_actor_kind;
alter table events add constraint events_actor_kind
    check (actor_kind in ('SYSTEM', 'STAFF', 'CLIENT', 'BANK', 'PARTNER'));

create table partners (
    code             text        primary key
        constraint partners_code_form check (code ~ '^\d{6}$'),
    name_zh          text        not null,
    name_en          text,
    base_url         text,                             -- null: it cannot be called, it comes for its messages
    state            text        not null default 'ACTIVE'
        constraint partners_state check (state in ('ACTIVE', 'SUSPENDED')),
    -- How the last deliveries went: a partner that is down is left alone for a while.
    failures         integer     not null default 0,
    next_try_at      timestamptz,
    delivering_until timestamptz,                      -- one delivery to a partner at a time
    last_error       text,
    reached_at       timestamptz,
    heard_at         timestamptz,
    created_at       timestamptz not null,
    updated_at       timestamptz not null
);

-- Public keys of all bureaus, ours among them: with these alone anybody can verify a stored message years later.
create table bureau_keys (
    bureau     text        not null,
    key_id     text        not null,
    public_key text        not null
        constraint bureau_keys_public_key_form check (public_key ~ '^[0-9A-Za-z+/]{43}=$'),
    valid_from timestamptz not null,
    valid_to   timestamptz,                            -- exclusive; null: until it is replaced
    revoked_at timestamptz,
    created_at timestamptz not null,
    primary key (bureau, key_id),
    constraint bureau_keys_dates check (valid_to is null or valid_from < valid_to)
);

-- Memoranda of cooperation (合作备忘录): what each partner may do, and since when.
create table memoranda (
    id         uuid        primary key,
    partner    text        not null references partners,
    kind       text        not null constraint memoranda_kind check (kind in (
        'TRANSFER', 'DIRECT_RELEASE', 'CREDIT', 'EXEMPTION', 'NON_CONFORMITY', 'HANDOFF')),
    valid_from date        not null,
    valid_to   date,                                   -- inclusive; null: until it is ended
    terms      jsonb       not null,
    created_at timestamptz not null,
    ended_at   timestamptz,
    constraint memoranda_dates check (valid_to is null or valid_from <= valid_to)
);
create index memoranda_partner_idx on memoranda (partner, kind, valid_from);

-- How far each conversation has come, each way.
create table conversations (
    bureau          text        not null,              -- the other side
    correlation_id  uuid        not null,
    sent            integer     not null default 0,    -- the last sequence that we gave out
    applied         integer     not null default 0,    -- the last of theirs that was dealt with
    asked_again_at  timestamptz,                       -- when we last asked for what is missing
    primary key (bureau, correlation_id)
);

create table outbox (
    id             uuid        primary key,            -- the message's id
    receiver       text        not null references partners,
    kind           text        not null,               -- `transfer.created`
    version        smallint    not null,
    correlation_id uuid        not null,
    sequence       integer     not null,               -- from 1; 0 stands outside the order
    sent_at        timestamptz not null,
    payload        jsonb       not null,
    payload_hash   text        not null,
    key_id         text,                               -- signed when it first leaves, and never again
    signature      text,
    state          text        not null default 'WAITING'
        constraint outbox_state check (state in ('WAITING', 'DELIVERED', 'DEAD')),
    attempts       integer     not null default 0,
    last_error     text,
    give_up_at     timestamptz not null,               -- dead from then on, until an operator redrives it
    delivered_at   timestamptz,
    receipt        jsonb,                              -- the other side's, signed
    constraint outbox_signed check ((key_id is null) = (signature is null)),
    constraint outbox_delivered_has_receipt check (state <> 'DELIVERED' or receipt is not null)
);
create unique index outbox_order on outbox (receiver, correlation_id, sequence) where sequence > 0;
create index outbox_waiting_idx on outbox (receiver, sent_at, sequence) where state = 'WAITING';
create index outbox_dead_idx on outbox (id) where state = 'DEAD';

create table inbox (
    sender         text        not null,
    id             uuid        not null,               -- applied at most once by (sender, message id)
    kind           text        not null,
    version        smallint    not null,
    correlation_id uuid        not null,
    sequence       integer     not null,
    sent_at        timestamptz not null,
    received_at    timestamptz not null,
    payload        jsonb       not null,
    payload_hash   text        not null,
    key_id         text        not null,
    signature      text        not null,
    refused_records integer[]  not null default '{}',  -- records refused in the receipt, by their place
    state          text        not null default 'STORED'
        constraint inbox_state check (state in ('STORED', 'APPLIED', 'REFUSED', 'PARKED')),
    reason         text,
    outcome        jsonb,
    settled_at     timestamptz,
    receipt        jsonb       not null,               -- ours, as it was first given
    primary key (sender, id),
    constraint inbox_settled check ((state = 'STORED') = (settled_at is null))
);
create unique index inbox_order on inbox (sender, correlation_id, sequence) where sequence > 0;
create index inbox_attention_idx on inbox (received_at) where state in ('REFUSED', 'PARKED');
