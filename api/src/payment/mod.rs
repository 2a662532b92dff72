//! Fees, their payment, and the bank's callback.
pub mod agreement_view;
pub mod audit;
mod bank;
pub mod callback;
pub mod day;
pub mod end_agreement;
pub mod get_agreement;
pub mod get_notice;
pub mod get_payment;
pub mod ledger_view;
pub mod list_agreements;
pub mod list_notices;
pub mod list_postings;
mod listener;
pub mod monthly;
pub mod pay;
pub mod refund;
pub mod report;
pub mod resume_agreement;
pub mod sign_agreement;
pub mod suspend_agreement;
pub mod suspense;
pub mod view;
pub mod void;
pub mod window;

pub use bank::Bank;
pub use listener::Listener;
pub use report::Workbook;
use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(audit::handler)
        .service(list_postings::handler)
        .service(suspense::handler)
        .configure(day::routes)
        .configure(monthly::routes)
        .configure(refund::routes)
        .configure(report::routes)
        .configure(window::routes)
        .service(list_notices::handler)
        .service(get_notice::handler)
        .service(pay::handler)
        .service(void::handler)
        .service(get_payment::handler)
        .service(sign_agreement::handler)
        .service(list_agreements::handler)
        .service(get_agreement::handler)
        .service(suspend_agreement::handler)
        .service(resume_agreement::handler)
        .service(end_agreement::handler)
        .service(callback::handler);
}
