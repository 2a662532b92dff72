//! `GET /v1/received-nc-digests`
use actix_web::get;
use serde::Deserialize;
use shared::{identity::Permission, nonconformity::service::read};
use utoipa::IntoParams;

use super::view::{self, NcDigestOut, NcDigestsOut};
use crate::{Answer, Caller, body::Params, reply::Reply};

/// Whose digests to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DigestFilter {
    /// Only those of that port's bureau.
    #[param(min_length = 6, max_length = 6, pattern = r"^\d{6}$")]
    sender: Option<String>,
}

/// List received digests
///
/// What other ports found, month by month, about goods that this bureau let go: the last 360 digests, the newest month
/// first.
#[utoipa::path(
    operation_id = "listReceivedNcDigests", tag = "non-conformity",
    params(DigestFilter),
    responses((status = 200, description = "The digests that ports have sent.", body = NcDigestsOut,
        example = json!(view::example_digests()))),
)]
#[get("/received-nc-digests")]
pub(super) async fn handler(caller: Caller, params: Params<DigestFilter>) -> Answer {
    caller
        .look(Permission::ReceivedNcNoticeRead, async |conn, _| {
            let digests = read::digests(conn, params.sender.as_deref()).await?;
            let data = digests.into_iter().map(NcDigestOut::from).collect();
            Ok(Reply::ok(&NcDigestsOut { data })?)
        })
        .await
}
