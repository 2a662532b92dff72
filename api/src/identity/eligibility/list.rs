use actix_web::get;
use shared::identity::{
    Permission,
    service::eligibility::{self, Filter},
};

use crate::{
    Answer, Caller,
    body::Params,
    identity::view::eligibility::{EligibilityFilter, EligibilityOut, EligibilityPage},
    paging,
    reply::Reply,
};

/// List eligibilities
///
/// Who applied, who is eligible, who is suspended: the bureau lists all, an enterprise its own.
#[utoipa::path(
    operation_id = "listEligibilities",
    tag = "identity",
    params(EligibilityFilter),
    responses((status = 200, description = "A page of eligibilities.", body = EligibilityPage, example = json!(EligibilityPage::example()))),
)]
#[get("/eligibilities")]
pub(crate) async fn handler(caller: Caller, params: Params<EligibilityFilter>) -> Answer {
    caller
        .look(Permission::EligibilityRead, async |conn, actor| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter =
                Filter { enterprise_code: params.enterprise_code.clone(), status: params.status };
            let listed =
                eligibility::list(conn, actor, filter, page).await?.map(EligibilityOut::from);
            Ok(Reply::page(listed, |eligibility| eligibility.id.0)?)
        })
        .await
}
