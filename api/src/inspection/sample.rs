//! `POST /v1/declarations/{id}/samples`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::DeclarationId,
    identity::Permission,
    inspection::{self, SampleInput},
};
use utoipa::ToSchema;

use super::{show, view::InspectionOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// One sample that is taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SampleIn {
    /// The goods line it is taken from.
    #[schema(example = 1, minimum = 1, maximum = 999)]
    pub goods_no: i32,
    /// How much is taken, with its unit.
    #[schema(example = "6 bottles", min_length = 1, max_length = 50)]
    pub quantity: String,
    /// Where it is sent.
    #[schema(example = "食品实验室", min_length = 1, max_length = 100)]
    pub laboratory: String,
}

/// What is taken at one visit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SamplesIn {
    /// The samples.
    #[schema(min_items = 1, max_items = 50)]
    pub samples: Vec<SampleIn>,
}

impl SamplesIn {
    fn inputs(&self) -> Vec<SampleInput> {
        let input = |sample: &SampleIn| SampleInput {
            goods_no: sample.goods_no,
            quantity: sample.quantity.clone(),
            laboratory: sample.laboratory.clone(),
        };
        self.samples.iter().map(input).collect()
    }
}

/// Take samples
///
/// An inspector of the round takes samples (采样); each gets a sampling receipt. The declaration waits until the laboratory has reported on every one of them.
#[utoipa::path(
    operation_id = "takeSamples", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = SamplesIn, example = json!({
        "samples": [{ "goods_no": 1, "quantity": "6 bottles", "laboratory": "食品实验室" }]
    })),
    responses((status = 201, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/samples")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<SamplesIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::InspectionSample, &body, async |tx, actor| {
            let done = inspection::service::sample(tx, actor, *id, body.inputs()).await?;
            acts::advance(tx, &desk.books, actor, &done).await?;
            show::created(tx, actor, *id).await
        })
        .await
}
