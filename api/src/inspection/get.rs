//! `GET /v1/declarations/{id}/inspection`
use actix_web::get;
use shared::{declaration::DeclarationId, identity::Permission};

use super::{show, view::InspectionOut};
use crate::{Answer, Caller, body::Path};

/// Get an inspection
///
/// How the declaration was drawn and what inspectors found. Offices see rate, inputs and draw; the declarant sees whether the goods are to be inspected, appointments, samples and results. Before acceptance there is nothing to see.
#[utoipa::path(
    operation_id = "getInspection", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    responses((status = 200, description = "The inspection, as far as the caller may see it.",
        body = InspectionOut, example = json!(show::example()))),
)]
#[get("/declarations/{id}/inspection")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>) -> Answer {
    caller
        .look(Permission::InspectionRead, async |conn, actor| show::reply(conn, actor, *id).await)
        .await
}
