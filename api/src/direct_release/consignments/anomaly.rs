//! What the checking office does when the seals do not agree.
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts::direct_release::{self, Stopped},
    direct_release::ConsignmentId,
    identity::Permission,
    nonconformity::{Category, Evidence},
};
use utoipa::ToSchema;

use super::view::{self, ConsignmentOut, reply};
use crate::{
    Answer, Caller,
    body::{Body, NoBody, Path},
    declaration::out::ReasonIn,
};

/// What was seen when the containers were opened.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectGoodsLookedAtIn)]
pub(super) struct LookIn {
    /// The goods are what the form says.
    pub goods_agree: bool,
    /// What was seen; the issuing office is told.
    #[schema(max_length = 1000, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub remark: String,
}

/// Look at the goods of a consignment
///
/// After an anomaly an inspector opens the containers and says whether the goods are what the form says. The issuing
/// office is told.
#[utoipa::path(
    operation_id = "lookAtDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    request_body(content = LookIn, example = json!({ "goods_agree": true, "remark": "箱体完好,货证相符" })),
    responses((status = 200, description = "The consignment, with what was seen.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/look-at-goods")]
pub(super) async fn look(caller: Caller, id: Path<ConsignmentId>, body: Body<LookIn>) -> Answer {
    caller
        .act(Permission::DirectConsignmentLook, &body, async |tx, actor| {
            let seen = (body.goods_agree, body.remark.as_str());
            Ok(reply(direct_release::look_at_goods(tx, actor, *id, seen).await?)?)
        })
        .await
}

/// Resolve an anomaly
///
/// The duty chief lets the lot go on: the goods agree, and the issuing office has corrected its form or explained what
/// was found. Whoever looked at the goods does not decide.
#[utoipa::path(
    operation_id = "resolveDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    responses((status = 200, description = "The consignment, free to leave.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/resolve")]
pub(super) async fn resolve(caller: Caller, id: Path<ConsignmentId>, body: NoBody) -> Answer {
    caller
        .act(Permission::DirectConsignmentResolve, &body, async |tx, actor| {
            Ok(reply(direct_release::resolve(tx, actor, *id).await?)?)
        })
        .await
}

/// Why a lot goes no further.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectStopIn)]
pub(super) struct StopIn {
    /// What does not conform. `SEAL` with goods that do not agree weighs CRITICAL.
    pub category: Category,
    /// The goods line that it is seen on.
    #[schema(minimum = 1, maximum = 999)]
    pub goods_no: i32,
    /// What was found; it stands in the notice.
    #[schema(max_length = 2000, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub finding: String,
    /// Files that show it.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
}

/// Stop a consignment
///
/// An inspector stops the lot and drafts the notice of non-conformity with it (`notice_id`). When a duty chief approves
/// a critical one, facilitations are withheld from the enterprise, and its bureau is asked to suspend it.
#[utoipa::path(
    operation_id = "stopDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    request_body(content = StopIn, example = json!({
        "category": "SEAL", "goods_no": 1, "finding": "封识破损,80箱货物被调换", "evidence": [] })),
    responses((status = 200, description = "The consignment, stopped.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/stop")]
pub(super) async fn stop(caller: Caller, id: Path<ConsignmentId>, body: Body<StopIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DirectConsignmentStop, &body, async |tx, actor| {
            let stopped = Stopped {
                category: body.category,
                goods_no: body.goods_no,
                finding: body.finding.clone(),
                evidence: body.evidence.clone(),
            };
            let (lot, _) = direct_release::stop(tx, &desk.books, actor, *id, stopped).await?;
            Ok(reply(lot)?)
        })
        .await
}

/// Send a consignment back
///
/// The duty chief notes that the goods go back to where they came from. The issuing office is told.
#[utoipa::path(
    operation_id = "returnDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    request_body(content = ReasonIn, example = json!({ "reason": "货物退运" })),
    responses((status = 200, description = "The consignment, going back.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/return")]
pub(super) async fn send_back(
    caller: Caller,
    id: Path<ConsignmentId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::DirectConsignmentReturn, &body, async |tx, actor| {
            let reason = body.checked()?;
            Ok(reply(direct_release::send_back(tx, actor, *id, reason).await?)?)
        })
        .await
}
