//! Before any handler: who is asking, and may they ask yet again?
use std::sync::Arc;

use actix_web::{
    HttpMessage as _, HttpRequest,
    dev::ServiceRequest,
    http::header::{self, HeaderValue},
    web::Data,
};
use chrono::{DateTime, Utc};
use shared::kernel::Actor;

use crate::{
    Context,
    contract::Contract,
    identity::token::Denied,
    limits::{Allowance, Who},
    origins,
    problem::Problem,
};

/// What the gate found out about a request.
pub(crate) struct Entry {
    allowance: Allowance,
    /// The asking page's origin, if it is let in.
    origin: Option<HeaderValue>,
}

/// Why no handler is asked.
pub(crate) enum Stop {
    Refused(Problem),
    /// Not refused: the gate itself has the answer.
    Answered(actix_web::HttpResponse),
}

impl Entry {
    /// Adds what the caller is to know to any answer.
    pub(crate) fn tell(self, ctx: &Context, headers: &mut header::HeaderMap) {
        self.allowance.tell(headers);
        ctx.origins.tell(self.origin, headers);
    }
}

/// Lets a request in, or says why not. A token that is shown is checked, also where none is needed; who it proves
/// waits in the request for [`crate::Caller`].
pub(crate) async fn enter(
    request: &ServiceRequest,
    ctx: &Context,
    now: DateTime<Utc>,
) -> (Entry, Result<(), Stop>) {
    let stranger = Who::at(request.peer_addr().map(|address| address.ip()));
    let proven = prove(request.request(), ctx, stranger, now).await;
    let is_spent = proven.is_none();
    let proven = proven.unwrap_or(Ok(None));
    let known = proven.as_ref().ok().and_then(Option::as_ref).and_then(|actor| actor.id);
    let unknown = || ctx.bureaus.counted_as(request.request(), stranger, now);
    let allowance = ctx.limits.take(known.map_or_else(unknown, Who::Known), now);
    let entry = Entry { allowance, origin: ctx.origins.admit(request) };
    if is_spent || !allowance.is_granted {
        return (entry, Err(Stop::Refused(allowance.refusal())));
    }
    if let Some(answer) = entry.origin.is_some().then(|| preflight(request)).flatten() {
        return (entry, Err(Stop::Answered(answer)));
    }
    let admitted = match proven {
        Ok(Some(actor)) => {
            request.extensions_mut().insert(actor);
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(problem) => Err(Stop::Refused(problem)),
    };
    (entry, admitted)
}

fn preflight(request: &ServiceRequest) -> Option<actix_web::HttpResponse> {
    origins::preflight(request, request.app_data::<Data<Contract>>()?)
}

/// The caller behind the bearer token, where there is one. A token that is believed already costs a hash; another
/// one a signature, so it is looked at only while its address may still ask: `None` where it may not.
async fn prove(
    request: &HttpRequest,
    ctx: &Context,
    stranger: Who,
    now: DateTime<Utc>,
) -> Option<Result<Option<Arc<Actor>>, Problem>> {
    let Some(token) = bearer(request) else { return Some(Ok(None)) };
    if let Some(actor) = ctx.tokens.believed(token, now) {
        return Some(Ok(Some(actor)));
    }
    if ctx.limits.is_spent(stranger, now) {
        return None;
    }
    Some(match ctx.tokens.verify(&ctx.pool, token, now).await {
        Ok(actor) => Ok(Some(actor)),
        Err(Denied::Token(reason)) => {
            tracing::debug!(reason, "bearer turned away");
            Err(Problem::unauthenticated())
        }
        Err(Denied::Database(error)) => Err(error.into()),
    })
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    token_in(request.headers().get(header::AUTHORIZATION)?)
}

/// The token in an `Authorization` header of the Bearer scheme.
pub(crate) fn token_in(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
