use actix_web::get;
use shared::identity::{
    Permission,
    service::organisation::{self, Filter},
};

use crate::{
    Answer, Caller,
    body::Params,
    identity::view::organisation::{OrganisationFilter, OrganisationOut, OrganisationPage},
    paging,
    reply::Reply,
};

/// List organisations
///
/// Offices, enterprises and agents, newest first, page by page.
#[utoipa::path(
    operation_id = "listOrganisations",
    tag = "identity",
    params(OrganisationFilter),
    responses((status = 200, description = "A page of organisations.", body = OrganisationPage, example = json!(OrganisationPage::example()))),
)]
#[get("/organisations")]
pub(crate) async fn handler(caller: Caller, params: Params<OrganisationFilter>) -> Answer {
    caller
        .look(Permission::OrganisationRead, async |conn, _| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter =
                Filter { kind: params.kind, state: params.state, code: params.code.clone() };
            let listed = organisation::list(conn, &filter, page).await?.map(OrganisationOut::from);
            Ok(Reply::page(listed, |organisation| organisation.id.0)?)
        })
        .await
}
