//! The SQL of imports and their items.
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Answer, Format, Import, ImportId, ImportState, Item, Original, Outcome, Pending, ResultRow,
    model::Counts, xml::MessageFormat,
};
use crate::{
    declaration::DeclarationId,
    kernel::{PageRequest, Violations},
};

/// An import as it stands in its table.
struct Row {
    id: ImportId,
    reg_no: String,
    actor_id: Uuid,
    is_staff: bool,
    format: Format,
    sha256: Vec<u8>,
    dry_run: bool,
    state: ImportState,
    items: i32,
    position: i32,
    accepted: i32,
    in_review: i32,
    needs_correction: i32,
    repeated: i32,
    refused: i32,
    unreadable: i32,
    asked_at: DateTime<Utc>,
    begun_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Import {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            reg_no: row.reg_no,
            actor_id: row.actor_id,
            is_staff: row.is_staff,
            format: row.format,
            sha256: row.sha256,
            dry_run: row.dry_run,
            state: row.state,
            items: row.items,
            position: row.position,
            counts: Counts {
                accepted: row.accepted,
                in_review: row.in_review,
                needs_correction: row.needs_correction,
                repeated: row.repeated,
                refused: row.refused,
                unreadable: row.unreadable,
            },
            asked_at: row.asked_at,
            begun_at: row.begun_at,
            ended_at: row.ended_at,
            updated_at: row.updated_at,
        }
    }
}

macro_rules! imports {
    ($rest:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select id as "id: ImportId", reg_no, actor_id, is_staff, format as "format: Format", sha256, dry_run,
            state as "state: ImportState", items, position, accepted, in_review, needs_correction, repeated, refused,
            unreadable, asked_at, begun_at, ended_at, updated_at
            from declaration_imports "# + $rest,
            $($argument),*
        )
    };
}

/// Of that declaring unit only.
pub(super) async fn find(
    conn: &mut PgConnection,
    reg_no: Option<&str>,
    id: ImportId,
) -> sqlx::Result<Option<Import>> {
    let found = imports!("where id = $1 and reg_no = $2", id.0, reg_no);
    Ok(found.fetch_optional(conn).await?.map(Import::from))
}

pub(super) async fn lock(
    conn: &mut PgConnection,
    reg_no: Option<&str>,
    id: ImportId,
) -> sqlx::Result<Option<Import>> {
    let found = imports!("where id = $1 and reg_no = $2 for update", id.0, reg_no);
    Ok(found.fetch_optional(conn).await?.map(Import::from))
}

/// For the system, whosever it is.
pub(super) async fn hold(conn: &mut PgConnection, id: ImportId) -> sqlx::Result<Option<Import>> {
    let found = imports!("where id = $1 for update", id.0);
    Ok(found.fetch_optional(conn).await?.map(Import::from))
}

pub(super) async fn list(
    conn: &mut PgConnection,
    reg_no: Option<&str>,
    page: PageRequest,
) -> sqlx::Result<Vec<Import>> {
    let found = imports!(
        "where reg_no = $1 and ($2::timestamptz is null or updated_at >= $2)
           and ($3::uuid is null or id < $3)
         order by id desc limit $4",
        reg_no,
        page.since,
        page.after,
        page.fetch(),
    );
    Ok(found.fetch_all(conn).await?.into_iter().map(Import::from).collect())
}

pub(super) async fn original(
    conn: &mut PgConnection,
    id: ImportId,
) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar!("select original from declaration_imports where id = $1", id.0)
        .fetch_optional(conn)
        .await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    import: &Import,
    original: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into declaration_imports (id, reg_no, actor_id, is_staff, format, original, sha256, dry_run, state,
             items, asked_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        import.id.0,
        import.reg_no,
        import.actor_id,
        import.is_staff,
        import.format.name(),
        original,
        &import.sha256,
        import.dry_run,
        import.state.name(),
        import.items,
        import.asked_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many items one statement writes.
const AT_ONCE: usize = 500;

pub(super) async fn insert_items(
    conn: &mut PgConnection,
    id: ImportId,
    items: &[(i32, Item)],
) -> sqlx::Result<()> {
    for some in items.chunks(AT_ONCE) {
        let numbers: Vec<_> = some.iter().map(|(number, _)| *number).collect();
        let lines: Vec<_> = some.iter().map(|(_, item)| item.line).collect();
        let last_lines: Vec<_> = some.iter().map(|(_, item)| item.last_line).collect();
        let references: Vec<_> = some.iter().map(|(_, item)| item.reference.clone()).collect();
        let contents: Vec<_> = some.iter().map(|(_, item)| item.content.clone()).collect();
        let places: Vec<_> = some.iter().map(|(_, item)| json!(item.places)).collect();
        let defects: Vec<_> = some.iter().map(|(_, item)| json!(item.faults)).collect();
        sqlx::query!(
            "insert into declaration_import_items (import_id, number, line, last_line, ent_decl_no, content, places,
                 defects)
             select $1, * from unnest($2::int4[], $3::int4[], $4::int4[], $5::text[], $6::text[], $7::jsonb[],
                 $8::jsonb[])",
            id.0,
            &numbers,
            &lines,
            &last_lines,
            &references as &[Option<String>],
            &contents as &[Option<String>],
            &places,
            &defects,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

pub(super) async fn pending(
    conn: &mut PgConnection,
    id: ImportId,
    after: i32,
    limit: i64,
) -> sqlx::Result<Vec<Pending>> {
    let rows = sqlx::query!(
        "select number, content, defects from declaration_import_items
         where import_id = $1 and number > $2 order by number limit $3",
        id.0,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let pending = rows.into_iter().map(|row| Pending {
        number: row.number,
        content: row.content,
        faults: found_in(row.defects),
    });
    Ok(pending.collect())
}

/// What we wrote ourselves.
fn found_in(defects: Value) -> Violations {
    serde_json::from_value(defects).unwrap_or_default()
}

pub(super) async fn answer_items(
    conn: &mut PgConnection,
    id: ImportId,
    answers: &[Answer],
) -> sqlx::Result<()> {
    let numbers: Vec<_> = answers.iter().map(|one| one.number).collect();
    let outcomes: Vec<_> = answers.iter().map(|one| one.outcome.name().to_owned()).collect();
    let declarations: Vec<_> = answers.iter().map(|one| one.declaration.map(|id| id.0)).collect();
    let decl_nos: Vec<_> = answers.iter().map(|one| one.decl_no.clone()).collect();
    let problems: Vec<_> =
        answers.iter().map(|one| one.problem.as_ref().map(|(code, _)| code.clone())).collect();
    let details: Vec<_> =
        answers.iter().map(|one| one.problem.as_ref().map(|(_, text)| text.clone())).collect();
    let defects: Vec<_> = answers.iter().map(|one| json!(one.defects)).collect();
    sqlx::query!(
        "update declaration_import_items i
         set outcome = a.outcome, declaration_id = a.declaration_id, decl_no = a.decl_no, problem = a.problem,
             detail = a.detail, defects = a.defects, content = null
         from unnest($2::int4[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::jsonb[])
             a (number, outcome, declaration_id, decl_no, problem, detail, defects)
         where i.import_id = $1 and i.number = a.number and i.outcome is null",
        id.0,
        &numbers,
        &outcomes,
        &declarations as &[Option<Uuid>],
        &decl_nos as &[Option<String>],
        &problems as &[Option<String>],
        &details as &[Option<String>],
        &defects,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn update(conn: &mut PgConnection, import: &Import) -> sqlx::Result<()> {
    let counts = import.counts;
    sqlx::query!(
        "update declaration_imports
         set state = $2, position = $3, accepted = $4, in_review = $5, needs_correction = $6, repeated = $7,
             refused = $8, unreadable = $9, begun_at = $10, ended_at = $11, updated_at = $12
         where id = $1",
        import.id.0,
        import.state.name(),
        import.position,
        counts.accepted,
        counts.in_review,
        counts.needs_correction,
        counts.repeated,
        counts.refused,
        counts.unreadable,
        import.begun_at,
        import.ended_at,
        import.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn results(
    conn: &mut PgConnection,
    id: ImportId,
    after: i32,
    limit: i64,
) -> sqlx::Result<Vec<ResultRow>> {
    let rows = sqlx::query!(
        r#"
        select number, line, last_line, ent_decl_no, outcome as "outcome: Outcome",
            declaration_id as "declaration_id: DeclarationId", decl_no, problem, detail, places, defects
        from declaration_import_items where import_id = $1 and number > $2 order by number limit $3
        "#,
        id.0,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let told = rows.into_iter().map(|row| ResultRow {
        number: row.number,
        line: row.line,
        last_line: row.last_line,
        ent_decl_no: row.ent_decl_no,
        outcome: row.outcome,
        declaration_id: row.declaration_id,
        decl_no: row.decl_no,
        problem: row.problem,
        detail: row.detail,
        places: serde_json::from_value(row.places).unwrap_or_default(),
        defects: found_in(row.defects).into_vec(),
    });
    Ok(told.collect())
}

pub(super) async fn insert_original(
    conn: &mut PgConnection,
    declaration: DeclarationId,
    original: &Original,
    sha256: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into declaration_originals (declaration_id, format, original, sha256, unmapped, received_at)
         values ($1, $2, $3, $4, $5, $6)",
        declaration.0,
        original.format.name(),
        &original.bytes,
        sha256,
        json!(original.unmapped),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn original_of(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Option<Original>> {
    let found = sqlx::query!(
        r#"select format as "format: MessageFormat", original, unmapped from declaration_originals
        where declaration_id = $1"#,
        declaration.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| Original {
        format: row.format,
        bytes: row.original,
        unmapped: serde_json::from_value(row.unmapped).unwrap_or_default(),
    }))
}
