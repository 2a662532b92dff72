use actix_web::get;
use shared::identity::{ClientId, Permission, service::client};

use crate::{Answer, Caller, body::Path, identity::view::client::ClientOut, reply::Reply};

/// Read a client
///
/// One machine client as it stands now; never its secret.
#[utoipa::path(
    operation_id = "getClient",
    tag = "identity",
    params(("id" = ClientId, Path, description = "The id of the client.")),
    responses((status = 200, description = "The client as it stands now.", body = ClientOut, example = json!(ClientOut::example()))),
)]
#[get("/clients/{id}")]
pub(crate) async fn handler(caller: Caller, id: Path<ClientId>) -> Answer {
    caller
        .look(Permission::ClientRead, async |conn, _| {
            let client = client::get(conn, *id).await?;
            let revision = client.revision();
            Ok(Reply::ok(&ClientOut::from(client))?.revision(revision))
        })
        .await
}
