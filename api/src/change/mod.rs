//! The feed: what happened, in an order that never changes, for those who rather ask than be told.
mod acknowledge;
mod event_types;
mod read;
mod view;
mod waiting;

use utoipa_actix_web::service_config::ServiceConfig;
pub use waiting::Waiting;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(event_types::handler).service(acknowledge::handler).service(read::handler);
}
