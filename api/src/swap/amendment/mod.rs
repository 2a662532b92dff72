//! What ports ask of this bureau about goods that it inspected: read, agreed to, refused.
mod agree;
mod list;
mod refuse;
mod view;
mod work;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list::handler)
        .service(work::handler)
        .service(agree::handler)
        .service(refuse::handler);
}
