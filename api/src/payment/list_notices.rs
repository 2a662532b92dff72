//! `GET /v1/fee-notices`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    declaration::DeclarationId,
    identity::Permission,
    payment::{self, NoticeFilter, NoticeState},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::view::{self, FeeNoticeOut, FeeNoticePage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What a list of notices is narrowed to, and how it is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Those of one declaration.
    #[param(value_type = Option<Uuid>)]
    pub declaration_id: Option<DeclarationId>,
    /// Those of the declaration with that number.
    #[param(max_length = 15, pattern = r"^\d{15}$")]
    pub decl_no: Option<String>,
    /// Those in that state.
    pub state: Option<NoticeState>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// List fee notices
///
/// A declarant sees its own, an office those of the cases declared there, newest first.
#[utoipa::path(
    operation_id = "listFeeNotices", tag = "payment", params(Narrowed),
    responses((status = 200, description = "A page of fee notices.", body = FeeNoticePage,
        example = json!(view::example_page()))),
)]
#[get("/fee-notices")]
pub async fn handler(caller: Caller, params: Params<Narrowed>) -> Answer {
    let Narrowed { declaration_id, decl_no, state, limit, cursor, updated_since } = params.0;
    let filter = NoticeFilter { declaration: declaration_id, decl_no, state };
    caller
        .look(Permission::FeeNoticeRead, async |conn, actor| {
            let page = paging::page(limit, cursor, updated_since);
            let notices = payment::notices(conn, actor, &filter, page).await?;
            Ok(Reply::page(notices.map(FeeNoticeOut::from), |notice| notice.id.0)?)
        })
        .await
}
