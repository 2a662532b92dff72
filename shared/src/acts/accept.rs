//! Acceptance by an officer (人工受理), for what the system was in doubt about.
use super::{
    Desk,
    acceptance::{self, Acceptance},
    reading::{self, People},
};
use crate::{
    declaration::{
        self, Content, Declaration, DeclarationId, Kind, numbers::Series, rules::Review,
    },
    inspection,
    kernel::{Actor, Failure, Refusal, Severity, Violation, Violations},
    ledger::Tx,
};

/// An acceptance officer of the declaring office accepts it in spite of the warnings. What became an error in
/// the meantime, such as eligibility lost (domain R14), stands in the way: the officer returns it then.
pub async fn accept(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    id: DeclarationId,
) -> Result<Declaration, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    actor.must_be_of(&declaration.decl_org)?;
    declaration.status.take(declaration::Action::AcceptNotSelected)?;
    let content = reading::current_content(tx, &declaration).await?;
    let review = review(tx, desk, &content).await?;
    must_be_free_of_errors(&review)?;
    must_be_reckonable(&review)?;
    let accepted = decide(tx, desk, actor, &declaration, &review).await?.ok_or_else(|| {
        Failure::refused(
            "declaration/decl-no-exhausted",
            "this office has given out all numbers of the year",
        )
    })?;
    declaration.clone_from(&accepted.row);
    declaration::service::save(tx, &mut declaration).await?;
    acceptance::write_many(tx, desk, vec![accepted]).await?;
    Ok(declaration)
}

/// Everything that is wrong with it today.
pub(super) async fn review(tx: &mut Tx, desk: &Desk, content: &Content) -> Result<Review, Failure> {
    let today = tx.today();
    Ok(People::of(tx, &[content], today).await?.review(content, &desk.books, today))
}

/// Gives a reviewed declaration its number, its draw and its fee, in memory. Nothing where the office has given
/// out all numbers of the year.
pub(super) async fn decide(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    declaration: &Declaration,
    review: &Review,
) -> Result<Option<Acceptance>, Failure> {
    let facts = &review.facts;
    let series = Series::new(&facts.decl_org, facts.direction, tx.now);
    let Some(number) = desk.numbers.take(&series, 1).await?.pop() else {
        return Ok(None);
    };
    let order: Vec<_> =
        facts.do_key.clone().map(|key| (facts.direct_bureau.clone(), key)).into_iter().collect();
    let inherited = inspection::service::earlier_selected_without_result(tx, &order).await?;
    let is_inherited = !inherited.is_empty();
    let row = declaration.clone();
    acceptance::decide(tx, desk, actor, row, facts, number, is_inherited).map(Some)
}

/// Catalogue goods whose value cannot be told in yuan have no fee yet (domain R5); goods under an alert of
/// level 1 are refused (domain R14).
fn must_be_reckonable(review: &Review) -> Result<(), Failure> {
    let facts = &review.facts;
    if facts.kind == Kind::Catalogue && facts.total_val_cn.is_none() {
        return Err(Failure::refused(
            "declaration/fx-missing",
            "no exchange rate of the day is loaded: the fee cannot be reckoned",
        ));
    }
    if facts.worst_alert == Some(1) {
        return Err(Failure::refused(
            "declaration/alert-level-1",
            "an alert of level 1 is in force: the declaration is to be rejected",
        ));
    }
    Ok(())
}

fn must_be_free_of_errors(review: &Review) -> Result<(), Failure> {
    let errors: Vec<Violation> = review
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .cloned()
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    let violations: Violations = errors.into_iter().collect();
    Err(Refusal {
        violations,
        ..Refusal::new(
            "declaration/not-acceptable",
            "since it was filed something has become wrong with it: return it",
        )
    }
    .into())
}
