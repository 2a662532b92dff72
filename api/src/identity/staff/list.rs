use actix_web::get;
use shared::identity::{
    Permission,
    service::staff::{self, Filter},
};

use crate::{
    Answer, Caller,
    body::Params,
    identity::view::staff::{StaffFilter, StaffOut, StaffPage},
    paging,
    reply::Reply,
};

/// List staff
///
/// Persons who sign in, newest first, page by page.
#[utoipa::path(
    operation_id = "listStaff",
    tag = "identity",
    params(StaffFilter),
    responses((status = 200, description = "A page of members of staff.", body = StaffPage, example = json!(StaffPage::example()))),
)]
#[get("/staff")]
pub(crate) async fn handler(caller: Caller, params: Params<StaffFilter>) -> Answer {
    caller
        .look(Permission::StaffRead, async |conn, _| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter = Filter {
                organisation_code: params.organisation_code.clone(),
                login: params.login.clone(),
                state: params.state,
            };
            let listed = staff::list(conn, &filter, page).await?.map(StaffOut::from);
            Ok(Reply::page(listed, |staff| staff.id.0)?)
        })
        .await
}
