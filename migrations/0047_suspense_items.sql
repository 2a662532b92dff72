-- The bank takes an orphan back (暂收款退回): what lies in suspense as nobody's is nobody's no more.
alter table bank_words
    drop constraint bank_words_effect,
    add constraint bank_words_effect check (effect in (
        'SUCCEED', 'FAIL', 'SUSPEND', 'HOLD', 'CONTRADICT', 'REVERSE', 'RETURN', 'NOTHING'));

-- As before, with what was taken back of that.
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
    select 'BANK:' || bank_code, -amount_fen from bank_words where effect = 'RETURN'
    union all
    select 'SUSPENSE:' || bank_code, amount_fen from bank_words where effect = 'RETURN'
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

-- Everything that lay or lies in suspense, with what is left of it and how it goes back.
create view suspense_items (
    bank_code, bank_ref, why, subject, amount_fen, open_fen, booked_at, since, refund_id, refund_state) as
with lying as (
    select w.bank_code, w.bank_ref, case when p.id is null then 'ORPHAN' else 'UNEXPECTED' end as why,
        w.payment_id as subject, w.amount_fen, w.bank_time as booked_at, w.received_at as since
    from bank_words w left join payments p on p.id = w.payment_id and p.bank_code = w.bank_code
    where w.effect = 'SUSPEND'
    union all
    -- Its notice was to be void: see `ledger_claims`.
    select p.bank_code, p.bank_ref, 'UNWANTED', p.id, p.amount_fen, p.bank_time, p.settled_at
    from payments p join fee_notices n on n.id = p.notice_id
    where p.state = 'SUCCESS' and p.channel = 'EPAY' and n.void_requested_at is not null
      and n.state in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED')
)
select l.bank_code, l.bank_ref, l.why, l.subject, l.amount_fen,
    case when exists (select from bank_words b
        where b.bank_code = l.bank_code and b.bank_ref = l.bank_ref and b.effect = 'RETURN') then 0
    else l.amount_fen - coalesce((select sum(r.amount_fen)::int8 from refunds r
        where r.payment_id = l.subject and r.booking_ref = l.bank_ref and r.account like 'SUSPENSE:%'
          and r.state = 'EXECUTED'), 0) end,
    l.booked_at, l.since, latest.id, latest.state
from lying l
left join lateral (
    select r.id, r.state from refunds r
    where r.payment_id = l.subject and r.booking_ref = l.bank_ref and r.account like 'SUSPENSE:%'
    order by r.id desc limit 1
) latest on true;
create index bank_words_suspended_idx on bank_words (bank_code, received_at) where effect = 'SUSPEND';
