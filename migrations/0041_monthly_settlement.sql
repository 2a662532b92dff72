-- Monthly settlement (月结): fees that release does not wait for (R5), told of once a month, and dunned.

create table monthly_settlements (                     -- granted on an agreement with credit_settlement
    id             uuid        primary key,
    reg_no         text        not null constraint monthly_settlements_reg_no_fkey references organisations (code),
    state          text        not null
        constraint monthly_settlements_state check (state in ('ACTIVE', 'SUSPENDED', 'ENDED')),
    credit_limit_fen bigint    not null check (credit_limit_fen > 0),   -- unpaid fees on credit, late fees aside
    due_day        smallint    not null check (due_day between 1 and 28),   -- of the month after the notice
    valid_from     date        not null,
    valid_until    date,                               -- the last day; null: until it ends
    granted_by     uuid,                               -- null: carried over
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    constraint monthly_settlements_days check (valid_until >= valid_from)
);
create unique index monthly_settlements_one_live on monthly_settlements (reg_no) where state in ('ACTIVE', 'SUSPENDED');

create table monthly_statements (                      -- 月结单
    id             uuid        primary key,
    reg_no         text        not null references organisations (code),
    month          date        not null check (extract(day from month) = 1),   -- its first day
    state          text        not null
        constraint monthly_statements_state check (state in ('ISSUED', 'OVERDUE', 'PAID')),
    notices        integer     not null check (notices > 0),
    total_fen      bigint      not null check (total_fen > 0),   -- when it was made; late fees come on top
    due_on         date        not null,
    issued_at      timestamptz not null,
    paid_at        timestamptz,
    updated_at     timestamptz not null,
    constraint monthly_statements_once unique (reg_no, month),
    constraint monthly_statements_paid_has_time check ((state = 'PAID') = (paid_at is not null))
);
create index monthly_statements_open_idx on monthly_statements (due_on) where state <> 'PAID';

create table dunnings (                                -- 催缴: each level of a statement once
    statement_id   uuid        not null references monthly_statements,
    level          integer     not null check (level >= 1),
    dunned_at      timestamptz not null,
    primary key (statement_id, level)
);

alter table fee_notices
    -- Whether it was taken on credit when it was issued, or why not; null: its payer did not settle monthly.
    add column credit text
        constraint fee_notices_credit check (credit in ('GRANTED', 'OVER_LIMIT', 'OVERDUE', 'SUSPENDED')),
    add column statement_id uuid references monthly_statements,
    add constraint fee_notices_told_are_on_credit check (statement_id is null or credit = 'GRANTED');
create index fee_notices_credit_idx on fee_notices (reg_no)
    where credit = 'GRANTED' and state in ('ISSUED', 'PAYING', 'OVERDUE');
create index fee_notices_statement_idx on fee_notices (statement_id) where statement_id is not null;

-- Who was trusted without a limit stays trusted, up to what may be debited on a day, and so do the notices that are
-- not paid yet.
insert into monthly_settlements (id, reg_no, state, credit_limit_fen, due_day, valid_from, created_at, updated_at)
select gen_random_uuid(), reg_no, 'ACTIVE', daily_limit_fen, 10, signed_on, updated_at, updated_at
from agreements where credit_settlement and state in ('ACTIVE', 'SUSPENDED');
update fee_notices set credit = 'GRANTED'
where state in ('ISSUED', 'PAYING', 'OVERDUE') and reg_no in (select reg_no from monthly_settlements);
