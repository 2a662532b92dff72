use actix_web::post;
use shared::identity::{ClientId, Permission, service::client};

use super::fresh_secret;
use crate::{
    Answer, Caller,
    body::{Body, Path},
    identity::view::client::{ClientIssuedOut, RotateIn},
    reply::Reply,
};

/// Rotate the credential of a client
///
/// The old secret or key is void at once, and tokens got with it are refused within half a minute. Send `{}` for
/// a new secret, the new public key for a client that signs assertions.
#[utoipa::path(
    operation_id = "rotateClient",
    tag = "identity",
    params(("id" = ClientId, Path, description = "The id of the client.")),
    request_body(content = RotateIn, example = json!(RotateIn::default())),
    responses((
        status = 200,
        description = "The client and its new secret.",
        body = ClientIssuedOut,
        example = json!(ClientIssuedOut::example()),
    )),
)]
#[post("/clients/{id}/rotate")]
pub(crate) async fn handler(caller: Caller, id: Path<ClientId>, body: Body<RotateIn>) -> Answer {
    let secret = fresh_secret()?;
    caller
        .act(Permission::ClientRotate, &body, async |tx, actor| {
            let key = body.public_key.as_deref();
            let (client, credential) = client::rotate(tx, actor, *id, key, secret).await?;
            let revision = client.revision();
            let reply = Reply::ok(&ClientIssuedOut::new(client, &credential))?;
            Ok(reply.revision(revision).shown_once(ClientIssuedOut::SECRET))
        })
        .await
}
