use actix_web::get;
use shared::identity::{
    Permission,
    service::attorney::{self, Filter},
};

use crate::{
    Answer, Caller,
    body::Params,
    identity::view::power_of_attorney::{
        PowerOfAttorneyFilter, PowerOfAttorneyOut, PowerOfAttorneyPage,
    },
    paging,
    reply::Reply,
};

/// List powers of attorney
///
/// Enterprises and agents list those they gave or got, administrators all; newest first, page by page.
#[utoipa::path(
    operation_id = "listPowersOfAttorney",
    tag = "identity",
    params(PowerOfAttorneyFilter),
    responses((status = 200, description = "A page of powers of attorney.", body = PowerOfAttorneyPage, example = json!(PowerOfAttorneyPage::example()))),
)]
#[get("/powers-of-attorney")]
pub(crate) async fn handler(caller: Caller, params: Params<PowerOfAttorneyFilter>) -> Answer {
    caller
        .look(Permission::PowerOfAttorneyRead, async |conn, actor| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter = Filter {
                agent_code: params.agent_code.clone(),
                enterprise_code: params.enterprise_code.clone(),
                in_force_on: params.in_force_on,
            };
            let listed =
                attorney::list(conn, actor, &filter, page).await?.map(PowerOfAttorneyOut::from);
            Ok(Reply::page(listed, |power_of_attorney| power_of_attorney.id.0)?)
        })
        .await
}
