-- Fees (收费) and their payment. Money is integer fen.

create table agreements (                              -- three-party e-payment agreement
    id             uuid        primary key,
    reg_no         text        not null,
    bank_code      text        not null,
    account_token  text        not null,               -- the bank's token; never an account number
    signed_on      date        not null,
    state          text        not null
        constraint agreements_state check (state in ('ACTIVE', 'SUSPENDED', 'ENDED')),
    single_limit_fen bigint    not null check (single_limit_fen > 0),
    daily_limit_fen  bigint    not null check (daily_limit_fen > 0),
    credit_settlement boolean  not null default false, -- monthly settlement: fees count as settled (R5)
    auto_debit     boolean     not null default false, -- a notice is debited as soon as it is issued
    created_at     timestamptz not null,
    updated_at     timestamptz not null
);
create unique index agreements_one_live on agreements (reg_no) where state in ('ACTIVE', 'SUSPENDED');

create table fee_notices (
    id             uuid        primary key,
    notice_no      text        not null constraint fee_notices_no_key unique,
    declaration_id uuid        not null references declarations,
    decl_no        text        not null,
    reg_no         text        not null,               -- who pays: the declaring unit
    decl_org       text        not null,
    kind           text        not null
        constraint fee_notices_kind check (kind in ('ORIGINAL', 'SUPPLEMENTARY')),
    state          text        not null constraint fee_notices_state check (state in (
        'DRAFT', 'ISSUED', 'PAYING', 'PAID', 'OVERDUE', 'VOIDED', 'PARTIALLY_REFUNDED', 'REFUNDED')),
    total_fen      bigint      not null check (total_fen > 0 and total_fen % 100 = 0),
    lines          jsonb       not null,
    revision       bigint      not null default 1,
    issued_at      timestamptz not null,
    due_on         date        not null,               -- 20 days; late from the 21st
    paid_at        timestamptz,
    voided_at      timestamptz,
    void_reason    text,
    updated_at     timestamptz not null
);
create index fee_notices_declaration_idx on fee_notices (declaration_id);
create index fee_notices_payer_idx on fee_notices (reg_no, id);
create index fee_notices_open_idx on fee_notices (due_on) where state in ('ISSUED', 'OVERDUE');

create table payments (
    id             uuid        primary key,
    notice_id      uuid        not null references fee_notices,
    reg_no         text        not null,
    channel        text        not null
        constraint payments_channel check (channel in ('EPAY', 'CASH', 'POS', 'CHEQUE')),
    agreement_id   uuid        references agreements,
    amount_fen     bigint      not null check (amount_fen > 0),   -- with the late fee
    late_fen       bigint      not null default 0 check (late_fen >= 0),
    state          text        not null constraint payments_state check (state in (
        'CREATED', 'SENT', 'SUCCESS', 'FAILED', 'UNKNOWN', 'REVERSED')),
    bank_code      text,
    bank_ref       text,
    failure_code   text,
    created_at     timestamptz not null,
    sent_at        timestamptz,                        -- committed before the debit leaves (R6)
    settled_at     timestamptz,
    bank_time      timestamptz,
    constraint payments_sent_has_time check (state in ('CREATED', 'FAILED') or channel <> 'EPAY' or sent_at is not null)
);
-- At most one payment of a notice is under way or has succeeded, all channels together (R6).
create unique index payments_one_live on payments (notice_id)
    where state in ('CREATED', 'SENT', 'UNKNOWN', 'SUCCESS');
create index payments_notice_idx on payments (notice_id);
create index payments_daily_idx on payments (agreement_id, created_at);

-- What the bank told us, once each (R6).
create table bank_callbacks (
    bank_code      text        not null,
    bank_ref       text        not null,
    outcome        text        not null,
    payment_id     uuid        not null,
    body           jsonb       not null,
    received_at    timestamptz not null,
    primary key (bank_code, bank_ref, outcome)
);

create table refunds (
    id             uuid        primary key,
    payment_id     uuid        not null references payments,
    amount_fen     bigint      not null check (amount_fen > 0),
    reason         text        not null,
    state          text        not null
        constraint refunds_state check (state in ('OWED', 'EXECUTED')),
    created_at     timestamptz not null
);
create index refunds_payment_idx on refunds (payment_id);

-- One row moves one amount from one account to another: balanced by construction.
create table postings (
    id             uuid        primary key,
    at             timestamptz not null,
    debit          text        not null,
    credit         text        not null,
    amount_fen     bigint      not null check (amount_fen > 0),
    cause          text        not null,               -- notice-issued, payment-succeeded …
    notice_id      uuid        references fee_notices,
    payment_id     uuid        references payments,
    constraint postings_two_accounts check (debit <> credit)
);
create index postings_notice_idx on postings (notice_id);
create trigger postings_are_final before update or delete or truncate on postings
    for each statement execute function history_is_final();
