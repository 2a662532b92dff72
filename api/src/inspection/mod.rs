//! Inspection (施检): the draw, the visit, the result and what follows from it.
mod appoint;
mod close;
mod deselect;
mod get;
mod order_check;
mod order_treatment;
mod report_sample;
mod rework;
mod sample;
mod show;
mod sign;
mod start;
mod verify_treatment;
mod view;

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
