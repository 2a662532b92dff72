//! The SQL of forms and releases.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Form, FormId, Line, Release, ReleaseKind, State};
use crate::declaration::DeclarationId;

struct Row {
    id: FormId,
    declaration_id: DeclarationId,
    clearance_no: String,
    sequence: i32,
    state: State,
    lines: sqlx::types::Json<Vec<Line>>,
    before_result: bool,
    issued_at: DateTime<Utc>,
    issued_by: Option<Uuid>,
    valid_until: NaiveDate,
    remark: Option<String>,
    voided_at: Option<DateTime<Utc>>,
    void_reason: Option<String>,
}

impl From<Row> for Form {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            declaration_id: row.declaration_id,
            clearance_no: row.clearance_no,
            sequence: row.sequence,
            state: row.state,
            lines: row.lines.0,
            before_result: row.before_result,
            issued_at: row.issued_at,
            issued_by: row.issued_by,
            valid_until: row.valid_until,
            remark: row.remark,
            voided_at: row.voided_at,
            void_reason: row.void_reason,
        }
    }
}

pub(super) async fn of_declaration(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Form>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select id as "id: FormId", declaration_id as "declaration_id: DeclarationId", clearance_no, sequence,
            state as "state: State", lines as "lines: sqlx::types::Json<Vec<Line>>", before_result,
            issued_at, issued_by, valid_until, remark, voided_at, void_reason
        from clearance_forms where declaration_id = $1 order by sequence
        "#,
        declaration.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Form::from).collect())
}

pub(super) async fn next_sequence(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"select coalesce(max(sequence) + 1, 0) as "next!" from clearance_forms where declaration_id = $1"#,
        declaration.0,
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn insert(conn: &mut PgConnection, form: &Form) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into clearance_forms (id, declaration_id, clearance_no, sequence, state, lines, before_result,
            issued_at, issued_by, valid_until, remark)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        "#,
        form.id.0,
        form.declaration_id.0,
        form.clearance_no,
        form.sequence,
        form.state.name(),
        sqlx::types::Json(&form.lines) as _,
        form.before_result,
        form.issued_at,
        form.issued_by,
        form.valid_until,
        form.remark,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn update(conn: &mut PgConnection, form: &Form) -> sqlx::Result<()> {
    sqlx::query!(
        "update clearance_forms set state = $2, voided_at = $3, void_reason = $4 where id = $1",
        form.id.0,
        form.state.name(),
        form.voided_at,
        form.void_reason,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn run_out(
    conn: &mut PgConnection,
    today: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<DeclarationId>> {
    sqlx::query_scalar!(
        r#"
        select declaration_id as "declaration_id: DeclarationId" from clearance_forms
        where state in ('ISSUED', 'SENT', 'STORED_AT_CUSTOMS') and valid_until < $1
        order by valid_until limit $2
        "#,
        today,
        limit,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn insert_releases(
    conn: &mut PgConnection,
    releases: &[Release],
) -> sqlx::Result<()> {
    let mut ids = Vec::with_capacity(releases.len());
    let mut numbers = Vec::with_capacity(releases.len());
    let mut offices = Vec::with_capacity(releases.len());
    let mut kinds = Vec::with_capacity(releases.len());
    let mut forms = Vec::with_capacity(releases.len());
    let mut orders = Vec::with_capacity(releases.len());
    let mut people = Vec::with_capacity(releases.len());
    let mut times = Vec::with_capacity(releases.len());
    for release in releases {
        ids.push(release.declaration_id.0);
        numbers.push(release.decl_no.clone());
        offices.push(release.release_org.clone());
        kinds.push(
            match release.kind {
                ReleaseKind::DeliveryOrder => "DELIVERY_ORDER",
                ReleaseKind::ClearanceForm => "CLEARANCE_FORM",
            }
            .to_owned(),
        );
        forms.push(release.clearance_no.clone());
        orders.push(release.do_key.clone());
        people.push(release.released_by);
        times.push(release.released_at);
    }
    sqlx::query!(
        r#"
        insert into releases (declaration_id, decl_no, release_org, kind, clearance_no, do_key, released_by,
            released_at)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
            $7::uuid[], $8::timestamptz[])
        "#,
        &ids,
        &numbers,
        &offices,
        &kinds,
        &forms as &[Option<String>],
        &orders as &[Option<String>],
        &people as &[Option<Uuid>],
        &times,
    )
    .execute(conn)
    .await?;
    Ok(())
}
