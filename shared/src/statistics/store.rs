//! Sums, what is not folded into them yet, and folding.
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Period, figures::Count, spans::Span};

/// Spans turned on their side, as `unnest` wants them.
fn columns(spans: &[Span]) -> (Vec<String>, Vec<NaiveDate>) {
    spans.iter().map(|span| (span.length.name().to_owned(), span.first)).unzip()
}

/// What counts in the spans of a period, office by office. One statement, so that nothing is folded between reading
/// the sums and reading the rest.
pub(super) async fn counts(
    conn: &mut PgConnection,
    period: Period,
    spans: &[Span],
) -> sqlx::Result<Vec<Count>> {
    let (lengths, firsts) = columns(spans);
    sqlx::query_as!(
        Count,
        r#"
        select office as "office!", first_day as "first_day!", sum(batches)::bigint as "batches!",
            sum(anywhere)::bigint as "anywhere!", sum(outside_catalogue)::bigint as "outside_catalogue!",
            sum(selected)::bigint as "selected!", sum(released)::bigint as "released!",
            sum(paid)::bigint as "paid!", sum(paid_online)::bigint as "paid_online!",
            sum(online_fen)::bigint as "online_fen!"
        from (
            select s.office, s.first_day, s.batches, s.anywhere, s.outside_catalogue, s.selected, s.released,
                s.paid, s.paid_online, s.online_fen
            from unnest($1::text[], $2::date[]) as asked(span, first_day)
            join statistics_sums s using (span, first_day)
            union all
            select office, day, batches, anywhere, outside_catalogue, selected,
                case when release_bucket is null then 0 else batches end, paid, paid_online, online_fen
            from statistics_deltas where day between $3 and $4
        ) as counted
        group by 1, 2
        "#,
        &lengths,
        &firsts,
        period.from,
        period.to,
    )
    .fetch_all(conn)
    .await
}

/// How many batches of an office took how long.
#[derive(Clone, Debug)]
pub(super) struct ReleaseTime {
    pub office: String,
    pub bucket: i16,
    pub batches: i64,
}

pub(super) async fn release_times(
    conn: &mut PgConnection,
    period: Period,
    spans: &[Span],
    office: Option<&str>,
) -> sqlx::Result<Vec<ReleaseTime>> {
    let (lengths, firsts) = columns(spans);
    sqlx::query_as!(
        ReleaseTime,
        r#"
        select office as "office!", bucket as "bucket!", sum(batches)::bigint as "batches!"
        from (
            select t.office, t.bucket, t.batches
            from unnest($1::text[], $2::date[]) as asked(span, first_day)
            join statistics_release_times t using (span, first_day)
            where $5::text is null or t.office = $5
            union all
            select office, release_bucket, batches
            from statistics_deltas
            where day between $3 and $4 and release_bucket is not null and ($5::text is null or office = $5)
        ) as counted
        group by 1, 2
        "#,
        &lengths,
        &firsts,
        period.from,
        period.to,
        office,
    )
    .fetch_all(conn)
    .await
}

/// Deltas that one statement folds: short transactions, also after a long silence.
const AT_ONCE: i64 = 50_000;

/// Adds deltas to the sums of their days, months and years, and forgets them. Returns how many there were.
///
/// Who folds at the same time waits for the first and finds what it left: a delta is deleted, and so counted, once.
pub(super) async fn fold(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"
        with folded as (
            delete from statistics_deltas
            where ctid = any(array(select ctid from statistics_deltas limit $1)) returning *
        ), spread as (
            select span, date_trunc(span, day::timestamp)::date as first_day, folded.*
            from folded cross join (values ('DAY'), ('MONTH'), ('YEAR')) as lengths(span)
        ), summed as (
            insert into statistics_sums (span, first_day, office, batches, anywhere, outside_catalogue,
                selected, released, paid, paid_online, online_fen)
            select span, first_day, office, sum(batches), sum(anywhere), sum(outside_catalogue),
                sum(selected), coalesce(sum(batches) filter (where release_bucket is not null), 0),
                sum(paid), sum(paid_online), sum(online_fen)
            from spread group by 1, 2, 3 order by 1, 2, 3
            on conflict (span, first_day, office) do update set
                batches = statistics_sums.batches + excluded.batches,
                anywhere = statistics_sums.anywhere + excluded.anywhere,
                outside_catalogue = statistics_sums.outside_catalogue + excluded.outside_catalogue,
                selected = statistics_sums.selected + excluded.selected,
                released = statistics_sums.released + excluded.released,
                paid = statistics_sums.paid + excluded.paid,
                paid_online = statistics_sums.paid_online + excluded.paid_online,
                online_fen = statistics_sums.online_fen + excluded.online_fen
        ), timed as (
            insert into statistics_release_times (span, first_day, office, bucket, batches)
            select span, first_day, office, release_bucket, sum(batches)
            from spread where release_bucket is not null
            group by 1, 2, 3, 4 having sum(batches) <> 0 order by 1, 2, 3, 4
            on conflict (span, first_day, office, bucket) do update set
                batches = statistics_release_times.batches + excluded.batches
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
