//! Credit classes of enterprises (信用等级).
mod change;
mod change_view;
mod event;
mod event_view;
mod recognition;
mod recognition_view;
mod standing;

use serde::Deserialize;
use shared::kernel::{Failure, Violations};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(event::record)
        .service(event::list)
        .service(event::get)
        .service(event::timeline)
        .service(event::strike)
        .service(change::propose)
        .service(change::list)
        .service(change::get)
        .service(change::timeline)
        .service(change::confirm)
        .service(change::refuse)
        .service(recognition::list)
        .service(recognition::get)
        .service(recognition::timeline)
        .service(recognition::acknowledge)
        .service(recognition::refuse)
        .service(recognition::activate)
        .service(recognition::suspend)
        .service(recognition::resume)
        .service(recognition::revoke)
        .service(recognition::push)
        .service(standing::get)
        .service(standing::evaluations);
}

/// Why, in plain words.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreditReason)]
struct ReasonIn {
    /// It stands in the timeline.
    #[schema(max_length = 500, pattern = r"^[\s\S]*\S[\s\S]*$")]
    reason: String,
}

impl ReasonIn {
    fn parse(&self) -> Result<String, Failure> {
        reason(&self.reason)
    }
}

/// A reason of 1 to 500 characters, trimmed.
fn reason(given: &str) -> Result<String, Failure> {
    let mut wrong = Violations::default();
    let reason = wrong.text("/reason", given, 500);
    Ok(wrong.finish(reason)?)
}
