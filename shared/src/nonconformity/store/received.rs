//! Notices of other ports, and what they told us every month.
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

use crate::{
    kernel::PageRequest,
    nonconformity::{
        Closing, Digest, NcSeverity, ReceivedNotice, ReceivedNoticeId, ReceivedNoticeStatus, Reply,
        Suspension, service::read::ReceivedFilter, wire::NoticeSent,
    },
};

/// A query for whole notices: which ones is said in the words after `from received_nc_notices`.
macro_rules! notices {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query!(
            r#"
            select id as "id: ReceivedNoticeId", sender, correlation_id, notice_no, reg_no,
                severity as "severity: NcSeverity", content as "content: Json<NoticeSent>",
                status as "status: ReceivedNoticeStatus", ack_due_on, reply_due_on, decide_due_on,
                suspension as "suspension: Suspension", received_at, acked_at, replied_at, reply as "reply: Json<Reply>",
                closed_at, closing as "closing: Json<Closing>", updated_at
            from received_nc_notices
            "# + $which,
            $($argument),*
        )
        .map(|row| ReceivedNotice {
            id: row.id,
            sender: row.sender,
            correlation_id: row.correlation_id,
            notice_no: row.notice_no,
            reg_no: row.reg_no,
            severity: row.severity,
            content: row.content.0,
            status: row.status,
            ack_due_on: row.ack_due_on,
            reply_due_on: row.reply_due_on,
            decide_due_on: row.decide_due_on,
            suspension: row.suspension,
            received_at: row.received_at,
            acked_at: row.acked_at,
            replied_at: row.replied_at,
            reply: row.reply.map(|reply| reply.0),
            closed_at: row.closed_at,
            closing: row.closing.map(|closing| closing.0),
            updated_at: row.updated_at,
        })
    };
}

/// Keeps a notice as it came, or as it came again.
pub(in crate::nonconformity) async fn put(
    conn: &mut PgConnection,
    notice: &ReceivedNotice,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into received_nc_notices (id, sender, correlation_id, notice_no, reg_no, severity, content, status,
            ack_due_on, reply_due_on, decide_due_on, suspension, received_at, acked_at, replied_at, reply, closed_at,
            closing, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        on conflict (sender, notice_no) do update set reg_no = $5, severity = $6, content = $7, status = $8,
            ack_due_on = $9, reply_due_on = $10, decide_due_on = $11, suspension = $12, received_at = $13,
            acked_at = $14, replied_at = $15, reply = $16, closed_at = $17, closing = $18, updated_at = $19
        "#,
        notice.id.0,
        notice.sender,
        notice.correlation_id,
        notice.notice_no,
        notice.reg_no,
        notice.severity.name(),
        Json(&notice.content) as _,
        notice.status.name(),
        notice.ack_due_on,
        notice.reply_due_on,
        notice.decide_due_on,
        notice.suspension.map(Suspension::name),
        notice.received_at,
        notice.acked_at,
        notice.replied_at,
        notice.reply.as_ref().map(Json) as _,
        notice.closed_at,
        notice.closing.as_ref().map(Json) as _,
        notice.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::nonconformity) async fn find(
    conn: &mut PgConnection,
    id: ReceivedNoticeId,
) -> sqlx::Result<Option<ReceivedNotice>> {
    notices!("where id = $1", id.0,).fetch_optional(conn).await
}

/// Reads a notice and holds it until the transaction ends.
pub(in crate::nonconformity) async fn lock(
    conn: &mut PgConnection,
    id: ReceivedNoticeId,
) -> sqlx::Result<Option<ReceivedNotice>> {
    notices!("where id = $1 for update", id.0,).fetch_optional(conn).await
}

/// Reads the notice of that number from that bureau, and holds it until the transaction ends.
pub(in crate::nonconformity) async fn lock_from(
    conn: &mut PgConnection,
    sender: &str,
    notice_no: &str,
) -> sqlx::Result<Option<ReceivedNotice>> {
    notices!("where sender = $1 and notice_no = $2 for update", sender, notice_no,)
        .fetch_optional(conn)
        .await
}

pub(in crate::nonconformity) async fn list(
    conn: &mut PgConnection,
    filter: &ReceivedFilter,
    page: PageRequest,
) -> sqlx::Result<Vec<ReceivedNotice>> {
    notices!(
        r#"
        where ($1::text is null or status = $1)
          and ($2::text is null or sender = $2)
          and ($3::text is null or reg_no = $3)
          and ($4::uuid is null or id < $4)
          and ($6::timestamptz is null or updated_at >= $6)
        order by id desc
        limit $5
        "#,
        filter.status.map(ReceivedNoticeStatus::name),
        filter.sender.as_deref(),
        filter.reg_no.as_deref(),
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// Keeps what a port told us of a month; the last word counts.
pub(in crate::nonconformity) async fn put_digest(
    conn: &mut PgConnection,
    digest: &Digest,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into received_nc_digests (sender, month, content, received_at) values ($1, $2, $3, $4)
        on conflict (sender, month) do update set content = $3, received_at = $4
        "#,
        digest.sender,
        digest.month,
        digest.content,
        digest.received_at as DateTime<Utc>,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What we were told, newest month first: two years of fifteen ports.
pub(in crate::nonconformity) async fn digests(
    conn: &mut PgConnection,
    sender: Option<&str>,
) -> sqlx::Result<Vec<Digest>> {
    sqlx::query_as!(
        Digest,
        r#"
        select sender, month, content, received_at from received_nc_digests
        where $1::text is null or sender = $1
        order by month desc, sender limit 360
        "#,
        sender,
    )
    .fetch_all(conn)
    .await
}
