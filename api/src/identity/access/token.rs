use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    post,
    web::{Data, Query},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use shared::{
    identity::{ClientId, client::Applicant, service::client},
    kernel::Failure,
};

use super::{assertion, unkept};
use crate::{
    Answer, Context,
    body::{Raw, must_be_of_type},
    identity::{
        token::Issued,
        view::access::{OAuthErrorOut, TokenIn, TokenOut},
    },
    problem::Problem,
};

/// Plenty for a form with an assertion in it.
const LIMIT: usize = 16 * 1024;

/// Get a token
///
/// Client credentials of `OAuth2` (RFC 6749 section 4.4): the client proves itself with its secret in the Basic scheme
/// (`client_secret_basic`) or with an assertion signed with its own key (`private_key_jwt`, RFC 7523). The token
/// is good for ten minutes.
#[utoipa::path(
    operation_id = "getToken",
    tag = "identity",
    security(()),
    request_body(
        content = TokenIn,
        content_type = "application/x-www-form-urlencoded",
        example = json!(TokenIn::example()),
    ),
    responses(
        (
            status = 200,
            description = "A token, and for how long it is good.",
            body = TokenOut,
            example = json!(TokenOut::example()),
        ),
        (
            status = 400,
            description = "The request is not one for a token (RFC 6749 section 5.2).",
            body = OAuthErrorOut,
            example = json!(OAuthErrorOut::example()),
        ),
        (
            status = 401,
            description = "The client did not prove itself (RFC 6749 section 5.2).",
            body = OAuthErrorOut,
            example = json!(OAuthErrorOut::example()),
        ),
    ),
)]
#[post("/oauth2/token")]
pub(crate) async fn handler(ctx: Data<Context>, request: HttpRequest, body: Raw<LIMIT>) -> Answer {
    match grant(&ctx, &request, &body.bytes).await {
        Ok(issued) => Ok(unkept(HttpResponse::Ok(), &TokenOut::from(issued))),
        Err(Stop::Said(error)) if error.error == INVALID_CLIENT => {
            let mut answer = HttpResponse::Unauthorized();
            answer.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"anyport\""));
            Ok(unkept(answer, &error))
        }
        Err(Stop::Said(error)) => Ok(unkept(HttpResponse::BadRequest(), &error)),
        Err(Stop::Broke(problem)) => Err(*problem),
    }
}

const INVALID_CLIENT: &str = "invalid_client";

/// Why there is no token.
pub(super) enum Stop {
    /// The client is at fault, in the words of RFC 6749.
    Said(OAuthErrorOut),
    /// We are.
    Broke(Box<Problem>),
}

impl Stop {
    const fn said(error: &'static str, error_description: &'static str) -> Self {
        Self::Said(OAuthErrorOut { error, error_description })
    }

    /// One answer for all who cannot prove themselves: what exactly was wrong helps only those who guess.
    pub(super) const fn unproven() -> Self {
        Self::said(INVALID_CLIENT, "client authentication failed")
    }
}

impl<T: Into<Failure>> From<T> for Stop {
    fn from(failure: T) -> Self {
        Self::Broke(Box::new(failure.into().into()))
    }
}

async fn grant(ctx: &Context, request: &HttpRequest, form: &[u8]) -> Result<Issued, Stop> {
    let form = read_form(request, form)?;
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(Stop::said("unsupported_grant_type", "use client_credentials")),
        None => return Err(Stop::said("invalid_request", "grant_type is missing")),
    }
    if form.scope.as_deref().is_some_and(|scope| !scope.trim().is_empty()) {
        return Err(Stop::said("invalid_scope", "no scopes here: roles say what a client may do"));
    }
    let applicant = prove(ctx, request, &form).await?;
    Ok(ctx.tokens.issue(&applicant.actor(), ctx.clock.now())?)
}

fn read_form(request: &HttpRequest, form: &[u8]) -> Result<TokenIn, Stop> {
    const TYPE: &str = "application/x-www-form-urlencoded";
    if must_be_of_type(request, TYPE).is_err() {
        return Err(Stop::said("invalid_request", "send application/x-www-form-urlencoded"));
    }
    parse_form(form).ok_or(Stop::said("invalid_request", "the form cannot be read"))
}

/// A form for a token, whatever it says.
pub(crate) fn parse_form(form: &[u8]) -> Option<TokenIn> {
    let form = std::str::from_utf8(form).ok()?;
    Some(Query::<TokenIn>::from_query(form).ok()?.into_inner())
}

/// The client, if it proves itself in exactly one of the two ways.
async fn prove(ctx: &Context, request: &HttpRequest, form: &TokenIn) -> Result<Applicant, Stop> {
    let basic = request.headers().get(header::AUTHORIZATION);
    let assertion = form.client_assertion.as_deref();
    match (basic, assertion) {
        (Some(_), Some(_)) => {
            Err(Stop::said("invalid_request", "prove yourself in one way, not in two"))
        }
        (Some(basic), None) => {
            let (id, secret) = basic.to_str().ok().and_then(read_basic).ok_or(Stop::unproven())?;
            let mut conn = ctx.pool.acquire().await?;
            let applicant = client::applicant(&mut conn, id).await?;
            applicant.filter(|applicant| applicant.has_secret(&secret)).ok_or(Stop::unproven())
        }
        (None, Some(assertion)) => assertion::prove(ctx, form, assertion).await,
        (None, None) => Err(Stop::said(
            INVALID_CLIENT,
            "use client_secret_basic or private_key_jwt to prove who you are",
        )),
    }
}

/// Id and secret out of the Basic scheme, each form-encoded before (RFC 6749 section 2.3.1).
pub(crate) fn read_basic(value: &str) -> Option<(ClientId, String)> {
    #[derive(Deserialize)]
    struct Pair {
        id: ClientId,
        secret: String,
    }

    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let pair = Query::<Pair>::from_query(&format!("id={id}&secret={secret}")).ok()?.into_inner();
    Some((pair.id, pair.secret))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn basic(pair: &str) -> Option<(ClientId, String)> {
        read_basic(&format!("Basic {}", STANDARD.encode(pair)))
    }

    #[test]
    fn id_and_secret_are_read_from_the_basic_scheme_alone() {
        let id = Uuid::from_u128(7);

        let read = basic(&format!("{id}:s%2Be_cret-")).unwrap();

        assert_eq!(read, (ClientId(id), "s+e_cret-".to_owned()));
        assert!(basic(&id.to_string()).is_none());
        assert!(basic("somebody:secret").is_none());
        assert!(basic(&format!("{id}:a&secret=b")).is_none());
        assert!(read_basic("Bearer abc").is_none());
        assert!(read_basic("Basic ?").is_none());
    }
}
