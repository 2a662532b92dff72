//! The feed: what happened, in an order that never changes, for those who rather ask than be told.
mod acknowledge;
mod event_types;
mod long_poll;
mod read;
mod view;

pub use long_poll::LongPoll;
use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(event_types::handler).service(acknowledge::handler).service(read::handler);
}
