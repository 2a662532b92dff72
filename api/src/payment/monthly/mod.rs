//! Monthly settlement: what is granted to payers, and what they are to pay of a month.
pub mod end;
pub mod get;
pub mod get_statement;
pub mod grant;
pub mod list;
pub mod list_statements;
pub mod pay_statement;
pub mod resume;
pub mod statement_view;
pub mod suspend;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(grant::handler)
        .service(list::handler)
        .service(get::handler)
        .service(suspend::handler)
        .service(resume::handler)
        .service(end::handler)
        .service(list_statements::handler)
        .service(get_statement::handler)
        .service(pay_statement::handler);
}
