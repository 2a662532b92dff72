//! Refunds: proposed, approved by two, paid out by a third.
pub mod approve;
pub mod execute;
pub mod get;
pub mod list;
pub mod propose;
pub mod refuse;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(propose::handler)
        .service(list::handler)
        .service(get::handler)
        .service(approve::handler)
        .service(refuse::handler)
        .service(execute::handler);
}
