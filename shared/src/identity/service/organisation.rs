//! Registering organisations, and what others ask about them.
use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::{
    identity::{
        CreditClass, Known, Organisation, OrganisationId, OrganisationState, PartyFacts, Rated,
        event,
        organisation::{Draft, Input},
        store,
    },
    kernel::{Actor, Failure, OrganisationKind, Page, PageRequest, Standing},
    ledger::Tx,
};

/// Which organisations to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<OrganisationKind>,
    pub state: Option<OrganisationState>,
    pub code: Option<String>,
}

pub async fn create(tx: &mut Tx, actor: &Actor, input: Input) -> Result<Organisation, Failure> {
    let draft = Draft::parse(input, tx.today())?;
    insert(tx, actor, &draft).await
}

pub(super) async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    draft: &Draft,
) -> Result<Organisation, Failure> {
    let (id, now) = (OrganisationId::mint(tx.now), tx.now);
    store::organisation::insert(tx, id, draft, now).await.map_err(|error| {
        if store::breaks(&error, "organisations_code_key") {
            let detail = format!("{} is registered already", draft.code);
            return Failure::refused("identity/code-taken", detail);
        }
        error.into()
    })?;

    tx.record(actor, &event::OrganisationCreated { organisation: id })?;
    get(tx, id).await
}

/// Nobody acts for it any more: its tokens die within half a minute, its declarations are refused at once.
pub async fn disable(
    tx: &mut Tx,
    actor: &Actor,
    id: OrganisationId,
) -> Result<Organisation, Failure> {
    if matches!(actor.standing, Standing::Member { organisation, .. } if organisation == id.0) {
        return Err(Failure::refused("identity/not-oneself", "you act for this organisation"));
    }
    if switch(tx, id, OrganisationState::Disabled).await? {
        tx.record(actor, &event::OrganisationDisabled { organisation: id })?;
    }
    get(tx, id).await
}

pub async fn enable(
    tx: &mut Tx,
    actor: &Actor,
    id: OrganisationId,
) -> Result<Organisation, Failure> {
    if switch(tx, id, OrganisationState::Active).await? {
        tx.record(actor, &event::OrganisationEnabled { organisation: id })?;
    }
    get(tx, id).await
}

/// Whether there was anything to switch.
async fn switch(
    tx: &mut Tx,
    id: OrganisationId,
    state: OrganisationState,
) -> Result<bool, Failure> {
    let organisation =
        store::organisation::lock(tx, id).await?.ok_or(Failure::Missing("organisation"))?;
    tx.must_be_current(organisation.revision())?;
    if organisation.state == state {
        return Ok(false);
    }
    let now = tx.now;
    store::organisation::set_state(tx, id, state, now).await?;
    Ok(true)
}

pub async fn get(conn: &mut PgConnection, id: OrganisationId) -> Result<Organisation, Failure> {
    store::organisation::find(conn, id).await?.ok_or(Failure::Missing("organisation"))
}

pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Organisation>, Failure> {
    Ok(Page::cut(store::organisation::list(conn, filter, page).await?, page))
}

/// What the rules ask about the parties of declarations on one day: one query for a whole batch. Also of numbers that
/// are not registered here: another bureau may have told us of them.
pub async fn known_of(
    conn: &mut PgConnection,
    reg_nos: &[String],
    on: NaiveDate,
) -> Result<HashMap<String, Known>, Failure> {
    Ok(store::organisation::known(conn, reg_nos, on).await?.into_iter().collect())
}

/// The same of those who are registered here, with the class that we gave them.
pub async fn facts_of(
    conn: &mut PgConnection,
    reg_nos: &[String],
    on: NaiveDate,
) -> Result<HashMap<String, PartyFacts>, Failure> {
    let known = known_of(conn, reg_nos, on).await?.into_iter();
    Ok(known.filter_map(|(reg_no, known)| Some((reg_no, known.party?))).collect())
}

/// An enterprise or agent by its number, as far as its credit is concerned.
pub async fn rated_of(conn: &mut PgConnection, reg_no: &str) -> Result<Option<Rated>, Failure> {
    Ok(store::organisation::rated_of(conn, reg_no).await?)
}

/// Active enterprises and agents that were registered by that day, in the order of their numbers; those after `after`.
pub async fn rated_since(
    conn: &mut PgConnection,
    registered_by: NaiveDate,
    after: &str,
    most: i64,
) -> Result<Vec<Rated>, Failure> {
    Ok(store::organisation::rated_since(conn, registered_by, after, most).await?)
}

/// Gives an enterprise another class, for whatever is accepted from now on. Also off the black list: its class is what
/// two persons say it is.
pub async fn reclassify(
    tx: &mut Tx,
    actor: &Actor,
    id: OrganisationId,
    to: CreditClass,
) -> Result<Rated, Failure> {
    let organisation =
        store::organisation::lock(tx, id).await?.ok_or(Failure::Missing("organisation"))?;
    let (today, now) = (tx.today(), tx.now);
    store::organisation::set_class(tx, id, to, (today, now)).await?;
    let rated = store::organisation::rated_of(tx, &organisation.code).await?;
    let rated = rated.ok_or_else(|| anyhow::anyhow!("{} has no class", organisation.code))?;
    let from = organisation.credit_class.effective(organisation.black_listed);
    let version = rated.version;
    tx.record(actor, &event::OrganisationReclassified { organisation: id, from, to, version })?;
    Ok(rated)
}
