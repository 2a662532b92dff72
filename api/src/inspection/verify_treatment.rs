//! `POST /v1/declarations/{id}/verify-treatment`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::DeclarationId,
    identity::Permission,
    inspection::{self, Effect},
    kernel::Violations,
};
use utoipa::ToSchema;

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// What came of the treatment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationIn {
    /// Whether it did what it should.
    pub effect: Effect,
    /// Number of the certificate of treatment (检疫处理证书).
    #[schema(example = "XZ14-0513-02", min_length = 1, max_length = 40)]
    pub certificate_no: String,
}

/// Verify a treatment
///
/// Another inspector than the one who ordered it says whether a treatment did what it should. The goods then conform, or fail once more.
#[utoipa::path(
    operation_id = "verifyTreatment", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = VerificationIn, example = json!({ "effect": "EFFECTIVE", "certificate_no": "XZ14-0513-02" })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/verify-treatment")]
pub async fn handler(
    caller: Caller,
    id: Path<DeclarationId>,
    body: Body<VerificationIn>,
) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::TreatmentVerify, &body, async |tx, actor| {
            let mut violations = Violations::default();
            let number = violations.text("/certificate_no", &body.certificate_no, 40);
            let number = violations.finish(number)?;
            let effect = body.effect;
            let done =
                inspection::service::verify_treatment(tx, actor, *id, effect, &number).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
