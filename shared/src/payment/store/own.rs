//! What the books say of a day of the bank.
use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::{
    kernel::{Fen, calendar},
    payment::recon::{compare::Own, statement::LineKind},
};

/// What the books say of a day, of these bookings at any time, and of what we heard of after its day was closed.
///
/// A closed day has told of a booking when its statement has it or it was missed in it. What no closed day has told of
/// belongs to the next open one.
pub(in crate::payment) async fn own(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
    refs: &[String],
) -> sqlx::Result<Vec<Own>> {
    let from = calendar::start_of(day);
    let to = calendar::start_of(calendar::days_after(day, 1));
    sqlx::query_as!(
        Own,
        r#"
        with booked as materialized (
            select * from (
                select 'DEBIT' as kind, bank_ref, id as subject, amount_fen, bank_time as booked_at,
                    settled_at as heard_at
                from payments
                where bank_code = $1 and channel = 'EPAY' and state in ('SUCCESS', 'REVERSED')
                union all
                select case when effect in ('REVERSE', 'RETURN') then 'REVERSAL' else 'DEBIT' end, bank_ref, payment_id, amount_fen,
                    bank_time, received_at
                from bank_words
                where bank_code = $1 and effect in ('SUSPEND', 'REVERSE', 'RETURN')
                union all
                select 'REFUND', r.bank_ref, r.id, r.amount_fen, r.bank_time, r.settled_at
                from refunds r join payments p on p.id = r.payment_id
                where p.bank_code = $1 and r.state = 'EXECUTED' and p.channel = 'EPAY'
            ) every
            where booked_at >= $2 and booked_at < $3 or bank_ref = any($4)
                -- Heard after its day was over, as few are: then it is looked whether the day was closed. Whoever was heard
                -- while it was being closed committed within the hour.
                or booked_at < $2
                and (heard_at + interval '1 hour') at time zone 'Asia/Shanghai'
                    >= date_trunc('day', booked_at at time zone 'Asia/Shanghai') + interval '1 day'
                and exists (select from bank_days d where d.bank_code = $1 and d.state = 'CLOSED'
                    and d.day = (every.booked_at at time zone 'Asia/Shanghai')::date
                    and d.closed_at <= every.heard_at + interval '1 hour')
        ), told as (
            select b.*,
                exists (select from statement_lines s join bank_days d using (bank_code, day)
                    where s.bank_code = $1 and s.kind = b.kind and s.bank_ref = b.bank_ref and s.day <> $5
                      and d.state = 'CLOSED') as is_stated,
                exists (select from day_differences m join bank_days d using (bank_code, day)
                    where m.bank_code = $1 and m.kind = 'ORPHAN_OWN' and m.line_kind = b.kind
                      and m.bank_ref = b.bank_ref and m.day <> $5 and d.state = 'CLOSED') as is_missed
            from booked b
        ), placed as (
            select t.*, booked_at < $2 and not is_stated and not is_missed
                and exists (select from bank_days d where d.bank_code = $1 and d.state = 'CLOSED'
                    and d.day = (t.booked_at at time zone 'Asia/Shanghai')::date)
                and not exists (select from statement_lines s
                    where s.bank_code = $1 and s.kind = t.kind and s.bank_ref = t.bank_ref and s.day <> $5)
                and not exists (select from bank_days d where d.bank_code = $1 and d.state = 'OPEN'
                    and d.day > (t.booked_at at time zone 'Asia/Shanghai')::date and d.day < $5) as is_late
            from told t
        )
        select kind as "kind!: LineKind", bank_ref as "bank_ref!", subject as "subject!", amount_fen as "amount!: Fen",
            booked_at as "booked_at!", is_stated as "is_stated!", is_missed as "is_missed!", is_late as "is_late!"
        from placed
        where booked_at >= $2 and booked_at < $3 or bank_ref = any($4) or is_late
        "#,
        bank_code,
        from,
        to,
        refs,
        day,
    )
    .fetch_all(conn)
    .await
}
