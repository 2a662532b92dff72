//! The acts of the room. Whether a form may be issued or goods released is decided in `acts`.
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Form, FormId, NewForm, Release, State, event::FormMoved, store};
use crate::{
    declaration::DeclarationId,
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// Issues the next form of a declaration that the caller holds. The one before must be void or expired.
pub async fn issue(tx: &mut Tx, actor: &Actor, new: NewForm) -> Result<Form, Failure> {
    let sequence = store::next_sequence(tx, new.declaration_id).await?;
    if sequence > 999 {
        return Err(Failure::refused(
            "clearance-form/exhausted",
            "no further form can be numbered",
        ));
    }
    let form = Form {
        id: FormId::mint(tx.now),
        declaration_id: new.declaration_id,
        clearance_no: format!("{}{sequence:03}", new.decl_no),
        sequence,
        state: State::Issued,
        lines: new.lines,
        before_result: new.before_result,
        issued_at: tx.now,
        issued_by: actor.id,
        valid_until: new.valid_until,
        remark: new.remark,
        voided_at: None,
        void_reason: None,
    };
    store::insert(tx, &form).await.map_err(|error| {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("clearance_forms_one_live") => Failure::refused(
                "clearance-form/already-live",
                "the declaration has a live clearance form: void it first",
            ),
            _ => error.into(),
        }
    })?;
    tx.record(actor, &FormMoved::of(&form, None))?;
    Ok(form)
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
