//! `GET /v1/declarations/{id}/clearance-forms`
use actix_web::get;
use shared::{
    clearance::service,
    declaration::{self, DeclarationId},
    identity::Permission,
};

use super::view::{self, ClearanceFormList, ClearanceFormOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// List a declaration's clearance forms
///
/// From the first to the last issued, void ones among them.
#[utoipa::path(
    operation_id = "listClearanceForms", tag = "clearance",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "All clearance forms of the declaration.", body = ClearanceFormList,
        example = json!({ "data": [view::example()] }))),
)]
#[get("/declarations/{id}/clearance-forms")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>) -> Answer {
    caller
        .look(Permission::ClearanceFormRead, async |conn, actor| {
            declaration::service::read(conn, actor, *id).await?;
            let forms = service::of_declaration(conn, *id).await?;
            let data = forms.into_iter().map(ClearanceFormOut::from).collect();
            Ok(Reply::ok(&ClearanceFormList { data })?)
        })
        .await
}
