//! Sums, what is not folded into them yet, and folding.
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Period, Wait, figures::Count, spans::Part, waits::Median};

/// Parts turned on their side, as `unnest` wants them.
fn columns(parts: &[Part]) -> (Vec<String>, Vec<NaiveDate>, Vec<i64>) {
    let lengths = parts.iter().map(|part| part.span.length.name().to_owned()).collect();
    let firsts = parts.iter().map(|part| part.span.first).collect();
    (lengths, firsts, parts.iter().map(|part| part.sign).collect())
}

/// What counts in the parts of a period, and what is not folded yet. One statement, so that nothing is folded in
/// between.
pub(super) async fn counts(
    conn: &mut PgConnection,
    period: Period,
    parts: &[Part],
) -> sqlx::Result<Vec<Count>> {
    let (lengths, firsts, signs) = columns(parts);
    sqlx::query_as!(
        Count,
        r#"
        select s.office as "office!", s.first_day as "first_day!", sign as "sign!",
            sign * s.batches as "batches!", sign * s.anywhere as "anywhere!",
            sign * s.outside_catalogue as "outside_catalogue!", sign * s.selected as "selected!",
            sign * s.released as "released!", sign * s.paid as "paid!", sign * s.paid_online as "paid_online!",
            sign * s.online_fen as "online_fen!", s.release_histogram as "release_histogram!",
            '{}'::smallint[] as "release_buckets!", '{}'::bigint[] as "release_batches!"
        from unnest($1::text[], $2::date[], $3::bigint[]) as asked(span, first_day, sign)
        join statistics_sums s using (span, first_day)
        union all
        select office, day, 1, batches, anywhere, outside_catalogue, selected, released, paid, paid_online,
            online_fen, '', release_buckets, release_batches
        from statistics_deltas where day between $4 and $5
        "#,
        &lengths,
        &firsts,
        &signs,
        period.from,
        period.to,
    )
    .fetch_all(conn)
    .await
}

/// Deltas that one statement folds: short transactions, also after a long silence.
const AT_ONCE: i64 = 10_000;

/// Adds deltas to the sums of their days, months and years, and forgets them. Returns how many there were.
///
/// One at a time: a histogram is read and written whole. Nobody else waits, and whoever commits late is found by the
/// next.
pub(super) async fn fold(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('statistics.fold', 0))")
        .execute(&mut *conn)
        .await?;
    sqlx::query_scalar!(
        r#"
        with folded as (
            delete from statistics_deltas
            where ctid = any(array(select ctid from statistics_deltas limit $1)) returning *
        ), lengths(span) as (
            values ('DAY'), ('MONTH'), ('YEAR')
        ), days as (
            -- Deltas are many, the days and offices that they are about few: first those, then their longer spans.
            select office, day, sum(batches) as batches, sum(anywhere) as anywhere,
                sum(outside_catalogue) as outside_catalogue, sum(selected) as selected,
                sum(released) as released, sum(paid) as paid, sum(paid_online) as paid_online,
                sum(online_fen) as online_fen
            from folded group by 1, 2
        ), day_times as (
            select office, day, bucket, sum(batches) as batches
            from (select office, day, unnest(release_buckets) as bucket, unnest(release_batches) as batches
                  from folded) as told
            group by 1, 2, 3
        ), changed as (
            select span, date_trunc(span, day::timestamp)::date as first_day, office, sum(batches) as batches,
                sum(anywhere) as anywhere, sum(outside_catalogue) as outside_catalogue,
                sum(selected) as selected, sum(released) as released, sum(paid) as paid,
                sum(paid_online) as paid_online, sum(online_fen) as online_fen
            from days cross join lengths group by 1, 2, 3
        ), released as (
            select span, first_day, office, bucket, sum(batches) as batches
            from (
                select span, date_trunc(span, day::timestamp)::date as first_day, office, bucket, batches
                from day_times cross join lengths
                union all
                select span, first_day, office, unnest(s.release_buckets), unnest(s.release_batches)
                from statistics_sums s join changed using (span, first_day, office)
            ) as before_and_now
            group by 1, 2, 3, 4 having sum(batches) <> 0
        ), histograms as (
            select span, first_day, office, array_agg(bucket) as buckets, array_agg(batches) as batches
            from released group by 1, 2, 3
        ), summed as (
            insert into statistics_sums (span, first_day, office, batches, anywhere, outside_catalogue,
                selected, released, paid, paid_online, online_fen, release_buckets, release_batches)
            select span, first_day, office, c.batches, anywhere, outside_catalogue, selected, released, paid,
                paid_online, online_fen, coalesce(h.buckets, '{}'), coalesce(h.batches, '{}')
            from changed c left join histograms h using (span, first_day, office)
            on conflict (span, first_day, office) do update set
                batches = statistics_sums.batches + excluded.batches,
                anywhere = statistics_sums.anywhere + excluded.anywhere,
                outside_catalogue = statistics_sums.outside_catalogue + excluded.outside_catalogue,
                selected = statistics_sums.selected + excluded.selected,
                released = statistics_sums.released + excluded.released,
                paid = statistics_sums.paid + excluded.paid,
                paid_online = statistics_sums.paid_online + excluded.paid_online,
                online_fen = statistics_sums.online_fen + excluded.online_fen,
                release_buckets = excluded.release_buckets,
                release_batches = excluded.release_batches
        )
        select count(*) as "count!" from folded
        "#,
        AT_ONCE,
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn eligible_enterprises(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from anywhere_eligibilities where state = 'ELIGIBLE'"#,
    )
    .fetch_one(conn)
    .await
}

/// The medians of the latest records. Ids sort by time, so each part reads the end of one index and no more, however
/// many records there are.
pub(super) async fn medians(conn: &mut PgConnection) -> sqlx::Result<Vec<Median>> {
    sqlx::query_as!(
        Median,
        r#"
        with cases as (
            select decl_org, insp_org, release_org, filed_at, accepted_at, released_at
            from declarations order by id desc limit 5000
        ), rounds as (
            select declaration_id, insp_org, decided_at from inspections order by id desc limit 1000
        ), offers as (
            select to_org, state, offered_at, answered_at from handoffs order by id desc limit 1000
        ), debits as (
            select bank_code, sent_at, settled_at from payments order by id desc limit 1000
        ), ended as (
            select 'REVIEW' as wait, decl_org as at, accepted_at - filed_at as took
            from cases where accepted_at > filed_at
            union all
            select 'INSPECTION', r.insp_org, r.decided_at - d.accepted_at
            from rounds r join declarations d on d.id = r.declaration_id
            where r.decided_at is not null and d.accepted_at is not null
            union all
            select 'RELEASE', release_org, released_at - accepted_at
            from cases where released_at is not null and accepted_at is not null
            union all
            select 'HANDOFF', to_org, answered_at - offered_at
            from offers where state in ('ACCEPTED', 'REFUSED')
            union all
            select 'PAYMENT', bank_code, settled_at - sent_at
            from debits where settled_at is not null and sent_at is not null and bank_code is not null
        )
        select wait as "wait!: Wait", at as "at!",
            (percentile_cont(0.5) within group (order by extract(epoch from took)::float8))::int8 as "seconds!"
        from ended group by wait, at
        "#,
    )
    .fetch_all(conn)
    .await
}

/// The same of what is wished, owed or told beside the cases: refunds, amendments, transfers and recognitions.
pub(super) async fn medians_beside(conn: &mut PgConnection) -> sqlx::Result<Vec<Median>> {
    sqlx::query_as!(
        Median,
        r#"
        with repaid as (
            select n.decl_org, p.bank_code, r.created_at, r.approved_at, r.sent_at, r.settled_at
            from (select * from refunds order by id desc limit 1000) r
            join payments p on p.id = r.payment_id join fee_notices n on n.id = p.notice_id
        ), wishes as (
            select declaration_id, requested_at, decided_at from amendments
            where state in ('APPROVED', 'REFUSED') order by id desc limit 1000
        ), sent as (
            select * from transfers order by id desc limit 1000
        ), asked as (
            select transfer_id, asked_at, decided_at, ended_at from transfer_amendments order by id desc limit 1000
        ), told as (
            select id, partner, told_at from credit_recognitions order by id desc limit 1000
        ), ended as (
            select 'REFUND_APPROVAL' as wait, decl_org as at, approved_at - created_at as took
            from repaid where approved_at is not null
            union all
            select 'REFUND_PAYOUT', decl_org, coalesce(sent_at, settled_at) - approved_at
            from repaid where approved_at is not null and coalesce(sent_at, settled_at) is not null
            union all
            select 'REFUND', bank_code, settled_at - sent_at
            from repaid where settled_at is not null and sent_at is not null and bank_code is not null
            union all
            select 'AMENDMENT', d.decl_org, w.decided_at - w.requested_at
            from wishes w join declarations d on d.id = w.declaration_id
            union all
            select 'TRANSFER_ARRIVAL', s.port_bureau, e.at - s.created_at
            from sent s join events e on e.subject = s.id and e.next = 'RECEIVED_BY_PORT' and e.previous <> 'CLAIMED'
            where s.side = 'ORIGIN'
            union all
            select 'SWAP', case side when 'ORIGIN' then port_bureau else port_org end, swapped_at - claimed_at
            from sent where swapped_at >= claimed_at and (side = 'ORIGIN' or port_org is not null)
            union all
            select 'REVOCATION', port_bureau, updated_at - revocation_asked_at
            from sent where side = 'ORIGIN' and state = 'REVOKED_BY_ORIGIN' and revocation_asked_at is not null
            union all
            select 'TRANSFER_AMENDMENT', s.origin_org, a.decided_at - a.asked_at
            from asked a join transfers s on s.id = a.transfer_id where a.decided_at is not null
            union all
            select 'AGREED_AMENDMENT', s.port_bureau, a.ended_at - a.decided_at
            from asked a join transfers s on s.id = a.transfer_id
            where a.ended_at is not null and a.decided_at is not null
            union all
            select 'RECOGNITION', t.partner, min(e.at) - t.told_at
            from told t join events e on e.subject = t.id and e.at >= t.told_at
                and e.kind in ('credit_recognition.activated', 'credit_recognition.refused')
            group by t.id, t.partner, t.told_at
        )
        select wait as "wait!: Wait", at as "at!",
            (percentile_cont(0.5) within group (order by extract(epoch from took)::float8))::int8 as "seconds!"
        from ended group by wait, at
        "#,
    )
    .fetch_all(conn)
    .await
}
