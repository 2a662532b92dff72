-- Who is who, and who may act for whom.

create table organisations (
    id            uuid        primary key,
    kind          text        not null
        constraint organisations_kind check (kind in ('BUREAU_OFFICE', 'ENTERPRISE', 'DECLARING_AGENT')),
    code          text        not null,                -- office: 6 digits; others: 10-digit reg_no
    name_zh       text        not null,
    name_en       text,
    registered_on date        not null,
    credit_class  text        not null default 'B'     -- an unrated enterprise is B (R14)
        constraint organisations_credit_class check (credit_class in ('AA', 'A', 'B', 'C', 'D')),
    black_listed  boolean     not null default false,  -- counts as D (R14)
    state         text        not null default 'ACTIVE'
        constraint organisations_state check (state in ('ACTIVE', 'DISABLED')),
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    constraint organisations_code_key unique (code),
    constraint organisations_code_form check (
        code ~ (case kind when 'BUREAU_OFFICE' then '^\d{6}$' else '^\d{10}$' end))
);

create table staff (
    id              uuid        primary key,
    organisation_id uuid        not null references organisations,
    login           text        not null,
    name            text        not null,
    password_hash   text        not null,              -- argon2id PHC string
    roles           text[]      not null,
    state           text        not null default 'ACTIVE'
        constraint staff_state check (state in ('ACTIVE', 'DISABLED')),
    failed_tries    integer     not null default 0,
    locked_at       timestamptz,
    credential_changed_at timestamptz,                 -- older tokens are void; null: never changed
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint staff_login_key unique (login)
);

create table clients (
    id              uuid        primary key,           -- the OAuth2 client_id
    organisation_id uuid        not null references organisations,
    name            text        not null,
    auth_method     text        not null
        constraint clients_auth_method check (auth_method in ('client_secret_basic', 'private_key_jwt')),
    secret_hash     bytea,                             -- SHA-256: the secret is 256 random bits
    public_key      text,                              -- Ed25519 public key, PEM
    roles           text[]      not null,
    state           text        not null default 'ACTIVE'
        constraint clients_state check (state in ('ACTIVE', 'REVOKED')),
    credential_changed_at timestamptz,                 -- older tokens are void; null: never changed
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint clients_one_credential check (
        (auth_method = 'client_secret_basic') = (secret_hash is not null)
        and (auth_method = 'private_key_jwt') = (public_key is not null))
);

-- `jti` of client assertions already used: one assertion, one token (RFC 7523).
create table client_assertions (
    client_id     uuid        not null references clients,
    jti           text        not null,
    expires_at    timestamptz not null,
    primary key (client_id, jti)
);

create table powers_of_attorney (
    id            uuid        primary key,
    agent_id      uuid        not null references organisations,
    enterprise_id uuid        not null references organisations,
    valid_from    date        not null,
    valid_to      date        not null,                -- inclusive
    revoked_at    timestamptz,
    created_at    timestamptz not null,
    constraint powers_of_attorney_dates check (valid_from <= valid_to)
);
create index powers_of_attorney_agent_idx on powers_of_attorney (agent_id, enterprise_id);
create index powers_of_attorney_enterprise_idx on powers_of_attorney (enterprise_id);

create table anywhere_eligibilities (
    id            uuid        primary key,
    enterprise_id uuid        not null references organisations,
    state         text        not null
        constraint anywhere_eligibilities_state
        check (state in ('APPLIED', 'UNDER_REVIEW', 'ELIGIBLE', 'SUSPENDED', 'REMOVED')),
    commitments_signed boolean not null,
    reason        text,
    reviewed_by   uuid references staff,
    joined_on     date,
    left_on       date,
    proposed      text                                 -- what a first person asked for (R10: two persons)
        constraint anywhere_eligibilities_proposed
        check (proposed in ('SUSPEND', 'REINSTATE', 'REMOVE')),
    proposed_by   uuid references staff,
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    constraint anywhere_eligibilities_proposal check ((proposed is null) = (proposed_by is null))
);
-- One live eligibility an enterprise; one that was removed may apply again.
create unique index anywhere_eligibilities_live_key on anywhere_eligibilities (enterprise_id)
    where state <> 'REMOVED';
