//! What the office that issued the form does about an anomaly.
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts::direct_release,
    direct_release::{ConsignmentId, consignment::SealedContainer},
    identity::Permission,
};
use utoipa::ToSchema;

use super::view::{self, ConsignmentOut, reply};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::{self, ReasonIn},
};

/// What the new form shall name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectCorrectionIn)]
pub(super) struct CorrectionIn {
    /// All containers of the declaration, with the seals that are on them.
    #[schema(min_items = 1, max_items = 999)]
    pub containers: Vec<SealedContainer>,
    /// Why; it stands on the void form, and the other end is told.
    #[schema(max_length = 1000, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub reason: String,
}

/// Correct a consignment
///
/// A release officer of the issuing office withdraws the clearance form and issues another that names these seals; the
/// other end is told. The new form ends on the day of the old one. Refused when customs has used the form: confirm
/// then.
#[utoipa::path(
    operation_id = "correctDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    request_body(content = CorrectionIn, example = json!({
        "containers": [{ "container_no": "COSU6017779",
            "seals": [{ "seal_no": "SZ0099132", "kind": "MECHANICAL" }] }],
        "reason": "封识号录入有误" })),
    responses((status = 200, description = "The consignment, on another form.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/correct")]
pub(super) async fn correct(
    caller: Caller,
    id: Path<ConsignmentId>,
    body: Body<CorrectionIn>,
) -> Answer {
    caller
        .act(Permission::DirectConsignmentCorrect, &body, async |tx, actor| {
            let reason = out::reason(&body.reason)?;
            let containers = body.containers.clone();
            Ok(reply(direct_release::correct(tx, actor, *id, containers, reason).await?)?)
        })
        .await
}

/// Confirm a consignment
///
/// The issuing office explains what the other end found, where the form cannot be replaced any more: the electronic
/// confirmation on which the other end may let the goods go on.
#[utoipa::path(
    operation_id = "confirmDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    request_body(content = ReasonIn, example = json!({ "reason": "海关查验后重新施封" })),
    responses((status = 200, description = "The consignment, explained.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/confirm")]
pub(super) async fn confirm(
    caller: Caller,
    id: Path<ConsignmentId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::DirectConsignmentConfirm, &body, async |tx, actor| {
            let reason = body.checked()?;
            Ok(reply(direct_release::confirm(tx, actor, *id, reason).await?)?)
        })
        .await
}

/// Recall a consignment
///
/// A release officer of the issuing office takes a lot back that has not arrived: the goods stay, or go another way. Its
/// clearance form is voided, and the other end is told that nothing leaves on it.
#[utoipa::path(
    operation_id = "recallDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    request_body(content = ReasonIn, example = json!({ "reason": "货物未出运" })),
    responses((status = 200, description = "The consignment, taken back.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/recall")]
pub(super) async fn recall(
    caller: Caller,
    id: Path<ConsignmentId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::DirectConsignmentRecall, &body, async |tx, actor| {
            let reason = body.checked()?;
            Ok(reply(direct_release::recall(tx, actor, *id, reason).await?)?)
        })
        .await
}
