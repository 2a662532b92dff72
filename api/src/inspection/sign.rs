//! `POST /v1/declarations/{id}/sign-result`
use actix_web::post;
use serde::Deserialize;
use shared::{
    acts,
    declaration::DeclarationId,
    identity::Permission,
    inspection::{Fault, Finding, Judgement, Verdict},
};
use utoipa::ToSchema;

use super::{
    show,
    view::{Evidence, InspectionOut},
};
use crate::{
    Answer, Caller,
    body::{Body, Path},
};

/// What an inspector says about the goods.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultIn {
    /// On the whole consignment; it passes only if every line does.
    pub verdict: Verdict,
    /// On each declared goods line, once.
    #[schema(min_items = 1, max_items = 999)]
    pub findings: Vec<Finding>,
    /// What is wrong; needed when the goods fail, and only then.
    #[serde(default)]
    pub code: Option<Fault>,
    /// Documents and photographs that show it; needed when the goods fail.
    #[serde(default)]
    #[schema(value_type = Vec<Evidence>, max_items = 50)]
    pub evidence: Vec<String>,
}

impl ResultIn {
    fn judgement(&self) -> Judgement {
        Judgement {
            verdict: self.verdict,
            findings: self.findings.clone(),
            code: self.code,
            evidence: self.evidence.clone(),
        }
    }
}

/// Sign the result
///
/// An inspector of the round judges every goods line and the whole. The first signature waits; the second, of another inspector, decides if it says the same. Verdicts that differ decide nothing until one of the two signs anew.
#[utoipa::path(
    operation_id = "signResult", tag = "inspection",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = ResultIn, example = json!({
        "verdict": "FAIL", "code": "PEST", "evidence": ["照片 20140513-07"],
        "findings": [{ "goods_no": 1, "verdict": "FAIL", "remark": "木托盘内发现活虫" }]
    })),
    responses((status = 200, description = "The inspection after the act.", body = InspectionOut,
        example = json!(show::example()))),
)]
#[post("/declarations/{id}/sign-result")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<ResultIn>) -> Answer {
    let desk = caller.ctx.desk();
    caller
        .act(Permission::InspectionSign, &body, async |tx, actor| {
            acts::sign_result(tx, &desk.books, actor, *id, body.judgement()).await?;
            show::reply(tx, actor, *id).await
        })
        .await
}
