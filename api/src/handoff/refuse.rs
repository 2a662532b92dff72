//! `POST /v1/handoffs/{id}/refuse`
use actix_web::post;
use serde::Deserialize;
use shared::{acts, handoff::HandoffId, identity::Permission, kernel::Violations};
use utoipa::ToSchema;

use super::view::{self, HandoffOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Why an office does not take a case (domain R9).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefusalCode {
    WrongOffice,
    NotParticipating,
    Other,
}

impl RefusalCode {
    const fn name(self) -> &'static str {
        match self {
            Self::WrongOffice => "WRONG_OFFICE",
            Self::NotParticipating => "NOT_PARTICIPATING",
            Self::Other => "OTHER",
        }
    }
}

/// A refusal, with its reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseIn {
    /// The reason.
    pub code: RefusalCode,
    /// The same in words; needed with `OTHER`.
    #[schema(max_length = 1000)]
    pub text: Option<String>,
}

impl RefuseIn {
    fn checked(&self) -> Result<(), Violations> {
        let text = self.text.as_deref().unwrap_or_default().trim();
        let mut violations = Violations::default();
        if text.chars().count() > 1000 || (self.code == RefusalCode::Other && text.is_empty()) {
            violations.error(
                "/text",
                "reason-required",
                "请说明理由（1至1000字）",
                "give a reason of 1 to 1000 characters",
            );
        }
        violations.finish(Some(()))
    }
}

/// Refuse a handoff
///
/// The office it was offered to sends it back with a reason. The case stays with the offerer, whose duty chief
/// finds it in the list of handoffs going out.
#[utoipa::path(
    operation_id = "refuseHandoff", tag = "handoff",
    params(("id" = HandoffId, Path, description = "The id of the handoff.")),
    request_body(content = RefuseIn, example = json!({ "code": "WRONG_OFFICE" })),
    responses((status = 200, description = "The handoff, refused.", body = HandoffOut,
        example = json!(view::example()))),
)]
#[post("/handoffs/{id}/refuse")]
pub async fn handler(caller: Caller, id: Path<HandoffId>, body: Body<RefuseIn>) -> Answer {
    caller
        .act(Permission::HandoffRefuse, &body, async |tx, actor| {
            body.checked()?;
            let (code, text) = (body.code.name(), body.text.as_deref());
            let done = acts::refuse_handoff(tx, actor, *id, code, text).await?;
            Ok(Reply::ok(&HandoffOut::from(done))?)
        })
        .await
}
