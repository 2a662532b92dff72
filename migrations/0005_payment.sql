-- Fees (收费) and their payment. Money is integer fen.

create table agreements (                              -- three-party e-payment agreement
    id             uuid        primary key,
    reg_no         text        not null constraint agreements_reg_no_fkey references organisations (code),
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
    late_rate      numeric     not null,               -- per day, on the terms of the day of issue
    revision       bigint      not null default 1,
    issued_at      timestamptz not null,
    due_on         date        not null,               -- 20 days; late from the 21st
    paid_at        timestamptz,
    voided_at      timestamptz,
    void_requested_at timestamptz,                     -- wanted void while it was being paid (R6: never from PAYING)
    void_reason    text,
    updated_at     timestamptz not null,
    constraint fee_notices_void_has_time check ((state = 'VOIDED') = (voided_at is not null))
);
create index fee_notices_declaration_idx on fee_notices (declaration_id);
create index fee_notices_payer_idx on fee_notices (reg_no, id);
create index fee_notices_office_idx on fee_notices (decl_org, id);
create index fee_notices_open_idx on fee_notices (due_on) where state = 'ISSUED';
create index fee_notices_overdue_idx on fee_notices (reg_no) where state in ('ISSUED', 'OVERDUE');

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
    failure_code   text constraint payments_failure_code check (failure_code in (
        'INSUFFICIENT_FUNDS', 'OVER_LIMIT', 'AGREEMENT', 'NOT_FOUND')),
    queries        integer     not null default 0,     -- how often the bank was asked: fences the next question
    created_at     timestamptz not null,
    sent_at        timestamptz,                        -- committed before the debit leaves (R6)
    settled_at     timestamptz,
    bank_time      timestamptz,
    constraint payments_sent_has_time check (state in ('CREATED', 'FAILED') or channel <> 'EPAY' or sent_at is not null),
    constraint payments_failed_has_code check ((state = 'FAILED') = (failure_code is not null)),
    constraint payments_success_has_ref check (state <> 'SUCCESS' or channel <> 'EPAY' or bank_ref is not null)
);
-- At most one payment of a notice is under way or has succeeded, all channels together (R6).
create unique index payments_one_live on payments (notice_id)
    where state in ('CREATED', 'SENT', 'UNKNOWN', 'SUCCESS');
create index payments_notice_idx on payments (notice_id, id);
create index payments_daily_idx on payments (agreement_id, created_at) include (amount_fen, state);

-- What the bank told us, in an answer, to a query or by callback: once each (R6).
create table bank_words (
    bank_code      text        not null,
    bank_ref       text        not null,
    outcome        text        not null
        constraint bank_words_outcome check (outcome in ('SUCCESS', 'FAILED')),
    payment_id     uuid        not null,               -- as the bank named it: there may be no such payment
    source         text        not null
        constraint bank_words_source check (source in ('ANSWER', 'QUERY', 'CALLBACK')),
    amount_fen     bigint      not null,
    failure_code   text,
    bank_time      timestamptz not null,
    effect         text        not null constraint bank_words_effect check (effect in (
        'SUCCEED', 'FAIL', 'SUSPEND', 'HOLD', 'CONTRADICT', 'NOTHING')),
    received_at    timestamptz not null,
    primary key (bank_code, bank_ref, outcome)
);
create index bank_words_payment_idx on bank_words (payment_id);

create table refunds (
    id             uuid        primary key,
    payment_id     uuid        not null references payments,
    amount_fen     bigint      not null check (amount_fen > 0),
    reason         text        not null,
    account        text        not null,               -- where the money lies until it is paid out
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
