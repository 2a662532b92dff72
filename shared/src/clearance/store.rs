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

/// The latest form of a declaration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latest {
    pub sequence: i32,
    /// It, or one before it, is live.
    pub is_live: bool,
}

pub(super) async fn latest(
    conn: &mut PgConnection,
    declarations: &[Uuid],
) -> sqlx::Result<Vec<(DeclarationId, Latest)>> {
    let rows = sqlx::query!(
        r#"
        select declaration_id as "declaration: DeclarationId", max(sequence) as "sequence!",
            bool_or(state not in ('VOID', 'EXPIRED')) as "is_live!"
        from clearance_forms where declaration_id = any($1)
        group by declaration_id
        "#,
        declarations,
    )
    .fetch_all(conn)
    .await?;
    let latest = |sequence, is_live| Latest { sequence, is_live };
    Ok(rows.into_iter().map(|row| (row.declaration, latest(row.sequence, row.is_live))).collect())
}

pub(super) async fn live_numbers(
    conn: &mut PgConnection,
    declarations: &[Uuid],
) -> sqlx::Result<Vec<(DeclarationId, String)>> {
    let rows = sqlx::query!(
        r#"
        select declaration_id as "declaration: DeclarationId", clearance_no from clearance_forms
        where declaration_id = any($1)
            and state not in ('VOID', 'EXPIRED')
        "#,
        declarations,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.declaration, row.clearance_no)).collect())
}

/// Writes new forms, many in one statement.
pub(super) async fn insert(conn: &mut PgConnection, forms: &[&Form]) -> sqlx::Result<()> {
    if forms.is_empty() {
        return Ok(());
    }
    let mut new = NewRows::default();
    for form in forms {
        new.push(form);
    }
    sqlx::query!(
        r#"
        insert into clearance_forms (id, declaration_id, clearance_no, sequence, state, lines, before_result,
            issued_at, issued_by, valid_until, remark)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int4[], $5::text[], $6::jsonb[],
            $7::bool[], $8::timestamptz[], $9::uuid[], $10::date[], $11::text[])
        "#,
        &new.ids,
        &new.declarations,
        &new.numbers as &[&str],
        &new.sequences,
        &new.states as &[&str],
        &new.lines as &[sqlx::types::Json<&[Line]>],
        &new.before_result,
        &new.issued_at,
        &new.issued_by as &[Option<Uuid>],
        &new.valid_until,
        &new.remarks as &[Option<&str>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// New forms turned on their side.
#[derive(Default)]
struct NewRows<'a> {
    ids: Vec<Uuid>,
    declarations: Vec<Uuid>,
    numbers: Vec<&'a str>,
    sequences: Vec<i32>,
    states: Vec<&'static str>,
    lines: Vec<sqlx::types::Json<&'a [Line]>>,
    before_result: Vec<bool>,
    issued_at: Vec<DateTime<Utc>>,
    issued_by: Vec<Option<Uuid>>,
    valid_until: Vec<NaiveDate>,
    remarks: Vec<Option<&'a str>>,
}

impl<'a> NewRows<'a> {
    fn push(&mut self, form: &'a Form) {
        self.ids.push(form.id.0);
        self.declarations.push(form.declaration_id.0);
        self.numbers.push(&form.clearance_no);
        self.sequences.push(form.sequence);
        self.states.push(form.state.name());
        self.lines.push(sqlx::types::Json(&form.lines));
        self.before_result.push(form.before_result);
        self.issued_at.push(form.issued_at);
        self.issued_by.push(form.issued_by);
        self.valid_until.push(form.valid_until);
        self.remarks.push(form.remark.as_deref());
    }
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
