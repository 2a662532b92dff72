//! The acts of the room. Whether a form may be issued or goods released is decided in `acts`.
use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{
    Form, FormId, NewForm, Release, State,
    event::FormMoved,
    store::{self, Latest},
};
use crate::{
    declaration::DeclarationId,
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// Issues the next form of a declaration that the caller holds. See [`issue_many`].
pub async fn issue(tx: &mut Tx, actor: &Actor, new: NewForm) -> Result<Form, Failure> {
    let issued = issue_many(tx, actor, vec![new]).await?;
    issued.into_iter().next().ok_or_else(|| anyhow::anyhow!("no form was issued"))?
}

/// Issues the next forms of declarations that the caller holds, in their order. The one before must be void or
/// expired; where it is not, that one is refused, and the others are issued.
pub async fn issue_many(
    tx: &mut Tx,
    actor: &Actor,
    new: Vec<NewForm>,
) -> Result<Vec<Result<Form, Failure>>, Failure> {
    let ids: Vec<_> = new.iter().map(|form| form.declaration_id.0).collect();
    let before: HashMap<_, _> = store::latest(tx, &ids).await?.into_iter().collect();
    let now = tx.now;
    let forms: Vec<_> = new
        .into_iter()
        .map(|new| {
            let sequence = next_sequence(before.get(&new.declaration_id))?;
            Ok(Form {
                id: FormId::mint(now),
                declaration_id: new.declaration_id,
                clearance_no: format!("{}{sequence:03}", new.decl_no),
                sequence,
                state: State::Issued,
                lines: new.lines,
                before_result: new.before_result,
                issued_at: now,
                issued_by: actor.id,
                valid_until: new.valid_until,
                remark: new.remark,
                voided_at: None,
                void_reason: None,
            })
        })
        .collect();
    let issued: Vec<_> = forms.iter().filter_map(|form| form.as_ref().ok()).collect();
    store::insert(tx, &issued).await?;
    for form in issued {
        tx.record(actor, &FormMoved::of(form, None))?;
    }
    Ok(forms)
}

/// The number of the form that follows the latest one.
fn next_sequence(latest: Option<&Latest>) -> Result<i32, Failure> {
    let Some(latest) = latest else { return Ok(0) };
    if latest.is_live {
        return Err(Failure::refused(
            "clearance-form/already-live",
            "the declaration has a live clearance form: void it first",
        ));
    }
    if latest.sequence >= 999 {
        return Err(Failure::refused(
            "clearance-form/exhausted",
            "no further form can be numbered",
        ));
    }
    Ok(latest.sequence + 1)
}

/// The numbers of the live forms of these declarations.
pub async fn live_numbers(
    conn: &mut PgConnection,
    declarations: &[DeclarationId],
) -> sqlx::Result<HashMap<DeclarationId, String>> {
    let ids: Vec<_> = declarations.iter().map(|id| id.0).collect();
    Ok(store::live_numbers(conn, &ids).await?.into_iter().collect())
}

/// The live form of a declaration, if it has one.
pub async fn live_of(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> Result<Option<Form>, Failure> {
    let forms = store::of_declaration(conn, declaration).await?;
    Ok(forms.into_iter().find(|form| form.state.is_live()))
}

/// All forms of a declaration, oldest first.
pub async fn of_declaration(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> Result<Vec<Form>, Failure> {
    Ok(store::of_declaration(conn, declaration).await?)
}

/// Moves a form of a held declaration one state on.
pub async fn step(
    tx: &mut Tx,
    actor: &Actor,
    form: &mut Form,
    to: State,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let from = form.state;
    form.state = from.step(to)?;
    if to == State::Void {
        form.voided_at = Some(tx.now);
        form.void_reason = reason.map(str::to_owned);
    }
    store::update(tx, form).await?;
    tx.record(actor, &FormMoved::of(form, Some(from)))?;
    Ok(())
}

/// Forms whose last day is over, with their declarations.
pub async fn run_out(
    conn: &mut PgConnection,
    today: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<DeclarationId>> {
    store::run_out(conn, today, limit).await
}

/// Writes releases down, many at once.
pub async fn record_releases(tx: &mut Tx, releases: &[Release]) -> sqlx::Result<()> {
    store::insert_releases(tx, releases).await
}
