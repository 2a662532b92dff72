//! Granting direct release and taking it back: by the bureau of the enterprise, which its number names.
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::push;
use crate::{
    direct_release::{
        Direction, Enterprise, EnterpriseId, Ground,
        enterprise::{
            Action, Claims, Facts, Proposed, Status, Terms,
            condition::{refusal, suspended_until},
        },
        event::{EnterpriseMoved, SuspensionNoticed},
        store,
    },
    exchange::records::speaks_for,
    identity::{
        self, OrganisationState, StaffId,
        eligibility::{Consent, Person, consent},
    },
    kernel::{Actor, Failure, OrganisationKind, Page, PageRequest},
    ledger::Tx,
    nonconformity,
    reference::Books,
};

const MISSING: Failure = Failure::Missing("direct-release enterprise");

/// Which enterprises to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub reg_no: Option<String>,
    pub direction: Option<Direction>,
    pub status: Option<Status>,
}

/// Asked for by the enterprise itself, at its own bureau. `own`: our code, where we have one.
pub async fn apply(
    tx: &mut Tx,
    actor: &Actor,
    own: Option<&str>,
    direction: Direction,
    claims: Claims,
) -> Result<Enterprise, Failure> {
    let reg_no = enterprise_of(tx, actor).await?;
    claims.faults(tx.today()).finish(Some(()))?;
    if own.is_some_and(|own| !speaks_for(own, &reg_no)) {
        let detail = "the bureau that registered the enterprise grants it: apply there";
        return Err(Failure::refused("direct-enterprise/other-bureau", detail));
    }
    let enterprise = Enterprise {
        id: EnterpriseId::mint(tx.now),
        reg_no,
        direction,
        partner: None,
        status: Status::Applied,
        version: 1,
        claims: Some(claims),
        conditions: None,
        granted_on: None,
        suspended_on: None,
        suspended_until: None,
        ground: None,
        reason: None,
        proposed: None,
        decided_by: None,
        created_at: tx.now,
        updated_at: tx.now,
    };
    if !store::enterprise::insert(tx, &enterprise).await? {
        let detail = "the enterprise has applied for this direction already";
        return Err(Failure::refused("direct-enterprise/already-applied", detail));
    }
    tx.record(actor, &EnterpriseMoved::of(&enterprise, None))?;
    Ok(enterprise)
}

/// The registration number of an enterprise that asks for itself.
async fn enterprise_of(tx: &mut Tx, actor: &Actor) -> Result<String, Failure> {
    let own = actor.reg_no().ok_or(Failure::Forbidden("only an enterprise applies"))?.to_owned();
    let today = tx.today();
    let facts = identity::service::facts_of(tx, std::slice::from_ref(&own), today).await?;
    match facts.get(&own) {
        Some(party) if party.kind == OrganisationKind::Enterprise => Ok(own),
        _ => Err(Failure::Forbidden("only an enterprise applies, not an agent")),
    }
}

/// Granted when every condition holds; otherwise the refusal tells all that do not.
pub async fn approve(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: EnterpriseId,
) -> Result<Enterprise, Failure> {
    let enterprise = hold(tx, actor, id).await?;
    enterprise.status.take(Action::Approve)?;
    let facts = facts(tx, books, &enterprise).await?;
    let unmet = facts.unmet();
    if !unmet.is_empty() {
        return Err(refusal(&unmet).into());
    }
    let granted = Enterprise {
        granted_on: Some(facts.on),
        conditions: Some(facts),
        decided_by: Some(actor.person()?),
        ..enterprise
    };
    step(tx, actor, granted, Action::Approve).await
}

/// What the conditions look at, today.
async fn facts(tx: &mut Tx, books: &Books, enterprise: &Enterprise) -> Result<Facts, Failure> {
    let (today, reg_no) = (tx.today(), &enterprise.reg_no);
    let parties = identity::service::facts_of(tx, std::slice::from_ref(reg_no), today).await?;
    let party = parties.get(reg_no);
    let claims = enterprise.claims.clone();
    Ok(Facts {
        on: today,
        direction: enterprise.direction,
        is_active: party.is_some_and(|party| party.state == OrganisationState::Active),
        credit_class: party.map_or(identity::CreditClass::D, |party| party.credit_class),
        is_blocked: nonconformity::service::is_blocked(tx, reg_no).await?,
        claims: claims.ok_or_else(|| anyhow::anyhow!("{} stated nothing", enterprise.id))?,
        terms: Terms::on(books, today),
    })
}

/// The application is refused, with a reason. Another may be made.
pub async fn refuse(
    tx: &mut Tx,
    actor: &Actor,
    id: EnterpriseId,
    reason: String,
) -> Result<Enterprise, Failure> {
    let enterprise = hold(tx, actor, id).await?;
    enterprise.status.take(Action::Refuse)?;
    let decided_by = Some(actor.person()?);
    let refused = Enterprise { reason: Some(reason), decided_by, ..enterprise };
    step(tx, actor, refused, Action::Refuse).await
}

/// Takes the grant back for a year: one person fills in the notice (停止直通放行通知单), a second approves it, and one
/// of the two is a duty chief.
pub async fn suspend(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: EnterpriseId,
    (ground, reason): (Ground, String),
) -> Result<Enterprise, Failure> {
    let enterprise = hold(tx, actor, id).await?;
    enterprise.status.take(Action::Suspend)?;
    let now = Person::new(StaffId(actor.person()?), &actor.roles);
    let first = enterprise.proposed.as_ref().filter(|first| first.ground == ground);
    match consent(first.map(Proposed::person), now)? {
        Consent::Proposed => {
            tx.record(actor, &SuspensionNoticed { enterprise: id, ground, reason: &reason })?;
            let proposed =
                Proposed { ground, reason, by: now.id, by_duty_chief: now.is_duty_chief };
            let noticed = Enterprise { proposed: Some(proposed), updated_at: tx.now, ..enterprise };
            store::enterprise::update(tx, &noticed).await?;
            Ok(noticed)
        }
        Consent::Agreed => {
            let today = tx.today();
            let suspended = Enterprise {
                suspended_on: Some(today),
                suspended_until: Some(suspended_until(books, today)),
                ground: Some(ground),
                reason: Some(reason),
                proposed: None,
                decided_by: Some(now.id.0),
                ..enterprise
            };
            step(tx, actor, suspended, Action::Suspend).await
        }
    }
}

/// Takes the grants of an enterprise of ours back, for a port that proposed it: the port's notice was drafted and
/// approved by two persons, and whoever decides here is a duty chief. An enterprise without a grant has none to lose.
pub async fn suspend_as_proposed(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    reg_no: &str,
    (ground, reason): (Ground, &str),
) -> Result<(), Failure> {
    for direction in [Direction::Export, Direction::Import] {
        let Some(seen) = store::enterprise::live(tx, reg_no, direction).await? else { continue };
        let held = store::enterprise::lock(tx, seen.id).await?;
        let Some(enterprise) = held.filter(|one| one.partner.is_none() && one.is_approved()) else {
            continue;
        };
        let today = tx.today();
        let suspended = Enterprise {
            suspended_on: Some(today),
            suspended_until: Some(suspended_until(books, today)),
            ground: Some(ground),
            reason: Some(reason.to_owned()),
            proposed: None,
            decided_by: Some(actor.person()?),
            ..enterprise
        };
        step(tx, actor, suspended, Action::Suspend).await?;
    }
    Ok(())
}

/// A suspended enterprise applies again, once its year is over (domain R16, invariant 23).
pub async fn reapply(
    tx: &mut Tx,
    actor: &Actor,
    id: EnterpriseId,
    claims: Claims,
) -> Result<Enterprise, Failure> {
    let reg_no = enterprise_of(tx, actor).await?;
    let enterprise = store::enterprise::lock(tx, id).await?.ok_or(MISSING)?;
    if enterprise.reg_no != reg_no {
        return Err(MISSING);
    }
    tx.must_be_current(enterprise.revision())?;
    enterprise.status.take(Action::Reapply)?;
    if enterprise.partner.is_some() {
        let detail = "the bureau that registered the enterprise grants it: apply there";
        return Err(Failure::refused("direct-enterprise/other-bureau", detail));
    }
    must_be_over(enterprise.suspended_until, tx.today())?;
    claims.faults(tx.today()).finish(Some(()))?;
    let again = Enterprise { claims: Some(claims), conditions: None, ..enterprise };
    step(tx, actor, again, Action::Reapply).await
}

fn must_be_over(until: Option<NaiveDate>, today: NaiveDate) -> Result<(), Failure> {
    match until {
        Some(until) if today < until => Err(Failure::refused(
            "direct-enterprise/suspended-within-year",
            format!("it may apply again on {until}"),
        )),
        _ => Ok(()),
    }
}

/// Writes the step, its history, and tells the partners.
async fn step(
    tx: &mut Tx,
    actor: &Actor,
    enterprise: Enterprise,
    action: Action,
) -> Result<Enterprise, Failure> {
    let from = enterprise.status;
    let moved = Enterprise {
        status: from.take(action)?,
        version: enterprise.version + 1,
        updated_at: tx.now,
        ..enterprise
    };
    store::enterprise::update(tx, &moved).await?;
    tx.record(actor, &EnterpriseMoved::of(&moved, Some((from, action))))?;
    push::tell_all(tx, &moved).await?;
    Ok(moved)
}

/// Holds an enterprise for an officer of the bureau that grants it.
async fn hold(tx: &mut Tx, actor: &Actor, id: EnterpriseId) -> Result<Enterprise, Failure> {
    let enterprise = store::enterprise::lock(tx, id).await?.ok_or(MISSING)?;
    tx.must_be_current(enterprise.revision())?;
    let is_of_its_bureau =
        actor.office().is_some_and(|office| office.get(..2) == enterprise.reg_no.get(..2));
    if enterprise.partner.is_some() || !is_of_its_bureau {
        return Err(Failure::Forbidden("the bureau that registered the enterprise decides this"));
    }
    Ok(enterprise)
}

/// An enterprise sees its own, the bureau all.
pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    id: EnterpriseId,
) -> Result<Enterprise, Failure> {
    let found = store::enterprise::find(conn, id).await?;
    found.filter(|one| actor.reg_no().is_none_or(|own| own == one.reg_no)).ok_or(MISSING)
}

/// An enterprise sees its own, the bureau all.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Enterprise>, Failure> {
    let found = store::enterprise::list(conn, actor.reg_no(), filter, page).await?;
    Ok(Page::cut(found, page))
}

/// The grant that lets goods of that enterprise go directly, if it has one.
pub async fn granted(
    conn: &mut PgConnection,
    reg_no: &str,
    direction: Direction,
) -> Result<Option<Enterprise>, Failure> {
    let found = store::enterprise::live(conn, reg_no, direction).await?;
    Ok(found.filter(Enterprise::is_approved))
}
