//! `GET /v1/declarations/{id}/amendments`
use actix_web::get;
use shared::{
    declaration::{DeclarationId, service},
    identity::Permission,
};

use super::view::{self, AmendmentList, AmendmentOut};
use crate::{Answer, Caller, body::Path, reply::Reply, waiting};

/// List a declaration's amendments
///
/// Every wish to change it, from the first to the last, with what was decided.
#[utoipa::path(
    operation_id = "listAmendments", tag = "amendment",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "All amendments of the declaration.", body = AmendmentList,
        example = json!({ "data": [view::example()] }))),
)]
#[get("/declarations/{id}/amendments")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>) -> Answer {
    let ctx = &caller.ctx;
    caller
        .look(Permission::DeclarationRead, async |conn, actor| {
            let head = service::read(conn, actor, *id).await?;
            let found = service::amendments_of(conn, *id).await?;
            let now = ctx.clock.now();
            let (data, soonest) = waiting::each(
                found,
                |one| ctx.waiting.of_amendment(one, &head.decl_org, now),
                |one, expected_at| AmendmentOut { expected_at, ..AmendmentOut::from(one) },
            );
            Ok(Reply::ok(&AmendmentList { data })?.waiting(soonest))
        })
        .await
}
