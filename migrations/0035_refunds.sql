-- Refunds (退费) are proposed or owed by a rule, approved by a fee officer and a duty chief, ordered by a cashier, and
-- paid to the channel by which the money came (domain R10).

alter table refunds
    drop constraint refunds_state,
    add constraint refunds_state check (state in (
        'OWED', 'REFUSED', 'APPROVED', 'ORDERED', 'SENT', 'UNKNOWN', 'EXECUTED', 'FAILED')),
    add column revision         bigint not null default 1,
    add column proposed_by      uuid,                  -- null: owed by a rule
    add column fee_approved_by  uuid,
    add column chief_approved_by uuid,
    add column executed_by      uuid,
    add column decision         text,                  -- why it was refused
    add column replaces         uuid references refunds,   -- one that failed at the bank; the money is still owed
    add column bank_ref         text,
    add column failure_code     text,
    add column queries          integer not null default 0,
    add column approved_at      timestamptz,
    add column sent_at          timestamptz,           -- committed before the order leaves
    add column settled_at       timestamptz,
    add column bank_time        timestamptz,
    add column updated_at       timestamptz;
update refunds set updated_at = created_at;
alter table refunds
    alter column updated_at set not null,
    -- Nobody is two of those who move the money of one refund.
    add constraint refunds_hands_differ check (not (
        fee_approved_by = chief_approved_by or fee_approved_by = proposed_by or chief_approved_by = proposed_by
        or executed_by = fee_approved_by or executed_by = chief_approved_by)),
    add constraint refunds_approved_by_two check (state in ('OWED', 'REFUSED')
        or (fee_approved_by is not null and chief_approved_by is not null)),
    add constraint refunds_refused_is_told check ((state = 'REFUSED') = (decision is not null)),
    add constraint refunds_sent_has_time check (state not in ('SENT', 'UNKNOWN') or sent_at is not null),
    add constraint refunds_failed_has_code check ((state = 'FAILED') = (failure_code is not null));
create unique index refunds_replaced_once on refunds (replaces) where replaces is not null;
create index refunds_open_idx on refunds (id) where state not in ('EXECUTED', 'FAILED', 'REFUSED');

-- No more is given back of one booking than was booked, whoever asks for it at the same time (invariant 15).
create function refunds_within_booking() returns trigger language plpgsql as $$
declare
    booked bigint;
    back bigint;
begin
    select coalesce(
        (select p.amount_fen from payments p where p.id = new.payment_id and p.state = 'SUCCESS'
            and p.bank_ref is not distinct from new.booking_ref),
        (select w.amount_fen from bank_words w where w.payment_id = new.payment_id
            and w.bank_ref = new.booking_ref and w.outcome = 'SUCCESS')) into booked;
    select sum(amount_fen) into back from refunds
    where payment_id = new.payment_id and booking_ref is not distinct from new.booking_ref
      and state not in ('REFUSED', 'FAILED');
    if back > booked then
        raise exception 'more would be given back of a booking than was booked'
            using errcode = 'check_violation', constraint = 'refunds_within_booking';
    end if;
    return null;
end $$;
create constraint trigger refunds_within_booking after insert on refunds
    deferrable initially deferred for each row execute function refunds_within_booking();
