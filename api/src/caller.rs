//! Who is asking, and the frame in which their act happens.
use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, Header as _, HeaderValue},
    web::Data,
};
use shared::{
    identity::Permission,
    kernel::{Actor, Failure},
    ledger::Tx,
    rehearsal::Scenario,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Context,
    body::{Sent, one_error},
    once::Once,
    problem::Problem,
    reply::{Download, Reply},
    turns::Turn,
};

/// What every handler returns.
pub type Answer = Result<HttpResponse, Problem>;

/// A caller who proved who they are.
pub struct Caller {
    pub ctx: Data<Context>,
    pub actor: Arc<Actor>,
    request: HttpRequest,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    /// Whom the gate has recognised.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let recognise = || {
            let ctx =
                request.app_data::<Data<Context>>().cloned().ok_or_else(Problem::unavailable)?;
            let actor = request.extensions().get::<Arc<Actor>>().cloned();
            let actor = actor.ok_or_else(Problem::unauthenticated)?;
            Ok(Self { ctx, actor, request: request.clone() })
        };
        ready(recognise())
    }
}

impl Caller {
    /// Refuses those whose roles do not hold the permission.
    pub fn must_hold(&self, permission: Permission) -> Result<(), Failure> {
        if permission.is_held_by(&self.actor.roles) {
            Ok(())
        } else {
            Err(Failure::Forbidden(permission.name()))
        }
    }

    /// One act: begin, do it once, keep the answer, commit. Anything but `Ok` leaves nothing behind.
    pub async fn act<F>(&self, permission: Permission, sent: &impl Sent, act: F) -> Answer
    where
        F: AsyncFnOnce(&mut Tx, &Actor) -> Result<Reply, Failure>,
    {
        self.must_hold(permission)?;
        let once = self.once(sent.digest())?;
        let expected_revision = self.expected_revision()?;
        let _turn = self.turn().await?;
        let mut tx = Tx::begin(&self.ctx.pool, &self.ctx.clock).await?;
        tx.expected_revision = expected_revision;
        if let Some(once) = &once
            && let Some(first) = once.begin(&mut tx).await?
        {
            tx.roll_back().await?;
            let mut response = first.for_acting();
            let replayed = header::HeaderName::from_static("idempotent-replayed");
            response.headers_mut().insert(replayed, HeaderValue::from_static("true"));
            return Ok(response);
        }
        let reply = match act(&mut tx, &self.actor).await {
            Ok(reply) => reply,
            Err(failure) => {
                // Whoever asks again at once must not find the key still taken.
                let _ = tx.roll_back().await;
                return Err(failure.into());
            }
        };
        if let Some(once) = &once {
            once.keep(&mut tx, &reply).await?;
        }
        tx.commit().await?;
        Ok(reply.for_acting())
    }

    /// The caller's turn at the record that the path names, if it names one.
    async fn turn(&self) -> Result<Option<Turn<'_>>, Problem> {
        let record = self.request.match_info().get("id").and_then(|id| id.parse().ok());
        let Some((caller, record)) = self.actor.id.zip(record) else { return Ok(None) };
        self.ctx.turns.wait(caller, record).await.map(Some)
    }

    /// Looks without touching: no transaction, answered with an `ETag`.
    pub async fn look<F>(&self, permission: Permission, look: F) -> Answer
    where
        F: AsyncFnOnce(&mut PgConnection, &Actor) -> Result<Reply, Failure>,
    {
        self.must_hold(permission)?;
        let mut conn = self.ctx.pool.acquire().await?;
        let reply = look(&mut conn, &self.actor).await?;
        Ok(reply.for_reading(&self.request))
    }

    /// The answer to a look that needed more than one glance, with its `ETag`.
    #[must_use]
    pub fn seen(&self, reply: Reply) -> HttpResponse {
        reply.for_reading(&self.request)
    }

    /// In what forms the caller would have the answer, if it says so in a way that can be read.
    #[must_use]
    pub fn accept(&self) -> Option<header::Accept> {
        self.request.headers().get(header::ACCEPT)?;
        header::Accept::parse(&self.request).ok()
    }

    /// Looks without touching, and takes away what was seen as a file.
    pub async fn download<F>(&self, permission: Permission, look: F) -> Answer
    where
        F: AsyncFnOnce(&mut PgConnection, &Actor) -> Result<Download, Failure>,
    {
        self.must_hold(permission)?;
        let mut conn = self.ctx.pool.acquire().await?;
        let file = look(&mut conn, &self.actor).await?;
        Ok(file.for_reading(&self.request))
    }

    /// What the caller asks to come of this request later, in test mode.
    #[must_use]
    pub fn scenario(&self) -> Option<Scenario> {
        self.request.extensions().get().copied()
    }

    /// Whether the caller asks for the act once, under a key of its own.
    #[must_use]
    pub fn has_idempotency_key(&self) -> bool {
        self.request.headers().contains_key("idempotency-key")
    }

    /// The request under its `Idempotency-Key`, where the caller sent one.
    pub(crate) fn once(&self, digest: [u8; 32]) -> Result<Option<Once>, Problem> {
        let Some(key) = self.request.headers().get("idempotency-key") else { return Ok(None) };
        let key = idempotency_key(key)
            .ok_or_else(|| bad_header("idempotency-key", "1 to 255 visible characters"))?;
        let route = self.request.match_pattern().unwrap_or_default();
        let operation = format!("{} {route}", self.request.method());
        let caller = self.actor.id.unwrap_or(Uuid::nil());
        // The query too: a dry run is another request than the real one.
        let asked = self.request.uri().to_string();
        Ok(Some(Once::new(caller, operation, key.to_owned(), &asked, digest)))
    }

    /// What `If-Match` says. A tag without its quotes is a mistake to be told of, not a record that has changed.
    fn expected_revision(&self) -> Result<Option<i64>, Problem> {
        let Some(given) = self.request.headers().get(header::IF_MATCH) else { return Ok(None) };
        revision_in(given)
            .map_err(|_| bad_header("if-match", "an `ETag` as it was given, in quotes, or *"))
    }
}

/// An `Idempotency-Key` as it may be: 1 to 255 visible characters.
pub(crate) fn idempotency_key(given: &HeaderValue) -> Option<&str> {
    given.to_str().ok().filter(|key| (1..=255).contains(&key.len()))
}

/// What cannot be an entity tag at all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoTag;

/// The revision that an `If-Match` names; `None` for any. A tag we never gave out matches nothing.
pub(crate) fn revision_in(given: &HeaderValue) -> Result<Option<i64>, NoTag> {
    let tag = given.to_str().map_err(|_| NoTag)?.trim();
    if tag == "*" {
        return Ok(None);
    }
    let inner = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(NoTag)?;
    let number = inner.strip_prefix('r').and_then(|digits| digits.parse().ok());
    Ok(Some(number.unwrap_or(-1)))
}

pub(crate) fn bad_header(name: &str, wanted: &str) -> Problem {
    let (pointer, english) = (format!("/headers/{name}"), format!("send {wanted}"));
    one_error(&pointer, "header-malformed", "请求头格式有误", &english)
}
