//! Clients: machines with a credential, and what the token endpoint asks about them.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::organisation;
use crate::{
    identity::{
        Client, ClientId, OrganisationId,
        client::{Applicant, ClientState, Credential, Draft, Input, Secret},
        event, store,
    },
    kernel::{Actor, Failure, Page, PageRequest, Violations},
    ledger::Tx,
};

/// Which clients to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub organisation_code: Option<String>,
    pub state: Option<ClientState>,
}

/// A client and the credential it has from now on. A secret is never seen again.
pub async fn create(
    tx: &mut Tx,
    actor: &Actor,
    organisation: OrganisationId,
    input: &Input,
    secret: Secret,
) -> Result<(Client, Credential), Failure> {
    let organisation = organisation::get(tx, organisation).await?;
    let draft = Draft::parse(input, organisation.kind, secret)?;

    let (id, now) = (ClientId::mint(tx.now), tx.now);
    store::client::insert(tx, id, organisation.id, &draft, now).await?;
    tx.record(actor, &event::ClientCreated { client: id })?;
    Ok((get(tx, id).await?, draft.credential))
}

/// A new secret, or a new public key: the old one, and tokens got with it, are void.
pub async fn rotate(
    tx: &mut Tx,
    actor: &Actor,
    id: ClientId,
    public_key: Option<&str>,
    secret: Secret,
) -> Result<(Client, Credential), Failure> {
    let client = lock(tx, id).await?;
    if client.state == ClientState::Revoked {
        return Err(Failure::refused("identity/client-revoked", "this client was revoked"));
    }
    let mut violations = Violations::default();
    let credential = Credential::parse(client.auth_method, public_key, secret, &mut violations);
    let credential = violations.finish(credential)?;

    let now = tx.now;
    store::client::set_credential(tx, id, &credential, now).await?;
    tx.record(actor, &event::ClientRotated { client: id })?;
    Ok((get(tx, id).await?, credential))
}

/// Gets no token any more, for ever; tokens it has die within half a minute.
pub async fn revoke(tx: &mut Tx, actor: &Actor, id: ClientId) -> Result<Client, Failure> {
    let client = lock(tx, id).await?;
    if client.state == ClientState::Active {
        let now = tx.now;
        store::client::set_state(tx, id, ClientState::Revoked, now).await?;
        tx.record(actor, &event::ClientRevoked { client: id })?;
    }
    get(tx, id).await
}

async fn lock(tx: &mut Tx, id: ClientId) -> Result<Client, Failure> {
    let client = store::client::lock(tx, id).await?.ok_or(Failure::Missing("client"))?;
    tx.must_be_current(client.revision())?;
    Ok(client)
}

pub async fn get(conn: &mut PgConnection, id: ClientId) -> Result<Client, Failure> {
    store::client::find(conn, id).await?.ok_or(Failure::Missing("client"))
}

pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Client>, Failure> {
    Ok(Page::cut(store::client::list(conn, filter, page).await?, page))
}

/// The client that asks for a token, if it may have one at all.
pub async fn applicant(
    conn: &mut PgConnection,
    id: ClientId,
) -> Result<Option<Applicant>, Failure> {
    Ok(store::client::applicant(conn, id).await?)
}

/// Whether this assertion is used for the first time (RFC 7523: `jti`). One statement, durable at once.
pub async fn spend_assertion(
    conn: &mut PgConnection,
    applicant: &Applicant,
    jti: &str,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, Failure> {
    Ok(store::client::spend_assertion(conn, applicant.id, jti, expires_at, now).await?)
}
