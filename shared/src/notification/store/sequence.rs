//! The sequencer's statements. They run in one transaction under the lock of `change_feed`'s one row; each of them sees
//! a snapshot of its own, so whatever is read together is read by one.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::notification::gaps::{Gap, Seen};

/// How far it has come.
#[derive(Clone, Copy, Debug)]
pub(in crate::notification) struct Standing {
    pub seq: i64,
    pub position: i64,
}

/// Is there anything to do? One look into two indexes.
pub(in crate::notification) async fn is_behind(conn: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select coalesce((select max(seq) from events) > (select seq from change_feed), false)
            or exists(select from change_gaps) as "is_behind!"
        "#
    )
    .fetch_one(conn)
    .await
}

/// Becomes the one sequencer until the transaction ends; `None`: somebody else is.
pub(in crate::notification) async fn lock(
    conn: &mut PgConnection,
) -> sqlx::Result<Option<Standing>> {
    sqlx::query_as!(Standing, "select seq, position from change_feed for update skip locked")
        .fetch_optional(conn)
        .await
}

/// The gaps, and the id of this transaction: younger than all that ended before the lock was had.
pub(in crate::notification) async fn gaps(
    conn: &mut PgConnection,
) -> sqlx::Result<(Vec<Gap>, i64)> {
    let gaps = sqlx::query_as!(
        Gap,
        r#"
        select first_seq as first, last_seq as last, younger::text::int8 as younger
        from change_gaps order by first_seq
        "#
    )
    .fetch_all(&mut *conn)
    .await?;
    let own = sqlx::query_scalar!(r#"select pg_current_xact_id()::text::int8 as "own!""#);
    Ok((gaps, own.fetch_one(conn).await?))
}

/// What is there beyond the greatest number, and in the gaps: one snapshot.
pub(in crate::notification) async fn look(
    conn: &mut PgConnection,
    high: i64,
    missing: &[i64],
    limit: i64,
) -> sqlx::Result<Seen> {
    sqlx::query_as!(
        Seen,
        r#"
        select pg_snapshot_xmin(pg_current_snapshot())::text::int8 as "horizon!",
            array(select seq from events where seq > $1 order by seq limit $3) as "beyond!",
            array(select seq from events where seq = any($2) order by seq) as "filled!"
        "#,
        high,
        missing,
        limit,
    )
    .fetch_one(conn)
    .await
}

/// Gives the public ones among these events their positions, in the order of their numbers, and puts them on their way
/// to every endpoint that wants them. Returns how many positions that were.
pub(in crate::notification) async fn place(
    conn: &mut PgConnection,
    seqs: &[i64],
    kinds: &[String],
    position: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<i64> {
    // What follows something that waits for its next try waits with it: it would only be found to be blocked.
    sqlx::query_scalar!(
        r#"
        with fresh as materialized (
            select e.seq, e.id, e.kind, e.subject from events e where e.seq = any($1) and e.kind = any($2)
        ), owned as (
            select f.*, coalesce(d.decl_reg_no,
                case t.side when 'ORIGIN' then t.reg_no when 'PORT' then t.claimant end, w.reg_no) as reg_no
            from fresh f
            left join declarations d on d.id = f.subject
            left join transfers t on f.kind like 'transfer.%' and t.id = f.subject
            left join webhook_endpoints w on f.kind like 'webhook.%' and w.id = f.subject
        ), placed as materialized (
            select *, $3 + row_number() over (order by seq) as position from owned where reg_no is not null
        ), kept as (
            insert into changes (reg_no, position, event_id) select reg_no, position, id from placed
        ), fanned_out as (
            insert into webhook_deliveries (endpoint_id, event_id, position, subject, kind, due_at, created_at)
            select w.id, p.id, p.position, p.subject, p.kind, coalesce((
                select max(before.due_at) from webhook_deliveries before
                where before.endpoint_id = w.id and before.subject = p.subject and before.state = 'WAITING'), $4), $4
            from placed p
            join webhook_endpoints w on w.reg_no = p.reg_no and w.state = 'ACTIVE'
                and (cardinality(w.event_types) = 0 or p.kind = any(w.event_types))
            join clients c on c.id = w.client_id and c.state = 'ACTIVE'
        )
        select count(*) as "count!" from placed
        "#,
        seqs,
        kinds,
        position,
        now,
    )
    .fetch_one(conn)
    .await
}

/// Writes down how far it came, and what it passed over.
pub(in crate::notification) async fn keep(
    conn: &mut PgConnection,
    standing: Standing,
    before: &[Gap],
    after: &[Gap],
) -> sqlx::Result<()> {
    sqlx::query!("update change_feed set seq = $1, position = $2", standing.seq, standing.position)
        .execute(&mut *conn)
        .await?;
    if before == after {
        return Ok(());
    }
    sqlx::query!("delete from change_gaps").execute(&mut *conn).await?;
    let firsts: Vec<_> = after.iter().map(|gap| gap.first).collect();
    let lasts: Vec<_> = after.iter().map(|gap| gap.last).collect();
    let younger: Vec<_> = after.iter().map(|gap| gap.younger).collect();
    sqlx::query!(
        r#"
        insert into change_gaps (first_seq, last_seq, younger)
        select first_seq, last_seq, younger::text::xid8
        from unnest($1::int8[], $2::int8[], $3::int8[]) as gap(first_seq, last_seq, younger)
        "#,
        &firsts,
        &lasts,
        &younger as &[Option<i64>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
