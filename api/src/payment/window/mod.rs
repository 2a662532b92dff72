//! The cashier's window: shifts, money taken by hand, receipts.
pub mod close;
pub mod collect;
pub mod get_receipt;
pub mod get_shift;
pub mod list_shifts;
pub mod open;
pub mod print;
pub mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(collect::handler)
        .service(open::handler)
        .service(list_shifts::handler)
        .service(get_shift::handler)
        .service(close::handler)
        .service(print::handler)
        .service(get_receipt::handler);
}
