//! `POST /v1/declarations/{id}/samples/{sample_id}/report`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::DeclarationId,
    identity::Permission,
    inspection::{self, Conformity, LONGEST_TEXT, SampleId},
    kernel::Violations,
};
use utoipa::ToSchema;

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// What the laboratory says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleReportIn {
    /// What it found.
    pub result: Conformity,
    /// Number of the report, and what was measured.
    #[schema(example = "报告 SH14-05123：酒精度合格", min_length = 1, max_length = 500)]
    pub detail: String,
}

/// Report on a sample
///
/// The laboratory has found a sample conforming or not. When it was the last one out, the inspection goes on; a line whose sample failed cannot be judged conforming.
#[utoipa::path(
    operation_id = "reportSample", tag = "inspection",
    params(
        ("id" = DeclarationId, Path, description = "The declaration's id."),
        ("sample_id" = SampleId, Path, description = "The id of the sample."),
    ),
    request_body(content = SampleReportIn, example = json!({
        "result": "CONFORMING", "detail": "报告 SH14-05123：酒精度、二氧化硫合格"
    })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/samples/{sample_id}/report")]
pub async fn handler(
    caller: Caller,
    ids: Path<(DeclarationId, SampleId)>,
    body: Body<SampleReportIn>,
) -> Answer {
    let (id, sample) = *ids;
    let desk = caller.ctx.desk();
    caller
        .act(Permission::InspectionReportSample, &body, async |tx, actor| {
            let mut violations = Violations::default();
            let detail = violations.text("/detail", &body.detail, LONGEST_TEXT);
            let detail = violations.finish(detail)?;
            let result = body.result;
            let done =
                inspection::service::report_sample(tx, actor, id, sample, result, &detail).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::reply(tx, actor, id).await
        })
        .await
}
