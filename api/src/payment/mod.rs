//! Fees, their payment, and the bank's callback.
mod agreement_view;
mod bank;
mod callback;
mod end_agreement;
mod get_agreement;
mod get_notice;
mod get_payment;
mod list_agreements;
mod list_notices;
mod pay;
mod resume_agreement;
mod sign_agreement;
mod suspend_agreement;
mod view;
mod void;

pub use bank::Bank;
use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(list_notices::handler)
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
