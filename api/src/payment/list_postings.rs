//! `GET /v1/fee-notices/{id}/postings`
use actix_web::get;
use shared::{
    identity::Permission,
    payment::{self, NoticeId},
};

use super::ledger_view::{self, PostingOut, PostingsOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read what was posted for a fee notice
///
/// The life of its money, in order: each posting debits one account and credits another. Postings are never changed.
#[utoipa::path(
    operation_id = "listPostings", tag = "payment",
    params(("id" = NoticeId, Path, description = "The id of the fee notice.")),
    responses((status = 200, description = "All postings of the notice, oldest first.", body = PostingsOut,
        example = json!({ "data": [ledger_view::example_posting()] }))),
)]
#[get("/fee-notices/{id}/postings")]
pub async fn handler(caller: Caller, id: Path<NoticeId>) -> Answer {
    caller
        .look(Permission::PostingRead, async |conn, actor| {
            let postings = payment::postings_of(conn, actor, *id).await?;
            let data = postings.into_iter().map(PostingOut::from).collect();
            Ok(Reply::ok(&PostingsOut { data })?)
        })
        .await
}
