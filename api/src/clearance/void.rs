//! `POST /v1/declarations/{id}/clearance-forms/{clearance_no}/void`
use actix_web::post;
use shared::{acts, declaration::DeclarationId, identity::Permission};

use super::view::{self, ClearanceFormOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Void a clearance form
///
/// A release officer of the release office voids a form that customs has not annotated yet; another may be
/// issued then. Its number is never used again.
#[utoipa::path(
    operation_id = "voidClearanceForm", tag = "clearance",
    params(
        ("id" = DeclarationId, Path, description = "The declaration's id."),
        ("clearance_no" = String, Path, description = "The number of the clearance form.", max_length = 18,
            pattern = r"^\d{18}$"),
    ),
    request_body(content = ReasonIn, example = json!({ "reason": "货物数量更正" })),
    responses((status = 200, description = "The clearance form, void.", body = ClearanceFormOut,
        example = json!(view::example()))),
)]
#[post("/declarations/{id}/clearance-forms/{clearance_no}/void")]
pub async fn handler(
    caller: Caller,
    path: Path<(DeclarationId, String)>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::ClearanceFormVoid, &body, async |tx, actor| {
            let (id, number) = &*path;
            let reason = body.checked()?;
            let form = acts::void_clearance_form(tx, actor, *id, number, reason).await?;
            Ok(Reply::ok(&ClearanceFormOut::from(form))?)
        })
        .await
}
