use actix_web::get;
use shared::identity::{
    Permission,
    service::client::{self, Filter},
};

use crate::{
    Answer, Caller,
    body::Params,
    identity::view::client::{ClientFilter, ClientOut, ClientPage},
    paging,
    reply::Reply,
};

/// List clients
///
/// Machine clients, newest first, page by page; never their secrets.
#[utoipa::path(
    operation_id = "listClients",
    tag = "identity",
    params(ClientFilter),
    responses((status = 200, description = "A page of machine clients.", body = ClientPage, example = json!(ClientPage::example()))),
)]
#[get("/clients")]
pub(crate) async fn handler(caller: Caller, params: Params<ClientFilter>) -> Answer {
    caller
        .look(Permission::ClientRead, async |conn, _| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter =
                Filter { organisation_code: params.organisation_code.clone(), state: params.state };
            let listed = client::list(conn, &filter, page).await?.map(ClientOut::from);
            Ok(Reply::page(listed, |client| client.id.0)?)
        })
        .await
}
