//! `GET /v1/received-nc-notices`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    nonconformity::{
        ReceivedNoticeStatus,
        service::read::{self, ReceivedFilter},
    },
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, ReceivedNcNoticeOut, ReceivedNcNoticePage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// Which notices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReceivedNcNoticeFilter {
    /// Only those that stand there.
    #[param(inline)]
    status: Option<ReceivedNoticeStatus>,
    /// Only those of that port's bureau.
    #[param(min_length = 6, max_length = 6, pattern = r"^\d{6}$")]
    sender: Option<String>,
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

/// List received notices
///
/// Notices of other ports about goods that this bureau let go, newest first.
#[utoipa::path(
    operation_id = "listReceivedNcNotices", tag = "non-conformity",
    params(ReceivedNcNoticeFilter),
    responses((status = 200, description = "A page of notices of non-conformity.", body = ReceivedNcNoticePage,
        example = json!(view::example_page()))),
)]
#[get("/received-nc-notices")]
pub(super) async fn handler(caller: Caller, params: Params<ReceivedNcNoticeFilter>) -> Answer {
    caller
        .look(Permission::ReceivedNcNoticeRead, async |conn, _| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter = ReceivedFilter {
                status: params.status,
                sender: params.sender.clone(),
                reg_no: params.reg_no.clone(),
            };
            let notices = read::list_received(conn, &filter, page).await?;
            Ok(Reply::page(notices.map(ReceivedNcNoticeOut::from), |notice| notice.id.0)?)
        })
        .await
}
