//! The enterprise chooses another release office, until the goods are released (domain 4.1, R9).
use super::{
    advance,
    reading::{self, People},
};
use crate::{
    declaration::{
        self, Declaration, DeclarationId, Status,
        event::ReleaseOfficeChanged,
        rules::catalogue::{
            GOODS_EXCLUDED_FROM_ANYWHERE, NOT_ELIGIBLE_ANYWHERE, OFFICE_NOT_PARTICIPATING,
        },
    },
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    reference::Books,
};

/// Whoever comes second, the change or the release, is refused: both lock the row.
pub async fn change_release_office(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    to: &str,
) -> Result<Declaration, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    if declaration.status == Status::Released || declaration.status.is_final() {
        return Err(Failure::refused(
            "declaration/wrong-status",
            format!("it is {}: the release office can no longer change", declaration.status.name()),
        ));
    }
    declaration.must_be_at_home()?;
    must_participate(books, to, tx.today())?;
    if declaration.release_org == to {
        return Ok(declaration);
    }
    let from = std::mem::replace(&mut declaration.release_org, to.to_owned());
    let was_anywhere = declaration.anywhere;
    if let Ok(inspecting) = declaration.inspecting_office() {
        declaration.anywhere =
            declaration.decl_org != inspecting || declaration.release_org != inspecting;
    }
    if declaration.anywhere && !was_anywhere {
        may_be_anywhere(tx, books, &declaration).await?;
    }
    declaration::service::save(tx, &mut declaration).await?;
    let event = ReleaseOfficeChanged { declaration: id, reason: None, from, to: to.to_owned() };
    tx.record(actor, &event)?;
    advance(tx, books, actor, &declaration).await?;
    Ok(declaration)
}

/// What was declared at its inspecting office was never asked whether it may be declared anywhere: it is asked
/// now, by the rules of the filing (domain R8, R14, invariant 13).
async fn may_be_anywhere(
    tx: &mut Tx,
    books: &Books,
    declaration: &Declaration,
) -> Result<(), Failure> {
    let today = tx.today();
    let content = reading::current_content(tx, declaration).await?;
    let review = People::of(tx, &[&content], today).await?.review(&content, books, today);
    let conditions =
        [&OFFICE_NOT_PARTICIPATING, &NOT_ELIGIBLE_ANYWHERE, &GOODS_EXCLUDED_FROM_ANYWHERE];
    let mut violations = Violations::default();
    for finding in review.findings.iter() {
        if conditions.iter().any(|rule| rule.code == finding.code) {
            violations.push(finding.clone());
        }
    }
    Ok(violations.finish(Some(()))?)
}

fn must_participate(books: &Books, office: &str, on: chrono::NaiveDate) -> Result<(), Failure> {
    if books.office(office, on).is_some_and(|office| office.participating) {
        return Ok(());
    }
    let mut violations = Violations::default();
    violations.error(
        "/release_org",
        "office-not-participating",
        "该机构当日未参加通报通放",
        "this office does not take part in declare-anywhere today",
    );
    Err(violations.into())
}
