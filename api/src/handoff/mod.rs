//! Handoffs between offices (交接).
mod accept;
mod get;
mod list;
mod offer;
mod recall;
mod refuse;
mod view;
mod work;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(work::coming_in)
        .service(work::going_out)
        .service(list::handler)
        .service(offer::handler)
        .service(get::handler)
        .service(accept::handler)
        .service(refuse::handler)
        .service(recall::handler);
}
