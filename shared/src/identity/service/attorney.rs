//! Powers of attorney: granted by the enterprise itself, or by an administrator on paper.
use std::collections::HashSet;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::{
    identity::{
        PowerOfAttorney, PowerOfAttorneyId,
        attorney::Draft,
        event,
        store::{self, attorney::NewPower},
    },
    kernel::{Actor, Failure, OrganisationKind, Page, PageRequest, Violations},
    ledger::Tx,
};

/// Which powers of attorney to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub agent_code: Option<String>,
    pub enterprise_code: Option<String>,
    pub in_force_on: Option<NaiveDate>,
}

pub async fn grant(tx: &mut Tx, actor: &Actor, draft: Draft) -> Result<PowerOfAttorney, Failure> {
    // An agent cannot empower itself, nor an enterprise speak for another: to them the other is not there.
    if actor.reg_no().is_some_and(|own| own != draft.enterprise_code) {
        return Err(Failure::Missing("enterprise"));
    }
    let (agent, enterprise) = parties(tx, &draft).await?;

    let new = NewPower {
        id: PowerOfAttorneyId::mint(tx.now),
        agent,
        enterprise,
        valid_from: draft.valid_from,
        valid_to: draft.valid_to,
    };
    let now = tx.now;
    store::attorney::insert(tx, &new, now).await?;
    tx.record(actor, &event::PowerOfAttorneyGranted { power_of_attorney: new.id })?;
    get(tx, actor, new.id).await
}

async fn parties(tx: &mut Tx, draft: &Draft) -> Result<(uuid::Uuid, uuid::Uuid), Failure> {
    use OrganisationKind::{DeclaringAgent, Enterprise};
    let agent = store::organisation::active_id(tx, &draft.agent_code, DeclaringAgent).await?;
    let enterprise = store::organisation::active_id(tx, &draft.enterprise_code, Enterprise).await?;

    let mut violations = Violations::default();
    if agent.is_none() {
        violations.error(
            "/agent_code",
            "agent-unknown",
            "没有该登记号的有效代理报检单位",
            "No active declaring agent has this registration number",
        );
    }
    if enterprise.is_none() {
        violations.error(
            "/enterprise_code",
            "enterprise-unknown",
            "没有该登记号的有效企业",
            "No active enterprise has this registration number",
        );
    }
    Ok(violations.finish(agent.zip(enterprise))?)
}

/// From this moment the agent may not declare for the enterprise; what was filed before stands.
pub async fn revoke(
    tx: &mut Tx,
    actor: &Actor,
    id: PowerOfAttorneyId,
) -> Result<PowerOfAttorney, Failure> {
    let power = store::attorney::lock(tx, id, actor.reg_no())
        .await?
        .ok_or(Failure::Missing("power of attorney"))?;
    tx.must_be_current(power.revision())?;
    if actor.reg_no().is_some_and(|own| own != power.enterprise_code) {
        return Err(Failure::Forbidden("only who gave a power of attorney may revoke it"));
    }
    if power.revoked_at.is_none() {
        let now = tx.now;
        store::attorney::revoke(tx, id, now).await?;
        tx.record(actor, &event::PowerOfAttorneyRevoked { power_of_attorney: id })?;
    }
    get(tx, actor, id).await
}

/// Enterprises and agents see those they gave or got.
pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    id: PowerOfAttorneyId,
) -> Result<PowerOfAttorney, Failure> {
    store::attorney::find(conn, id, actor.reg_no())
        .await?
        .ok_or(Failure::Missing("power of attorney"))
}

/// Enterprises and agents see those they gave or got.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<PowerOfAttorney>, Failure> {
    Ok(Page::cut(store::attorney::list(conn, filter, actor.reg_no(), page).await?, page))
}

/// Those of the pairs (agent, enterprise) for which a power of attorney is in force on that day: one query for
/// a whole batch.
pub async fn powers_of_attorney_of(
    conn: &mut PgConnection,
    pairs: &[(String, String)],
    on: NaiveDate,
) -> Result<HashSet<(String, String)>, Failure> {
    let (agents, enterprises): (Vec<_>, Vec<_>) = pairs.iter().cloned().unzip();
    Ok(store::attorney::in_force(conn, &agents, &enterprises, on).await?.into_iter().collect())
}
