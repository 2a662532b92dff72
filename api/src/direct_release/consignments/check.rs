//! What the office at the other end does with a lot.
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts::direct_release,
    direct_release::{ConsignmentId, consignment::Reading},
    identity::Permission,
};
use utoipa::ToSchema;

use super::view::{self, ConsignmentOut, reply};
use crate::{
    Answer, Caller,
    body::{Body, NoBody, Path},
};

/// Note that a consignment has arrived
///
/// An officer of the exit port sees the lot. Whether its seals are read is drawn in this act, once and for ever: it is
/// `AT_PORT` if drawn, `NOT_CHECKED` if not.
#[utoipa::path(
    operation_id = "arriveDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    responses((status = 200, description = "The consignment, drawn or not.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/arrive")]
pub(super) async fn arrive(caller: Caller, id: Path<ConsignmentId>, body: NoBody) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::DirectConsignmentArrive, &body, async |tx, actor| {
            Ok(reply(direct_release::arrive(tx, &desk, actor, *id).await?)?)
        })
        .await
}

/// What was declared at the destination.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectArrivalIn)]
pub(super) struct ArrivalIn {
    /// The number of the declaration here, which names the declaration of the port.
    #[schema(example = "320500114000077", max_length = 15, pattern = r"^\d{15}$")]
    pub decl_no: String,
}

/// Note that an import has arrived
///
/// An officer of the destination sees the sealed lot, which the enterprise has declared there; that declaration names the
/// one of the port (`correlation_decl_no`). Two inspectors read the seals next.
#[utoipa::path(
    operation_id = "arriveDirectImport", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    request_body(content = ArrivalIn, example = json!({ "decl_no": "320500114000077" })),
    responses((status = 200, description = "The consignment, at its destination.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/arrive-inland")]
pub(super) async fn arrive_inland(
    caller: Caller,
    id: Path<ConsignmentId>,
    body: Body<ArrivalIn>,
) -> Answer {
    caller
        .act(Permission::DirectConsignmentArrive, &body, async |tx, actor| {
            let decl_no = body.decl_no.as_str();
            Ok(reply(direct_release::arrive_inland(tx, actor, *id, decl_no).await?)?)
        })
        .await
}

/// Read the seals of a consignment
///
/// Each of two inspectors says what stands on the seals. When both have read the same it is decided: `CHECK_OK` if all
/// are those of the form and whole, else `CHECK_ANOMALY`, and the issuing office is told at once.
#[utoipa::path(
    operation_id = "checkDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    request_body(content = Reading, example = json!(view::reading_example())),
    responses((status = 200, description = "The consignment: read once, or decided.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/check")]
pub(super) async fn check(caller: Caller, id: Path<ConsignmentId>, body: Body<Reading>) -> Answer {
    caller
        .act(Permission::DirectConsignmentCheck, &body, async |tx, actor| {
            Ok(reply(direct_release::check(tx, actor, *id, body.value.clone()).await?)?)
        })
        .await
}

/// Note that a consignment has left
///
/// The goods are out of the country. Refused while the seals are to be read, while something is not explained, and when
/// the last day of the form is over.
#[utoipa::path(
    operation_id = "exitDirectConsignment", tag = "direct release",
    params(("id" = ConsignmentId, Path, description = "The id of the consignment here.")),
    responses((status = 200, description = "The consignment, gone.", body = ConsignmentOut,
        example = json!(view::example()))),
)]
#[post("/direct-consignments/{id}/exit")]
pub(super) async fn exit(caller: Caller, id: Path<ConsignmentId>, body: NoBody) -> Answer {
    caller
        .act(Permission::DirectConsignmentExit, &body, async |tx, actor| {
            Ok(reply(direct_release::exit(tx, actor, *id).await?)?)
        })
        .await
}
