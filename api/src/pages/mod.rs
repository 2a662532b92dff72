//! What is read with a browser and without a token: the reference, problems, rules and changes.
//!
//! All of it stands in this program, made from the documents of the repository and the contract itself; nothing is
//! fetched from another host.
mod changelog;
mod contract;
mod markdown;
mod problems;
mod reference;
mod rules;

use actix_web::{HttpResponse, http::header, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// The operations among them; they are in the contract.
pub(crate) fn doors(cfg: &mut ServiceConfig<'_>) {
    cfg.service(contract::handler).service(changelog::handler);
}

/// The pages alone; people read them, programs have no use for them.
pub(crate) fn pages(cfg: &mut web::ServiceConfig) {
    cfg.service(changelog::page)
        .service(problems::all)
        .service(problems::one)
        .service(rules::page)
        .configure(reference::routes);
}

/// No script and nothing from elsewhere: these pages are prose.
const PROSE_ONLY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// A page of HTML that may be kept for an hour.
fn html(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((header::CONTENT_SECURITY_POLICY, PROSE_ONLY))
        .body(body)
}
