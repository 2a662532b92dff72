//! `POST /v1/test/declarations/{id}/bureau-finds`
use actix_web::post;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    acts::{self, Found},
    declaration::DeclarationId,
    identity::Permission,
    kernel::Violations,
    nonconformity::{Category, NcSeverity},
};
use utoipa::ToSchema;

use super::bureau::{House, played};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    exchange::view::MessageOut,
    reply::Reply,
};

/// What a bureau is to find.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BureauFindsIn {
    /// The code of a partner.
    #[schema(example = "330000", min_length = 6, max_length = 6, pattern = r"^\d{6}$")]
    pub bureau: String,
    /// What does not conform.
    pub category: Category,
    /// How much it weighs.
    pub severity: NcSeverity,
    /// What was seen.
    #[schema(example = "唛头与单证不符", min_length = 1, max_length = 2000)]
    pub finding: String,
}

impl BureauFindsIn {
    fn found(&self) -> Result<Found, Violations> {
        let mut wrong = Violations::default();
        let finding = wrong.text("/finding", &self.finding, 2_000);
        let (bureau, category, severity) = (self.bureau.clone(), self.category, self.severity);
        wrong.finish(finding.map(|finding| Found { bureau, category, severity, finding }))
    }
}

/// The notice, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BureauFoundOut {
    /// As it stands in the inbox: `APPLIED`, or `REFUSED` with the reason where the rules forbid it.
    pub message: MessageOut,
}

/// Play a finding of another bureau
///
/// A partner sends a notice of non-conformity (不合格信息通报) about a declaration, as a port does that looked at the goods. It
/// comes in as that bureau's messages do, after the place where their signature is verified, and under the same rules: there
/// has to be a memorandum. There is one notice from each bureau.
#[utoipa::path(
    operation_id = "playFinding", tag = "test",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = BureauFindsIn, example = json!({
        "bureau": "330000", "category": "MARKS", "severity": "MINOR", "finding": "唛头与单证不符" })),
    responses((status = 200, description = "The message.", body = BureauFoundOut, example = json!(example()))),
)]
#[post("/test/declarations/{id}/bureau-finds")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<BureauFindsIn>) -> Answer {
    let house = House::of(&caller)?;
    caller
        .act(Permission::TestPlay, &body, async |tx, actor| {
            let stage = house.stage(actor);
            let message = acts::play_finding(tx, stage, *id, body.found()?).await?.into();
            Ok(Reply::ok(&BureauFoundOut { message })?)
        })
        .await
}

fn example() -> Value {
    json!({ "message": played("notice.sent", &json!({ "notice_no": "NC330000214000007" })) })
}
