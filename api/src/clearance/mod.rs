//! Clearance forms (通关单).
mod issue;
mod issue_many;
mod list;
mod view;
mod void;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(issue::handler)
        .service(issue_many::handler)
        .service(list::handler)
        .service(void::handler);
}
