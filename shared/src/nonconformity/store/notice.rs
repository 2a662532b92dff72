//! Notices of ours.
use chrono::NaiveDate;
use sqlx::{PgConnection, types::Json};

use crate::{
    identity::StaffId,
    kernel::{PageRequest, Scope},
    nonconformity::{
        Category, Disposition, Evidence, Goods, NcNoticeId, NcNoticeStatus, NcSeverity, Notice,
        Reply, Subject, SubjectKind, Suspension, service::read::Filter,
    },
};

/// A query for whole notices: which ones is said in the words after `from nc_notices`.
macro_rules! notices {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query!(
            r#"
            select id as "id: NcNoticeId", notice_no, port_org, origin_bureau, subject_kind as "subject_kind: SubjectKind",
                subject_no, reg_no, goods as "goods: Json<Goods>", found_on, category as "category: Category",
                severity as "severity: NcSeverity", goods_changed, alert_code, finding,
                evidence as "evidence: Json<Vec<Evidence>>", status as "status: NcNoticeStatus", round, send_due_on,
                ack_due_on, reply_due_on, drafted_by as "drafted_by: StaffId", approved_by as "approved_by: StaffId",
                approved_at, first_sent_at, sent_at, acked_at, replied_at, reply as "reply: Json<Reply>", closed_at,
                disposition as "disposition: Disposition", remark, suspension as "suspension: Suspension", created_at,
                updated_at
            from nc_notices
            "# + $which,
            $($argument),*
        )
        .map(|row| Notice {
            id: row.id,
            notice_no: row.notice_no,
            port_org: row.port_org,
            origin_bureau: row.origin_bureau,
            subject: Subject { kind: row.subject_kind, number: row.subject_no },
            reg_no: row.reg_no,
            goods: row.goods.0,
            found_on: row.found_on,
            category: row.category,
            severity: row.severity,
            goods_changed: row.goods_changed,
            alert_code: row.alert_code,
            finding: row.finding,
            evidence: row.evidence.0,
            status: row.status,
            round: row.round,
            send_due_on: row.send_due_on,
            ack_due_on: row.ack_due_on,
            reply_due_on: row.reply_due_on,
            drafted_by: row.drafted_by,
            approved_by: row.approved_by,
            approved_at: row.approved_at,
            first_sent_at: row.first_sent_at,
            sent_at: row.sent_at,
            acked_at: row.acked_at,
            replied_at: row.replied_at,
            reply: row.reply.map(|reply| reply.0),
            closed_at: row.closed_at,
            disposition: row.disposition,
            remark: row.remark,
            suspension: row.suspension,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    };
}

/// The next serial of an office and year.
pub(in crate::nonconformity) async fn next_serial(
    conn: &mut PgConnection,
    port_org: &str,
    year: i32,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"
        insert into nc_notice_series as s (port_org, year, next_serial) values ($1, $2, 2)
        on conflict (port_org, year) do update set next_serial = s.next_serial + 1
        returning next_serial - 1 as "serial!"
        "#,
        port_org,
        year,
    )
    .fetch_one(conn)
    .await
}

pub(in crate::nonconformity) async fn insert(
    conn: &mut PgConnection,
    notice: &Notice,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into nc_notices (id, notice_no, port_org, origin_bureau, subject_kind, subject_no, reg_no, goods,
            found_on, category, severity, goods_changed, alert_code, finding, evidence, status, send_due_on,
            drafted_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
        "#,
        notice.id.0,
        notice.notice_no,
        notice.port_org,
        notice.origin_bureau,
        notice.subject.kind.name(),
        notice.subject.number,
        notice.reg_no,
        Json(&notice.goods) as _,
        notice.found_on,
        notice.category.name(),
        notice.severity.name(),
        notice.goods_changed,
        notice.alert_code,
        notice.finding,
        Json(&notice.evidence) as _,
        notice.status.name(),
        notice.send_due_on,
        notice.drafted_by.0,
        notice.created_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes whatever a step may change.
pub(in crate::nonconformity) async fn update(
    conn: &mut PgConnection,
    notice: &Notice,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update nc_notices set status = $2, round = $3, ack_due_on = $4, reply_due_on = $5, approved_by = $6,
            approved_at = $7, first_sent_at = $8, sent_at = $9, acked_at = $10, replied_at = $11, reply = $12,
            closed_at = $13, disposition = $14, remark = $15, suspension = $16, updated_at = $17
        where id = $1
        "#,
        notice.id.0,
        notice.status.name(),
        notice.round,
        notice.ack_due_on,
        notice.reply_due_on,
        notice.approved_by as Option<StaffId>,
        notice.approved_at,
        notice.first_sent_at,
        notice.sent_at,
        notice.acked_at,
        notice.replied_at,
        notice.reply.as_ref().map(Json) as _,
        notice.closed_at,
        notice.disposition.map(Disposition::name),
        notice.remark,
        notice.suspension.map(Suspension::name),
        notice.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A notice of the caller's office.
pub(in crate::nonconformity) async fn find(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    id: NcNoticeId,
) -> sqlx::Result<Option<Notice>> {
    notices!("where id = $1 and ($2 or port_org = $3)", id.0, scope.all, scope.office,)
        .fetch_optional(conn)
        .await
}

/// Reads a notice of the caller's office, and holds it until the transaction ends.
pub(in crate::nonconformity) async fn lock(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    id: NcNoticeId,
) -> sqlx::Result<Option<Notice>> {
    notices!("where id = $1 and ($2 or port_org = $3) for update", id.0, scope.all, scope.office,)
        .fetch_optional(conn)
        .await
}

/// The notice of that number that this bureau was sent: nobody else may speak of it.
pub(in crate::nonconformity) async fn id_sent_to(
    conn: &mut PgConnection,
    origin_bureau: &str,
    notice_no: &str,
) -> sqlx::Result<Option<NcNoticeId>> {
    sqlx::query_scalar!(
        r#"
        select id as "id: NcNoticeId" from nc_notices
        where notice_no = $2 and origin_bureau = $1 and first_sent_at is not null
        "#,
        origin_bureau,
        notice_no,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::nonconformity) async fn list(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Notice>> {
    notices!(
        r#"
        where ($1 or port_org = $2)
          and ($3::text is null or status = $3)
          and ($4::text is null or origin_bureau = $4)
          and ($5::text is null or reg_no = $5)
          and ($6::uuid is null or id < $6)
          and ($8::timestamptz is null or updated_at >= $8)
        order by id desc
        limit $7
        "#,
        scope.all,
        scope.office,
        filter.status.map(NcNoticeStatus::name),
        filter.origin_bureau.as_deref(),
        filter.reg_no.as_deref(),
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// How many open notices stand in the way of declaring anywhere: critical ones, and major ones approved before a day
/// (domain R14).
pub(in crate::nonconformity) async fn serious(
    conn: &mut PgConnection,
    reg_no: &str,
    major_before: NaiveDate,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"
        select count(*) as "count!" from nc_notices
        where reg_no = $1 and status not in ('DRAFT', 'DISCARDED', 'CLOSED')
          and (severity = 'CRITICAL'
               or severity = 'MAJOR' and (approved_at at time zone 'Asia/Shanghai')::date < $2)
        "#,
        reg_no,
        major_before,
    )
    .fetch_one(conn)
    .await
}
