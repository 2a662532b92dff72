//! Payments counted.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    kernel::{Fen, calendar},
    payment::report::{Counted, MOST_ROWS, ReportDraft},
};

/// A row for each key, in their order, and one without a key: the total. One statement, so that they are of one moment.
pub(in crate::payment) async fn count(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    asked: &ReportDraft,
    office: Option<&str>,
) -> sqlx::Result<Vec<Counted>> {
    let from = calendar::start_of(asked.from);
    let to = calendar::start_of(calendar::days_after(asked.to, 1));
    sqlx::query_as!(
        Counted,
        r#"
        with payment as materialized (
            select p.id, p.reg_no, p.channel, p.amount_fen, p.late_fen, n.decl_org as office, n.lines,
                (coalesce(p.settled_at, p.sent_at) at time zone 'Asia/Shanghai')::date as day,
                p.state = 'SUCCESS' as is_success,
                p.state = 'SUCCESS' and p.channel = 'EPAY' as is_e_payment,
                p.state = 'FAILED' as is_failure,
                p.channel = 'EPAY' and coalesce(coalesce(p.settled_at, $4) - p.sent_at > interval '30 minutes', false) as is_unheard,
                extract(epoch from p.settled_at - p.created_at) as seconds
            from payments p join fee_notices n on n.id = p.notice_id
            where (p.settled_at >= $1 and p.settled_at < $2
                    or p.settled_at is null and p.sent_at >= $1 and p.sent_at < $2)
              and ($3::text is null or n.decl_org = $3)
        ), keyed as (
            select null::text as key, p.*, p.amount_fen as fen from payment p
            union all
            select case $5 when 'DAY' then day::text when 'OFFICE' then office when 'CHANNEL' then channel
                    else reg_no end, p.*, p.amount_fen
            from payment p
            where $5 <> 'TARIFF_ITEM'
            union all
            select item.code, p.*, item.fen
            from payment p cross join lateral (
                select line ->> 'tariff_code' as code, sum((line ->> 'charged')::int8)::int8 as fen
                from jsonb_array_elements(p.lines) line
                group by 1
                union all
                select 'LATE', p.late_fen where p.late_fen > 0
            ) item
            where $5 = 'TARIFF_ITEM'
        ), counted as (
            select key, count(*) filter (where is_success) as batches,
                coalesce(sum(fen) filter (where is_success), 0)::int8 as amount,
                count(*) filter (where is_e_payment) as e_payments,
                count(*) filter (where is_failure) as failures,
                count(*) filter (where is_unheard) as unheard,
                round(avg(seconds) filter (where is_e_payment), 3) as mean_seconds
            from keyed
            group by key
        )
        select key, case $5 when 'ENTERPRISE' then o.name_zh end as name, batches as "batches!",
            amount as "amount!: Fen", e_payments as "e_payments!", failures as "failures!", unheard as "unheard!",
            mean_seconds
        from counted left join organisations o on o.code = key
        order by key nulls first
        limit $6
        "#,
        from,
        to,
        office,
        now,
        asked.by.name(),
        i64::try_from(MOST_ROWS + 2).unwrap_or(i64::MAX),
    )
    .fetch_all(conn)
    .await
}
