-- What notices, payments and releases must say of each other at every moment (domain invariant 16, rulings R5 and R6).
-- A row is a fault. The accounts have their own proof, `ledger_accounts`.
create view parity_faults (kind, declaration_id, notice_no) as
-- A notice is paid by exactly one payment that succeeded.
select 'PAID_WITHOUT_PAYMENT', n.declaration_id, n.notice_no
from fee_notices n
where n.state in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED')
  and not exists (select from payments p where p.notice_id = n.id and p.state = 'SUCCESS')
union all
select 'PAYMENT_WITHOUT_NOTICE', n.declaration_id, n.notice_no
from payments p join fee_notices n on n.id = p.notice_id
where p.state = 'SUCCESS' and n.state not in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED')
union all
-- A notice is being paid by exactly one payment that is under way.
select 'PAYING_WITHOUT_PAYMENT', n.declaration_id, n.notice_no
from fee_notices n
where n.state = 'PAYING'
  and not exists (select from payments p where p.notice_id = n.id and p.state in ('CREATED', 'SENT', 'UNKNOWN'))
union all
-- Nothing is released before its fees are settled: paid, or taken on credit by a monthly settlement. What the bank took back afterwards has an alarm of its own.
select 'RELEASED_UNPAID', n.declaration_id, n.notice_no
from fee_notices n join releases r on r.declaration_id = n.declaration_id
where n.state in ('ISSUED', 'OVERDUE', 'PAYING') and n.issued_at <= r.released_at
  and not exists (select from payments p where p.notice_id = n.id and p.state = 'REVERSED')
  and n.credit is distinct from 'GRANTED';

-- When books or records were found at odds, and until when. One alarm at a time: the first disagreement raises it.
create table parity_alarms (
    id          uuid        primary key,
    raised_at   timestamptz not null,
    found       jsonb       not null,                  -- the first of what disagreed then
    ended_at    timestamptz
);
create unique index parity_alarms_one_at_a_time on parity_alarms ((true)) where ended_at is null;
