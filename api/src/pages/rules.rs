//! The catalogue of rules for people; `GET /v1/rules` is the same for programs.
use actix_web::{HttpResponse, get};
use shared::catalogue;

use super::{html, markdown};

#[get("/rules")]
pub(super) async fn page() -> HttpResponse {
    html(markdown::page("Rules", &catalogue::markdown().replace("](problems.md)", "](/problems)")))
}
