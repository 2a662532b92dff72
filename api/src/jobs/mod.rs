//! What is owed, and what was given up: for administrators.
mod get;
mod list;
mod redrive;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list::handler).service(get::handler).service(redrive::handler);
}
