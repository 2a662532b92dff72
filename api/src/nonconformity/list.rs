//! `GET /v1/nc-notices`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    nonconformity::{
        NcNoticeStatus,
        service::read::{self, Filter},
    },
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, NcNoticeOut, NcNoticePage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// Which notices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NcNoticeFilter {
    /// Only those that stand there.
    #[param(inline)]
    status: Option<NcNoticeStatus>,
    /// Only those to that bureau.
    #[param(min_length = 6, max_length = 6, pattern = r"^\d{6}$")]
    origin_bureau: Option<String>,
    /// Only those about that enterprise.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    reg_no: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// Only those that changed at or after this moment.
    updated_since: Option<DateTime<Utc>>,
}

/// List notices of non-conformity
///
/// Notices of the caller's office, newest first.
#[utoipa::path(
    operation_id = "listNcNotices", tag = "non-conformity",
    params(NcNoticeFilter),
    responses((status = 200, description = "A page of notices of non-conformity.", body = NcNoticePage,
        example = json!(view::example_page()))),
)]
#[get("/nc-notices")]
pub(super) async fn handler(caller: Caller, params: Params<NcNoticeFilter>) -> Answer {
    caller
        .look(Permission::NcNoticeRead, async |conn, actor| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter = Filter {
                status: params.status,
                origin_bureau: params.origin_bureau.clone(),
                reg_no: params.reg_no.clone(),
            };
            let notices = read::list(conn, actor, &filter, page).await?;
            Ok(Reply::page(notices.map(NcNoticeOut::from), |notice| notice.id.0)?)
        })
        .await
}
