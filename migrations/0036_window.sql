-- The cashier's window (收费窗口): shifts with a drawer, money taken by hand, receipts under one numbering.

create table shifts (                                  -- 班次
    id             uuid        primary key,
    office         text        not null,
    window_no      smallint    not null check (window_no between 1 and 99),
    cashier_id     uuid        not null,
    state          text        not null constraint shifts_state check (state in ('OPEN', 'CLOSED')),
    float_fen      bigint      not null check (float_fen >= 0),   -- change money (备用金): the office's, in no account
    opened_at      timestamptz not null,
    closed_at      timestamptz,
    expected_fen   bigint,                             -- what had to be in the drawer, the float with it
    counted_fen    bigint      check (counted_fen >= 0),
    difference_fen bigint,                             -- counted less expected
    note           text,                               -- about a difference
    revision       bigint      not null default 1,
    constraint shifts_closed_is_counted check ((state = 'CLOSED') = (closed_at is not null)
        and (closed_at is not null) = (expected_fen is not null)
        and (closed_at is not null) = (counted_fen is not null)
        and difference_fen is not distinct from counted_fen - expected_fen),
    constraint shifts_difference_is_explained check (coalesce(difference_fen, 0) = 0 or note is not null)
);
-- One drawer for each cashier, one cashier at each window.
create unique index shifts_one_of_cashier on shifts (cashier_id) where state = 'OPEN';
create unique index shifts_one_at_window on shifts (office, window_no) where state = 'OPEN';
create index shifts_office_idx on shifts (office, id);

alter table payments
    add column shift_id uuid references shifts,
    add column taken_by uuid,
    add column tendered_fen bigint,                    -- cash as it was laid down; what is above the amount is change
    add column slip_no text,                           -- of the card terminal, or the number of the cheque
    add column drawn_on text,                          -- the bank of the cheque
    add constraint payments_by_hand check (channel = 'EPAY' or (shift_id is not null and taken_by is not null)),
    add constraint payments_cash_suffices check (channel <> 'CASH' or tendered_fen >= amount_fen),
    add constraint payments_slip check (channel not in ('POS', 'CHEQUE') or slip_no is not null),
    add constraint payments_cheque_has_bank check (channel <> 'CHEQUE' or drawn_on is not null);
create index payments_shift_idx on payments (shift_id) where shift_id is not null;

alter table refunds
    add column shift_id uuid references shifts,
    add column slip_no text;
create index refunds_shift_idx on refunds (shift_id) where shift_id is not null;

create table receipt_series (                          -- the next number of each office and year, without gaps
    office         text        not null,
    year           smallint    not null,
    next_serial    integer     not null,
    primary key (office, year)
);

create table receipts (                                -- fiscal vouchers (财政票据), of all channels
    receipt_no     text        primary key,
    payment_id     uuid        not null constraint receipts_once unique references payments,
    office         text        not null,
    payer          text        not null,
    amount_fen     bigint      not null check (amount_fen > 0),
    issued_at      timestamptz not null,
    issued_by      uuid        not null,
    prints         integer     not null default 1 check (prints >= 1),   -- the first one with it
    printed_at     timestamptz not null
);

-- As before, with the windows: cash lies in the drawer of its shift, and in the safe once that is closed.
create or replace view ledger_claims (account, claimed_fen) as
with notices as (
    -- A notice that was to be voided while it was being paid: the money is not ours, and nobody owes it.
    select id, reg_no, state, total_fen, decl_org,
        void_requested_at is not null and state in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED') as is_unwanted
    from fee_notices
), taken as (
    select p.bank_code, p.amount_fen, p.late_fen, n.is_unwanted, p.channel, p.shift_id, n.decl_org
    from payments p join notices n on n.id = p.notice_id
    where p.state = 'SUCCESS'
), back as (
    select r.account, r.amount_fen, r.late_fen, p.bank_code, r.account like 'SUSPENSE:%' as is_suspense,
        r.state = 'EXECUTED' as is_paid_out, p.channel, r.shift_id, n.decl_org
    from refunds r join payments p on p.id = r.payment_id join notices n on n.id = p.notice_id
    where r.state not in ('REFUSED', 'FAILED')
), cash as (
    select shift_id, amount_fen from taken where channel = 'CASH'
    union all
    select shift_id, -amount_fen from back where channel = 'CASH' and is_paid_out
)
select account, sum(fen)::int8 from (
    select 'RECEIVABLE:' || reg_no, total_fen from notices where state in ('ISSUED', 'PAYING', 'OVERDUE')
    union all
    select 'FEE_INCOME', -total_fen from notices where state not in ('DRAFT', 'VOIDED') and not is_unwanted
    union all
    select 'LATE_INCOME', -late_fen from taken where not is_unwanted
    union all
    select 'BANK:' || bank_code, amount_fen from taken where channel = 'EPAY'
    union all
    select 'POS:' || decl_org, amount_fen from taken where channel = 'POS'
    union all
    select 'CHEQUES:' || decl_org, amount_fen from taken where channel = 'CHEQUE'
    union all
    select 'DRAWER:' || shift_id, amount_fen from cash join shifts s on s.id = shift_id where s.state = 'OPEN'
    union all
    select 'SAFE:' || office, counted_fen - float_fen from shifts where state = 'CLOSED'
    union all
    select 'CASH_DIFFERENCE:' || office, -difference_fen from shifts where state = 'CLOSED'
    union all
    select 'SUSPENSE:' || bank_code, -amount_fen from taken where is_unwanted
    union all
    select 'BANK:' || bank_code, amount_fen from bank_words where effect = 'SUSPEND'
    union all
    select 'SUSPENSE:' || bank_code, -amount_fen from bank_words where effect = 'SUSPEND'
    union all
    select 'FEE_INCOME', amount_fen - late_fen from back where not is_suspense
    union all
    select 'LATE_INCOME', late_fen from back where not is_suspense
    union all
    select account, -amount_fen from back where not is_suspense and not is_paid_out
    union all
    select account, amount_fen from back where is_suspense and is_paid_out
    union all
    select 'BANK:' || bank_code, -amount_fen from back where is_paid_out and channel = 'EPAY'
    union all
    select 'POS:' || decl_org, -amount_fen from back where is_paid_out and channel = 'POS'
    union all
    select 'CHEQUES:' || decl_org, -amount_fen from back where is_paid_out and channel = 'CHEQUE'
) claims (account, fen)
group by account;

-- Shifts with what was taken in them.
create view shift_sheets as
select s.*, p.cash_count, p.cash_fen, p.pos_count, p.pos_fen, p.cheque_count, p.cheque_fen, r.cash_back_count,
    r.cash_back_fen
from shifts s
cross join lateral (
    select count(*) filter (where channel = 'CASH') as cash_count,
        coalesce(sum(amount_fen) filter (where channel = 'CASH'), 0)::int8 as cash_fen,
        count(*) filter (where channel = 'POS') as pos_count,
        coalesce(sum(amount_fen) filter (where channel = 'POS'), 0)::int8 as pos_fen,
        count(*) filter (where channel = 'CHEQUE') as cheque_count,
        coalesce(sum(amount_fen) filter (where channel = 'CHEQUE'), 0)::int8 as cheque_fen
    from payments where shift_id = s.id and state = 'SUCCESS'
) p
cross join lateral (
    select count(*) as cash_back_count, coalesce(sum(refunds.amount_fen), 0)::int8 as cash_back_fen
    from refunds join payments o on o.id = payment_id
    where refunds.shift_id = s.id and refunds.state = 'EXECUTED' and o.channel = 'CASH'
) r;
