//! Direct release (直通放行).
pub(crate) mod consignments;
mod enterprise_view;
mod enterprises;
mod grants;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(enterprises::apply)
        .service(enterprises::list)
        .service(enterprises::get)
        .service(enterprises::timeline)
        .service(enterprises::reapply)
        .service(grants::approve)
        .service(grants::refuse)
        .service(grants::suspend)
        .service(grants::push)
        .configure(consignments::routes);
}
