//! Who may declare anywhere: applied for by the enterprise, decided by the bureau (domain R10, R14).
use sqlx::PgConnection;

use super::{organisation, staff};
use crate::{
    identity::{
        Eligibility, EligibilityId, StaffId,
        eligibility::{Action, Conduct, Consent, Facts, Person, Status, Unmet, consent, refusal},
        event::{self, Step},
        store,
    },
    kernel::{Actor, Failure, OrganisationKind, Page, PageRequest},
    ledger::Tx,
};

/// Which eligibilities to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub enterprise_code: Option<String>,
    pub status: Option<Status>,
}

/// Asked for by the enterprise itself.
pub async fn apply(
    tx: &mut Tx,
    actor: &Actor,
    commitments_signed: bool,
) -> Result<Eligibility, Failure> {
    let own = actor.reg_no().ok_or(Failure::Forbidden("only an enterprise applies"))?;
    let enterprise = store::organisation::active_id(tx, own, OrganisationKind::Enterprise)
        .await?
        .ok_or(Failure::Forbidden("only an enterprise applies, not an agent"))?;

    let (id, now) = (EligibilityId::mint(tx.now), tx.now);
    store::eligibility::insert(tx, id, enterprise, commitments_signed, now).await.map_err(
        |error| {
            if store::breaks(&error, "anywhere_eligibilities_live_key") {
                let detail = "this enterprise has applied already";
                return Failure::refused("identity/already-applied", detail);
            }
            error.into()
        },
    )?;
    tx.record(actor, &event::EligibilityApplied { eligibility: id })?;
    get(tx, actor, id).await
}

/// An officer takes the application up.
pub async fn review(tx: &mut Tx, actor: &Actor, id: EligibilityId) -> Result<Eligibility, Failure> {
    let eligibility = lock(tx, id).await?;
    eligibility.status.take(Action::Review)?;
    let officer = StaffId(actor.person()?);
    let eligibility = Eligibility { reviewed_by: Some(officer), ..eligibility };
    step(tx, actor, eligibility, Action::Review, None).await
}

/// Approved when every condition of R14 holds; otherwise the refusal tells all that do not.
pub async fn approve(
    tx: &mut Tx,
    actor: &Actor,
    id: EligibilityId,
    conduct: Conduct,
) -> Result<Eligibility, Failure> {
    let eligibility = lock(tx, id).await?;
    eligibility.status.take(Action::Approve)?;
    actor.person()?;
    must_hold(tx, &eligibility, conduct).await?;
    step(tx, actor, eligibility, Action::Approve, None).await
}

/// By two persons, one of them a duty chief: the first call proposes, the second does it.
pub async fn suspend(
    tx: &mut Tx,
    actor: &Actor,
    id: EligibilityId,
    reason: String,
) -> Result<Eligibility, Failure> {
    let eligibility = lock(tx, id).await?;
    by_two(tx, actor, eligibility, Action::Suspend, Some(reason)).await
}

/// By two persons, when every condition holds again.
pub async fn reinstate(
    tx: &mut Tx,
    actor: &Actor,
    id: EligibilityId,
    conduct: Conduct,
) -> Result<Eligibility, Failure> {
    let eligibility = lock(tx, id).await?;
    eligibility.status.take(Action::Reinstate)?;
    must_hold(tx, &eligibility, conduct).await?;
    by_two(tx, actor, eligibility, Action::Reinstate, None).await
}

/// By two persons: strikes a suspended enterprise off. It may apply again.
pub async fn remove(
    tx: &mut Tx,
    actor: &Actor,
    id: EligibilityId,
    reason: String,
) -> Result<Eligibility, Failure> {
    let eligibility = lock(tx, id).await?;
    by_two(tx, actor, eligibility, Action::Remove, Some(reason)).await
}

/// Suspends an eligible enterprise for which a condition does not hold any more: the nightly run, or the event
/// that changed it (domain R14). Tells what does not hold.
pub async fn recheck(
    tx: &mut Tx,
    id: EligibilityId,
    conduct: Conduct,
) -> Result<Vec<Unmet>, Failure> {
    let eligibility = lock(tx, id).await?;
    if eligibility.status != Status::Eligible {
        return Ok(Vec::new());
    }
    let unmet = unmet(tx, &eligibility, conduct).await?;
    if !unmet.is_empty() {
        let codes: Vec<_> = unmet.iter().map(|condition| condition.words().0).collect();
        let reason = Some(codes.join(", "));
        step(tx, &Actor::system(), eligibility, Action::Suspend, reason).await?;
    }
    Ok(unmet)
}

/// All who are eligible now, in the order in which the nightly run locks them.
pub async fn eligible(conn: &mut PgConnection) -> Result<Vec<EligibilityId>, Failure> {
    Ok(store::eligibility::eligible(conn).await?)
}

/// The eligibility of an enterprise that is eligible now.
pub async fn eligible_of(
    conn: &mut PgConnection,
    reg_no: &str,
) -> Result<Option<EligibilityId>, Failure> {
    Ok(store::eligibility::eligible_of(conn, reg_no).await?)
}

async fn by_two(
    tx: &mut Tx,
    actor: &Actor,
    eligibility: Eligibility,
    action: Action,
    reason: Option<String>,
) -> Result<Eligibility, Failure> {
    eligibility.status.take(action)?;
    let now = Person::new(StaffId(actor.person()?), &actor.roles);
    let first = first_person(tx, &eligibility, action).await?;
    match consent(first, now)? {
        Consent::Agreed => step(tx, actor, eligibility, action, reason).await,
        Consent::Proposed => {
            let id = eligibility.id;
            let proposed =
                Eligibility { proposed: Some(action), proposed_by: Some(now.id), ..eligibility };
            let at = tx.now;
            store::eligibility::update(tx, &proposed, at).await?;
            tx.record(actor, &event::EligibilityProposed { eligibility: id, action, reason })?;
            get(tx, actor, id).await
        }
    }
}

/// Who asked for the same before.
async fn first_person(
    tx: &mut Tx,
    eligibility: &Eligibility,
    action: Action,
) -> Result<Option<Person>, Failure> {
    let Some(id) = eligibility.proposed_by.filter(|_| eligibility.proposed == Some(action)) else {
        return Ok(None);
    };
    let roles = staff::roles_of(tx, id).await?;
    Ok(roles.map(|roles| Person::new(id, roles.as_slice())))
}

/// Writes the step and its history.
async fn step(
    tx: &mut Tx,
    actor: &Actor,
    eligibility: Eligibility,
    action: Action,
    reason: Option<String>,
) -> Result<Eligibility, Failure> {
    let (id, from) = (eligibility.id, eligibility.status);
    let to = from.take(action)?;
    let (today, now) = (tx.today(), tx.now);
    let moved = eligibility.moved(to, reason.clone(), today);
    store::eligibility::update(tx, &moved, now).await?;

    let step = Step { eligibility: id, from, to, reason };
    match action {
        Action::Review => tx.record(actor, &event::EligibilityReviewed(step))?,
        Action::Approve => tx.record(actor, &event::EligibilityApproved(step))?,
        Action::Suspend => tx.record(actor, &event::EligibilitySuspended(step))?,
        Action::Reinstate => tx.record(actor, &event::EligibilityReinstated(step))?,
        Action::Remove => tx.record(actor, &event::EligibilityRemoved(step))?,
    }
    get(tx, actor, id).await
}

async fn must_hold(
    tx: &mut Tx,
    eligibility: &Eligibility,
    conduct: Conduct,
) -> Result<(), Failure> {
    let unmet = unmet(tx, eligibility, conduct).await?;
    if unmet.is_empty() { Ok(()) } else { Err(refusal(&unmet).into()) }
}

async fn unmet(
    tx: &mut Tx,
    eligibility: &Eligibility,
    conduct: Conduct,
) -> Result<Vec<Unmet>, Failure> {
    let enterprise = organisation::get(tx, eligibility.enterprise_id).await?;
    let facts = Facts {
        state: enterprise.state,
        registered_on: enterprise.registered_on,
        credit_class: enterprise.credit_class.effective(enterprise.black_listed),
        eligibility,
        conduct,
    };
    Ok(facts.unmet(tx.today()))
}

async fn lock(tx: &mut Tx, id: EligibilityId) -> Result<Eligibility, Failure> {
    let eligibility =
        store::eligibility::lock(tx, id).await?.ok_or(Failure::Missing("eligibility"))?;
    tx.must_be_current(eligibility.revision())?;
    Ok(eligibility)
}

/// An enterprise sees its own, the bureau all.
pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    id: EligibilityId,
) -> Result<Eligibility, Failure> {
    store::eligibility::find(conn, id, actor.reg_no()).await?.ok_or(Failure::Missing("eligibility"))
}

/// An enterprise sees its own, the bureau all.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: Filter,
    page: PageRequest,
) -> Result<Page<Eligibility>, Failure> {
    let filter = match (actor.reg_no(), &filter.enterprise_code) {
        (Some(own), Some(asked)) if own != asked => {
            return Ok(Page { data: Vec::new(), has_more: false });
        }
        (Some(own), _) => Filter { enterprise_code: Some(own.to_owned()), ..filter },
        (None, _) => filter,
    };
    Ok(Page::cut(store::eligibility::list(conn, &filter, page).await?, page))
}
