-- The proof of the books (账务核对). A posting moves an amount from one account to another, so that the sum of all
-- entries is zero by construction; what proves something is that each account says what notices, payments, refunds
-- and the bank's words say, which are written by other statements.

create view chart_of_accounts (kind, side, name_zh, name_en) as values
    ('RECEIVABLE',      'DEBIT',  '应收检验检疫费',       'what declaring units owe'),
    ('BANK',            'DEBIT',  '银行存款',             'what banks took for us'),
    ('DRAWER',          'DEBIT',  '收费窗口现金',         'cash in the drawer of a shift'),
    ('SAFE',            'DEBIT',  '库存现金',             'cash that shifts handed in'),
    ('POS',             'DEBIT',  '应收刷卡款',           'cards taken, on their way to us'),
    ('CHEQUES',         'DEBIT',  '在途支票',             'cheques taken, on their way to us'),
    ('CASH_DIFFERENCE', 'DEBIT',  '现金长短款',           'what was missing in drawers, less what was over'),
    ('FEE_INCOME',      'CREDIT', '应缴国库款·检验检疫费', 'fees, due to the treasury'),
    ('LATE_INCOME',     'CREDIT', '应缴国库款·滞纳金',     'late fees, due to the treasury'),
    ('SUSPENSE',        'CREDIT', '暂收款',               'money that no payment waits for'),
    ('REFUNDS_OWED',    'CREDIT', '应退款',               'what is owed back to declaring units');

alter table postings
    add constraint postings_accounts check (
        split_part(debit, ':', 1) in ('RECEIVABLE', 'BANK', 'DRAWER', 'SAFE', 'POS', 'CHEQUES', 'CASH_DIFFERENCE',
            'FEE_INCOME', 'LATE_INCOME', 'SUSPENSE', 'REFUNDS_OWED')
        and split_part(credit, ':', 1) in ('RECEIVABLE', 'BANK', 'DRAWER', 'SAFE', 'POS', 'CHEQUES',
            'CASH_DIFFERENCE', 'FEE_INCOME', 'LATE_INCOME', 'SUSPENSE', 'REFUNDS_OWED'));

-- How much of a refund is late fee; and which booking of the bank it gives back: the payment's own, or another one
-- that lies in suspense.
alter table refunds
    add column late_fen bigint not null default 0,
    add column booking_ref text,
    add constraint refunds_late_is_part check (late_fen between 0 and amount_fen);
update refunds r set booking_ref = p.bank_ref
from payments p join fee_notices n on n.id = p.notice_id
where p.id = r.payment_id and p.state = 'SUCCESS'
  and (r.account not like 'SUSPENSE:%' or n.void_requested_at is not null);
update refunds r set booking_ref = w.bank_ref
from bank_words w
where r.booking_ref is null and w.payment_id = r.payment_id and w.effect = 'SUSPEND' and w.amount_fen = r.amount_fen;
update refunds r set late_fen = g.late_fen
from (select payment_id, at, sum(amount_fen)::int8 as late_fen from postings
      where cause = 'refund-owed' and debit = 'LATE_INCOME' group by payment_id, at) g
where g.payment_id = r.payment_id and g.at = r.created_at and r.account not like 'SUSPENSE:%';

-- Each posting as its two entries: what is debited is added, what is credited is taken away.
create view ledger_entries (posting_id, at, account, amount_fen, cause, notice_id, payment_id) as
    select id, at, debit, amount_fen, cause, notice_id, payment_id from postings
    union all
    select id, at, credit, -amount_fen, cause, notice_id, payment_id from postings;

-- What the other tables say that each account holds.
create view ledger_claims (account, claimed_fen) as
with notices as (
    -- A notice that was to be voided while it was being paid: the money is not ours, and nobody owes it.
    select id, reg_no, state, total_fen,
        void_requested_at is not null and state in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED') as is_unwanted
    from fee_notices
), taken as (
    select p.bank_code, p.amount_fen, p.late_fen, n.is_unwanted
    from payments p join notices n on n.id = p.notice_id
    where p.state = 'SUCCESS'
), back as (
    select r.account, r.amount_fen, r.late_fen, p.bank_code, r.account like 'SUSPENSE:%' as is_suspense,
        r.state = 'EXECUTED' as is_paid_out
    from refunds r join payments p on p.id = r.payment_id
    where r.state not in ('REFUSED', 'FAILED')
)
select account, sum(fen)::int8 from (
    select 'RECEIVABLE:' || reg_no, total_fen from notices where state in ('ISSUED', 'PAYING', 'OVERDUE')
    union all
    select 'FEE_INCOME', -total_fen from notices where state not in ('DRAFT', 'VOIDED') and not is_unwanted
    union all
    select 'LATE_INCOME', -late_fen from taken where not is_unwanted
    union all
    select 'BANK:' || bank_code, amount_fen from taken
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
    select 'BANK:' || bank_code, -amount_fen from back where is_paid_out
) claims (account, fen)
group by account;

-- Every account with what stands in it and what is claimed. Debits less credits, whatever side it has.
create view ledger_accounts (account, kind, entries, debits_fen, credits_fen, balance_fen, claimed_fen) as
with booked as (
    select account, count(*) as entries, coalesce(sum(amount_fen) filter (where amount_fen > 0), 0)::int8 as debits,
        coalesce(-sum(amount_fen) filter (where amount_fen < 0), 0)::int8 as credits
    from ledger_entries group by account
)
select account, split_part(account, ':', 1), coalesce(entries, 0), coalesce(debits, 0), coalesce(credits, 0),
    coalesce(debits - credits, 0), coalesce(claimed_fen, 0)
from booked full join ledger_claims using (account);

-- The proof, in one row: the sum of all entries is zero, and no account differs from what is claimed of it.
create view ledger_proof (entries, sum_fen, accounts, differing) as
select coalesce(sum(entries), 0)::int8, coalesce(sum(balance_fen), 0)::int8, count(*),
    count(*) filter (where balance_fen <> claimed_fen)
from ledger_accounts;
