//! Reference tables over HTTP: which there are, what they hold, and loading them.
pub mod books;
pub mod import;
pub mod list;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(books::handler).service(list::handler).service(import::handler);
}
