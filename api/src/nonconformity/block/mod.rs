//! What is withheld from enterprises.
mod lift;
mod list;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list::handler).service(lift::handler);
}
