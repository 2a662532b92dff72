//! Inspection (施检): the draw, the visit, the result and what follows from it.
pub mod appoint;
pub mod close;
pub mod deselect;
pub mod get;
pub mod order_check;
pub mod order_treatment;
pub mod report_sample;
pub mod rework;
pub mod sample;
pub mod show;
pub mod sign;
pub mod start;
pub mod verify_treatment;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(get::handler)
        .service(order_check::handler)
        .service(deselect::handler)
        .service(appoint::handler)
        .service(start::handler)
        .service(sample::handler)
        .service(report_sample::handler)
        .service(sign::handler)
        .service(order_treatment::handler)
        .service(verify_treatment::handler)
        .service(rework::handler)
        .service(close::handler);
}
