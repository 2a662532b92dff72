//! The catalogue of rules for people; `GET /v1/rules` is the same for programs.
use actix_web::{HttpResponse, get};
use shared::declaration::rules::rules_markdown;

use super::{html, markdown};

#[get("/rules")]
pub(super) async fn page() -> HttpResponse {
    html(markdown::page("Rules of a declaration", &rules_markdown()))
}
