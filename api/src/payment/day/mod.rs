//! The bank's days: statements, differences, closing.
pub mod approve;
pub mod close;
pub mod explain;
pub mod format;
pub mod get;
pub mod list;
pub mod record;
pub mod upload;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list::handler)
        .service(get::handler)
        .service(record::handler)
        .service(upload::handler)
        .service(close::handler)
        .service(explain::handler)
        .service(approve::handler);
}
