//! Where clients want to be told: registered, proven, changed, rotated, disabled.
use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;

use super::feed::client;
use crate::{
    kernel::{Actor, Failure, Page, PageRequest, Violations},
    ledger::Tx,
    notification::{
        WebhookKeys,
        address::PrivateAddresses,
        event::EndpointMoved,
        job::Challenge,
        model::{Endpoint, EndpointId},
        secret::Credentials,
        status::{DisabledBecause, EndpointAction, EndpointState},
        store,
        types::EventType,
    },
};

const MISSING: Failure = Failure::Missing("webhook endpoint");

/// How many endpoints a client may have.
const MOST: i64 = 20;

/// The longest that two secrets sign side by side.
pub const LONGEST_OVERLAP: Duration = Duration::days(7);

/// An endpoint as its owner wants it.
#[derive(Clone, Debug)]
pub struct Input {
    pub url: String,
    pub description: Option<String>,
    /// Empty: all.
    pub event_types: Vec<String>,
}

/// A new endpoint, to be proven before it is told anything.
pub async fn register(
    tx: &mut Tx,
    actor: &Actor,
    (guard, key_id): (PrivateAddresses, &str),
    input: Input,
) -> Result<Endpoint, Failure> {
    let (client_id, reg_no) = client(actor)?;
    check(guard, &input)?;
    if store::endpoint::count(tx, client_id).await? >= MOST {
        let detail = format!("a client has at most {MOST} endpoints");
        return Err(Failure::refused("webhook/too-many-endpoints", detail));
    }
    let endpoint = Endpoint {
        id: EndpointId::mint(tx.now),
        client_id,
        reg_no: reg_no.to_owned(),
        url: input.url,
        description: input.description,
        event_types: input.event_types,
        state: EndpointState::Pending,
        disabled_because: None,
        key_id: key_id.to_owned(),
        generation: 1,
        previous_key_id: None,
        previous_until: None,
        challenged_at: None,
        challenge_error: None,
        verified_at: None,
        failures: 0,
        failing_since: None,
        held_until: None,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::endpoint::insert(tx, &endpoint).await?;
    tx.record(actor, &EndpointMoved::of(&endpoint, "webhook.endpoint_registered", None))?;
    Ok(endpoint)
}

fn check(guard: PrivateAddresses, input: &Input) -> Result<(), Violations> {
    let mut wrong = Violations::default();
    if let Err((zh, en)) = guard.check(&input.url) {
        wrong.error("/url", "url-not-allowed", zh, en);
    }
    if let Some(text) = &input.description
        && (text.chars().count() > 200 || text.chars().any(char::is_control))
    {
        wrong.error(
            "/description",
            "text-malformed",
            "最多200字，不能含有控制字符",
            "at most 200 characters, none of them control characters",
        );
    }
    for (place, kind) in input.event_types.iter().enumerate() {
        let pointer = format!("/event_types/{place}");
        if EventType::find(kind).is_none() {
            wrong.error(
                pointer,
                "event-type-unknown",
                "没有这种事件",
                "there is no such event type",
            );
        } else if input.event_types[..place].contains(kind) {
            wrong.error(
                pointer,
                "event-type-repeated",
                "事件重复",
                "this event type stands there twice",
            );
        }
    }
    wrong.finish(Some(()))
}

pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    id: EndpointId,
) -> Result<Endpoint, Failure> {
    let (client, _) = client(actor)?;
    store::endpoint::find(conn, client, id).await?.ok_or(MISSING)
}

pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<Endpoint>, Failure> {
    let (client, _) = client(actor)?;
    Ok(Page::cut(store::endpoint::list(conn, client, page).await?, page))
}

pub(super) async fn hold(tx: &mut Tx, actor: &Actor, id: EndpointId) -> Result<Endpoint, Failure> {
    let (client, _) = client(actor)?;
    let endpoint = store::endpoint::lock(tx, client, id).await?.ok_or(MISSING)?;
    tx.must_be_current(endpoint.revision())?;
    Ok(endpoint)
}

/// Writes a step down, with the event that tells of it.
pub(super) async fn save(
    tx: &mut Tx,
    actor: &Actor,
    endpoint: &mut Endpoint,
    (kind, from): (&'static str, EndpointState),
) -> Result<(), Failure> {
    endpoint.updated_at = tx.now;
    store::endpoint::update(tx, endpoint).await?;
    tx.record(actor, &EndpointMoved::of(endpoint, kind, Some(from)))?;
    Ok(())
}

/// Changes where, of what and under which name it is told. Another address has to prove itself.
pub async fn change(
    tx: &mut Tx,
    actor: &Actor,
    id: EndpointId,
    guard: PrivateAddresses,
    input: Input,
) -> Result<Endpoint, Failure> {
    let mut endpoint = hold(tx, actor, id).await?;
    check(guard, &input)?;
    let from = endpoint.state;
    if endpoint.url != input.url {
        endpoint.state = from.take(EndpointAction::Move)?;
        endpoint.verified_at = None;
        endpoint.url = input.url;
        // A challenge that is on its way was meant for the address before.
        endpoint.challenged_at = None;
    }
    endpoint.description = input.description;
    endpoint.event_types = input.event_types;
    save(tx, actor, &mut endpoint, ("webhook.endpoint_changed", from)).await?;
    Ok(endpoint)
}

/// Asks the address to prove that it wants to be told. The worker calls it.
pub async fn challenge(tx: &mut Tx, actor: &Actor, id: EndpointId) -> Result<Endpoint, Failure> {
    let mut endpoint = hold(tx, actor, id).await?;
    endpoint.state.take(EndpointAction::Verify)?;
    ask(tx, &mut endpoint)?;
    store::endpoint::update(tx, &endpoint).await?;
    Ok(endpoint)
}

fn ask(tx: &mut Tx, endpoint: &mut Endpoint) -> Result<(), Failure> {
    endpoint.challenged_at = Some(tx.now);
    endpoint.challenge_error = None;
    endpoint.updated_at = tx.now;
    Ok(tx.enqueue(&Challenge { endpoint: endpoint.id })?)
}

/// A new secret and a new key pair. Those before sign as well until the overlap is over.
pub async fn rotate(
    tx: &mut Tx,
    actor: &Actor,
    id: EndpointId,
    (key_id, overlap): (&str, Duration),
) -> Result<Endpoint, Failure> {
    let mut endpoint = hold(tx, actor, id).await?;
    if overlap < Duration::zero() || overlap > LONGEST_OVERLAP {
        let mut wrong = Violations::default();
        wrong.error("/overlap_hours", "out-of-range", "0至168小时", "0 to 168 hours");
        return Err(wrong.into());
    }
    let from = endpoint.state;
    endpoint.previous_key_id = Some(std::mem::replace(&mut endpoint.key_id, key_id.to_owned()));
    endpoint.previous_until = Some(tx.now + overlap);
    endpoint.generation += 1;
    save(tx, actor, &mut endpoint, ("webhook.secret_rotated", from)).await?;
    Ok(endpoint)
}

/// Nothing is told to it any more.
pub async fn disable(tx: &mut Tx, actor: &Actor, id: EndpointId) -> Result<Endpoint, Failure> {
    let mut endpoint = hold(tx, actor, id).await?;
    stop(tx, actor, &mut endpoint, DisabledBecause::Owner).await?;
    Ok(endpoint)
}

pub(super) async fn stop(
    tx: &mut Tx,
    actor: &Actor,
    endpoint: &mut Endpoint,
    because: DisabledBecause,
) -> Result<(), Failure> {
    let from = endpoint.state;
    endpoint.state = from.take(EndpointAction::Disable)?;
    endpoint.disabled_because = Some(because);
    save(tx, actor, endpoint, ("webhook.endpoint_disabled", from)).await
}

/// Lets it prove itself again; what waited for it goes on when it has.
pub async fn enable(tx: &mut Tx, actor: &Actor, id: EndpointId) -> Result<Endpoint, Failure> {
    let mut endpoint = hold(tx, actor, id).await?;
    let from = endpoint.state;
    endpoint.state = from.take(EndpointAction::Enable)?;
    endpoint.disabled_because = None;
    (endpoint.failures, endpoint.failing_since, endpoint.held_until) = (0, None, None);
    ask(tx, &mut endpoint)?;
    save(tx, actor, &mut endpoint, ("webhook.endpoint_enabled", from)).await?;
    Ok(endpoint)
}

/// A challenge to be brought to an address.
#[derive(Clone, Debug)]
pub struct Question {
    pub endpoint: EndpointId,
    pub url: String,
    pub credentials: Credentials,
    pub asked_at: DateTime<Utc>,
    /// What a good answer says.
    pub challenge: String,
}

/// The challenge that an endpoint waits for, if it does.
pub async fn question(
    conn: &mut PgConnection,
    keys: &WebhookKeys,
    id: EndpointId,
    now: DateTime<Utc>,
) -> Result<Option<Question>, Failure> {
    let Some(endpoint) = store::endpoint::find_any(conn, id).await? else { return Ok(None) };
    let Some(asked_at) = endpoint.challenged_at else { return Ok(None) };
    if endpoint.state.after(EndpointAction::Verify).is_none() {
        return Ok(None);
    }
    let credentials = endpoint.credentials(now);
    let challenge = keys.challenge(&credentials, asked_at)?;
    Ok(Some(Question { endpoint: id, url: endpoint.url, credentials, asked_at, challenge }))
}

/// Keeps what came of a challenge, unless another was asked for since.
pub async fn answered(
    tx: &mut Tx,
    question: &Question,
    answer: Result<(), String>,
) -> Result<(), Failure> {
    let mut held = store::endpoint::lock_any(tx, &[question.endpoint.0]).await?;
    let Some(endpoint) = held.first_mut() else { return Ok(()) };
    if endpoint.challenged_at != Some(question.asked_at) {
        return Ok(());
    }
    let from = endpoint.state;
    let Some(next) = from.after(EndpointAction::Verify) else { return Ok(()) };
    match answer {
        Ok(()) => {
            endpoint.state = next;
            endpoint.verified_at = Some(tx.now);
            endpoint.challenge_error = None;
            (endpoint.failures, endpoint.failing_since, endpoint.held_until) = (0, None, None);
            save(tx, &Actor::system(), endpoint, ("webhook.endpoint_verified", from)).await
        }
        Err(why) => {
            endpoint.challenge_error = Some(why);
            endpoint.updated_at = tx.now;
            Ok(store::endpoint::update(tx, endpoint).await?)
        }
    }
}
