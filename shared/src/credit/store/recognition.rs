//! Recognitions: a thousand records in two statements.
use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    credit::{
        Recognition, RecognitionId,
        recognition::{Status, message::ClassRecord},
        service::recognition::Filter,
    },
    identity::{CreditClass, Privilege, StaffId},
    kernel::PageRequest,
};

/// A query for whole recognitions: which ones is said in the words after `from credit_recognitions`.
macro_rules! recognitions {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query!(
            r#"
            select id as "id: RecognitionId", partner, reg_no, version, class as "class: CreditClass", valid_from, valid_to,
                hs_scope, to_jsonb(privileges) as "privileges!: Json<Vec<Privilege>>", evidence, status as "status: Status",
                reason, decided_by as "decided_by: StaffId", told_at, created_at, updated_at
            from credit_recognitions
            "# + $which,
            $($argument),*
        )
        .map(|row| Recognition {
            id: row.id,
            partner: row.partner,
            reg_no: row.reg_no,
            version: row.version,
            class: row.class,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            hs_scope: row.hs_scope,
            privileges: row.privileges.0,
            evidence: row.evidence,
            status: row.status,
            reason: row.reason,
            decided_by: row.decided_by,
            told_at: row.told_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    };
}

pub(in crate::credit) async fn find(
    conn: &mut PgConnection,
    own: Option<&str>,
    id: RecognitionId,
) -> sqlx::Result<Option<Recognition>> {
    recognitions!("where id = $1 and ($2::text is null or reg_no = $2)", id.0, own,)
        .fetch_optional(conn)
        .await
}

pub(in crate::credit) async fn lock(
    conn: &mut PgConnection,
    id: RecognitionId,
) -> sqlx::Result<Option<Recognition>> {
    recognitions!("where id = $1 for update", id.0,).fetch_optional(conn).await
}

/// Holds what a partner told us of these enterprises, in the order of their numbers.
pub(in crate::credit) async fn lock_of(
    conn: &mut PgConnection,
    partner: &str,
    reg_nos: &[String],
) -> sqlx::Result<Vec<Recognition>> {
    recognitions!(
        r#"
        where partner = $1 and reg_no = any($2)
        order by reg_no
        for update
        "#,
        partner,
        reg_nos,
    )
    .fetch_all(conn)
    .await
}

/// Holds whatever is not over and should be.
pub(in crate::credit) async fn lock_over(
    conn: &mut PgConnection,
    today: NaiveDate,
) -> sqlx::Result<Vec<Recognition>> {
    recognitions!(
        r#"
        where status in ('PROPOSED', 'ACKNOWLEDGED', 'ACTIVE', 'SUSPENDED') and valid_to < $1
        order by partner, reg_no
        for update
        "#,
        today,
    )
    .fetch_all(conn)
    .await
}

/// Keeps newer versions, each where it stands now; says which were kept.
pub(in crate::credit) async fn keep(
    conn: &mut PgConnection,
    partner: &str,
    records: &[(&ClassRecord, Status)],
    now: DateTime<Utc>,
) -> sqlx::Result<HashMap<String, RecognitionId>> {
    let told: Vec<_> = records
        .iter()
        .map(|(record, status)| {
            serde_json::json!({
                "id": RecognitionId::mint(now), "reg_no": record.reg_no, "version": record.version,
                "class": record.class, "valid_from": record.valid_from, "valid_to": record.valid_to,
                "hs_scope": record.hs_scope, "privileges": record.privileges, "evidence": record.evidence,
                "status": status,
            })
        })
        .collect();
    let rows = sqlx::query!(
        r#"
        insert into credit_recognitions as held (id, partner, reg_no, version, class, valid_from, valid_to, hs_scope,
            privileges, evidence, status, told_at, created_at, updated_at)
        select told.id, $1, told.reg_no, told.version, told.class, told.valid_from, told.valid_to, told.hs_scope,
            told.privileges, told.evidence, told.status, $3, $3, $3
        from jsonb_to_recordset($2) as told (id uuid, reg_no text, version bigint, class text, valid_from date,
            valid_to date, hs_scope text[], privileges text[], evidence text, status text)
        on conflict (partner, reg_no) do update
        set version = excluded.version, class = excluded.class, valid_from = excluded.valid_from,
            valid_to = excluded.valid_to, hs_scope = excluded.hs_scope, privileges = excluded.privileges,
            evidence = excluded.evidence, status = excluded.status, told_at = excluded.told_at,
            updated_at = excluded.updated_at
        where held.version < excluded.version
        returning id as "id: RecognitionId", reg_no
        "#,
        partner,
        serde_json::Value::Array(told),
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.reg_no, row.id)).collect())
}

/// Writes whatever a step may change.
pub(in crate::credit) async fn update(
    conn: &mut PgConnection,
    recognition: &Recognition,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update credit_recognitions set status = $2, reason = $3, decided_by = $4, updated_at = $5 where id = $1
        "#,
        recognition.id.0,
        recognition.status.name(),
        recognition.reason,
        recognition.decided_by as Option<StaffId>,
        recognition.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::credit) async fn list(
    conn: &mut PgConnection,
    own: Option<&str>,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Recognition>> {
    let after: Option<Uuid> = page.after;
    recognitions!(
        r#"
        where ($1::text is null or reg_no = $1)
          and ($2::text is null or reg_no = $2)
          and ($3::text is null or partner = $3)
          and ($4::text is null or status = $4)
          and ($5::uuid is null or id < $5)
          and ($7::timestamptz is null or updated_at >= $7)
        order by id desc
        limit $6
        "#,
        own,
        filter.reg_no.as_deref(),
        filter.partner.as_deref(),
        filter.status.map(Status::name),
        after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}
