use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    post,
    web::Data,
};
use shared::{
    identity::{service::staff, staff::Proof},
    kernel::Actor,
    ledger::Tx,
};

use super::unkept;
use crate::{
    Answer, Context,
    body::Body,
    identity::view::access::{SignInIn, TokenOut},
    limits::Who,
    problem::Problem,
};

/// Sign in
///
/// A person shows login and password and gets a token for half an hour. Ten wrong passwords in a row lock the
/// account until an administrator unlocks it. Who is turned away is not told why.
#[utoipa::path(
    operation_id = "signIn",
    tag = "identity",
    security(()),
    request_body(content = SignInIn, example = json!(SignInIn::example())),
    responses((
        status = 200,
        description = "A token, and for how long it is good.",
        body = TokenOut,
        example = json!(TokenOut::example()),
    )),
)]
#[post("/sign-in")]
pub(crate) async fn handler(
    ctx: Data<Context>,
    request: HttpRequest,
    body: Body<SignInIn>,
) -> Answer {
    let from = Who::at(request.peer_addr().map(|address| address.ip()));
    ctx.passwords.may_try(&body.login, from, ctx.clock.now())?;
    let actor = admit(&ctx, body.value).await?.ok_or_else(turned_away)?;
    let issued = ctx.tokens.issue(&actor, ctx.clock.now())?;
    Ok(unkept(HttpResponse::Ok(), &TokenOut::from(issued)))
}

/// The person behind login and password. Nobody holds a connection while passwords are compared, and a login that
/// nobody has takes the same way as a wrong password.
async fn admit(ctx: &Context, given: SignInIn) -> Result<Option<Actor>, Problem> {
    let mut conn = ctx.pool.acquire().await?;
    let attempt = staff::begin_sign_in(&mut conn, &given.login).await?;
    drop(conn);

    let kept = attempt.as_ref().map(|attempt| attempt.password_hash.clone());
    let proof: Proof = ctx.passwords.compare(given.password, kept).await?;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let actor = match attempt {
        Some(attempt) => staff::conclude_sign_in(&mut tx, &attempt, proof).await?,
        None => None,
    };
    tx.commit().await?;
    Ok(actor)
}

fn turned_away() -> Problem {
    let title = "Login or password is wrong, or the account is locked";
    Problem::new(StatusCode::UNAUTHORIZED, "identity/sign-in-refused", title)
        .header(header::WWW_AUTHENTICATE, "Bearer")
}
