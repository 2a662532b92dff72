//! Tokens, organisations, staff, clients, powers of attorney and eligibility over HTTP.
pub mod access;
pub mod client;
pub mod eligibility;
pub mod organisation;
pub mod passwords;
pub mod power_of_attorney;
pub mod staff;
pub mod token;
pub mod view;

pub use passwords::Passwords;
pub use token::Tokens;
use utoipa_actix_web::service_config::ServiceConfig;

/// What stands under `/v1`.
pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(access::sign_in::handler)
        .service(organisation::create::handler)
        .service(organisation::list::handler)
        .service(organisation::get::handler)
        .service(organisation::disable::handler)
        .service(organisation::enable::handler)
        .service(staff::create::handler)
        .service(staff::list::handler)
        .service(staff::get::handler)
        .service(staff::disable::handler)
        .service(staff::enable::handler)
        .service(staff::unlock::handler)
        .service(staff::reset_password::handler)
        .service(client::create::handler)
        .service(client::list::handler)
        .service(client::get::handler)
        .service(client::rotate::handler)
        .service(client::revoke::handler)
        .service(power_of_attorney::grant::handler)
        .service(power_of_attorney::list::handler)
        .service(power_of_attorney::get::handler)
        .service(power_of_attorney::revoke::handler)
        .service(eligibility::apply::handler)
        .service(eligibility::list::handler)
        .service(eligibility::get::handler)
        .service(eligibility::review::handler)
        .service(eligibility::approve::handler)
        .service(eligibility::suspend::handler)
        .service(eligibility::reinstate::handler)
        .service(eligibility::remove::handler);
}

/// What stands at the root: where the standards look for it.
pub fn doors(cfg: &mut ServiceConfig<'_>) {
    cfg.service(access::token::handler)
        .service(access::jwks::handler)
        .service(access::metadata::handler);
}
