//! `POST /v1/declarations/{id}/appointments`
use actix_web::post;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    declaration::DeclarationId,
    identity::Permission,
    inspection::{self, AppointmentDraft},
};
use utoipa::ToSchema;

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// When and where the goods can be seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentIn {
    /// Yard, warehouse or berth.
    #[schema(example = "洋山三期堆场", min_length = 1, max_length = 100)]
    pub place: String,
    /// From when on.
    pub slot_from: DateTime<Utc>,
    /// Until when; not over yet.
    pub slot_to: DateTime<Utc>,
}

/// Make an appointment
///
/// The declarant, or an inspector once the inspecting office is responsible, says when and where the goods can be seen. A container that comes in is not inspected without. The last appointment made counts.
#[utoipa::path(
    operation_id = "appointInspection", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = AppointmentIn, example = json!({
        "place": "洋山三期堆场", "slot_from": "2014-05-13T01:00:00Z", "slot_to": "2014-05-13T03:00:00Z"
    })),
    responses((status = 201, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/appointments")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<AppointmentIn>) -> Answer {
    caller
        .act(Permission::InspectionAppoint, &body, async |tx, actor| {
            let (from, to) = (body.slot_from, body.slot_to);
            let draft = AppointmentDraft::parse(&body.place, from, to, tx.now)?;
            inspection::service::appoint(tx, actor, *id, draft).await?;
            show::created(tx, actor, *id).await
        })
        .await
}
