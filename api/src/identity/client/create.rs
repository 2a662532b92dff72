use actix_web::post;
use shared::identity::{Permission, service::client};

use super::fresh_secret;
use crate::{
    Answer, Caller,
    body::Body,
    identity::view::client::{ClientIn, ClientIssuedOut},
    reply::Reply,
};

/// Create a client
///
/// An administrator lets a machine act for exactly one organisation. Its secret is in this answer and nowhere
/// else; a client with a key of its own has none.
#[utoipa::path(
    operation_id = "createClient",
    tag = "identity",
    request_body(content = ClientIn, example = json!(ClientIn::example())),
    responses((
        status = 201,
        description = "The client and its secret.",
        body = ClientIssuedOut,
        example = json!(ClientIssuedOut::example()),
    )),
)]
#[post("/clients")]
pub(crate) async fn handler(caller: Caller, body: Body<ClientIn>) -> Answer {
    let secret = fresh_secret()?;
    caller
        .act(Permission::ClientCreate, &body, async |tx, actor| {
            let (organisation, input) = body.value.clone().into_input();
            let (client, credential) =
                client::create(tx, actor, organisation, &input, secret).await?;
            let (id, revision) = (client.id, client.revision());
            let out = ClientIssuedOut::new(client, &credential);
            let reply = Reply::created(&out, format!("/v1/clients/{id}"))?;
            Ok(reply.revision(revision).shown_once(ClientIssuedOut::SECRET))
        })
        .await
}
