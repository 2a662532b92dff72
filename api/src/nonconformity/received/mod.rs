//! What other ports tell us: the origin bureau's desk.
mod acknowledge;
mod decide_suspension;
mod digests;
mod get;
mod list;
mod reply;
mod timeline;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(digests::handler)
        .service(list::handler)
        .service(get::handler)
        .service(timeline::handler)
        .service(acknowledge::handler)
        .service(reply::handler)
        .service(decide_suspension::handler);
}
