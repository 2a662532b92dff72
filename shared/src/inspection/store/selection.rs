//! Selections, what changed them, and what a D/O inherits.
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    inspection::{
        draw::{Draw, Inputs, Rate, Reason, Selection},
        model::{Change, ChangeKind, Drawn, Stored},
    },
    kernel::id,
};

/// Writes many selections in one statement.
pub(in crate::inspection) async fn insert(
    conn: &mut PgConnection,
    drawn: &[Drawn],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut columns = Columns::default();
    for one in drawn {
        columns.push(one);
    }
    sqlx::query!(
        r#"
        insert into selections (declaration_id, decl_no, rate_ppm, inputs, draw, audit_draw, key_id,
            is_mandatory, is_selected, reason, drawn_at)
        select *, $11::timestamptz from unnest($1::uuid[], $2::text[], $3::int4[], $4::jsonb[],
            $5::bytea[], $6::bytea[], $7::text[], $8::bool[], $9::bool[], $10::text[])
        "#,
        &columns.declarations,
        &columns.decl_nos,
        &columns.rates,
        &columns.inputs as &[Json<&Inputs>],
        &columns.draws,
        &columns.audit_draws as &[Option<Vec<u8>>],
        &columns.key_ids,
        &columns.mandatory,
        &columns.selected,
        &columns.reasons,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Selections turned on their side, as `unnest` wants them.
#[derive(Default)]
struct Columns<'a> {
    declarations: Vec<Uuid>,
    decl_nos: Vec<String>,
    rates: Vec<i32>,
    inputs: Vec<Json<&'a Inputs>>,
    draws: Vec<Vec<u8>>,
    audit_draws: Vec<Option<Vec<u8>>>,
    key_ids: Vec<String>,
    mandatory: Vec<bool>,
    selected: Vec<bool>,
    reasons: Vec<String>,
}

impl<'a> Columns<'a> {
    fn push(&mut self, drawn: &'a Drawn) {
        let selection = &drawn.selection;
        self.declarations.push(drawn.declaration.0);
        self.decl_nos.push(drawn.decl_no.clone());
        self.rates.push(selection.rate.ppm());
        self.inputs.push(Json(&selection.inputs));
        self.draws.push(selection.draw.to_bytes().to_vec());
        self.audit_draws.push(selection.audit_draw.map(|draw| draw.to_bytes().to_vec()));
        self.key_ids.push(selection.key_id.clone());
        self.mandatory.push(selection.is_mandatory());
        self.selected.push(selection.is_selected());
        self.reasons.push(selection.reason.name().to_owned());
    }
}

/// The stored selection of a declaration, by its id or by its number.
pub(in crate::inspection) async fn find(
    conn: &mut PgConnection,
    declaration: Option<DeclarationId>,
    decl_no: Option<&str>,
) -> sqlx::Result<Option<Stored>> {
    let row = sqlx::query!(
        r#"
        select declaration_id as "declaration: DeclarationId", decl_no, drawn_at,
            rate_ppm as "rate: Rate", inputs as "inputs: Json<Inputs>", draw, audit_draw, key_id,
            is_mandatory, is_selected, reason as "reason: Reason"
        from selections where declaration_id = $1 or decl_no = $2
        "#,
        declaration.map(|id| id.0),
        decl_no,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let selection = Selection {
        rate: row.rate,
        inputs: row.inputs.0,
        draw: read_draw(&row.draw)?,
        audit_draw: row.audit_draw.as_deref().map(read_draw).transpose()?,
        key_id: row.key_id,
        reason: row.reason,
    };
    Ok(Some(Stored {
        declaration: row.declaration,
        decl_no: row.decl_no,
        drawn_at: row.drawn_at,
        selection,
        is_selected: row.is_selected,
        is_mandatory: row.is_mandatory,
    }))
}

fn read_draw(bytes: &[u8]) -> sqlx::Result<Draw> {
    Draw::from_bytes(bytes).ok_or_else(|| sqlx::Error::Decode("a draw has eight bytes".into()))
}

/// Of these D/Os (direct bureau, key) those whose earlier declaration was selected and ended without a result.
pub(in crate::inspection) async fn unjudged_delivery_orders(
    conn: &mut PgConnection,
    direct_bureaus: &[String],
    do_keys: &[String],
) -> sqlx::Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"
        select distinct d.direct_bureau, d.do_key as "do_key!"
        from unnest($1::text[], $2::text[]) as asked(direct_bureau, do_key)
        join declarations d using (direct_bureau, do_key)
        where d.is_selected and not d.has_result
          and d.status in ('WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ')
        "#,
        direct_bureaus,
        do_keys,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.direct_bureau, row.do_key)).collect())
}

/// Appends what changed the outcome; `inputs` where a rate was raised.
pub(in crate::inspection) async fn append_change(
    conn: &mut PgConnection,
    declaration: DeclarationId,
    change: &Change,
    inputs: Option<&Inputs>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into selection_changes (id, declaration_id, kind, rate_ppm, inputs, reason, by_staff, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        id::mint(change.at),
        declaration.0,
        change.kind.name(),
        change.rate.map(Rate::ppm),
        inputs.map(Json) as Option<Json<&Inputs>>,
        change.reason,
        change.by_staff,
        change.at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What changed the outcome, oldest first.
pub(in crate::inspection) async fn changes(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Change>> {
    sqlx::query_as!(
        Change,
        r#"
        select kind as "kind: ChangeKind", rate_ppm as "rate: Rate", reason, by_staff, at
        from selection_changes where declaration_id = $1
        order by at, id
        "#,
        declaration.0,
    )
    .fetch_all(conn)
    .await
}
