//! Amendments of accepted declarations (更改).
mod approve;
mod list;
mod refuse;
mod request;
mod view;
mod withdraw;
mod work;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(request::handler)
        .service(list::handler)
        .service(approve::handler)
        .service(refuse::handler)
        .service(withdraw::handler)
        .service(work::handler);
}
