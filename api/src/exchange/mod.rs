//! Other bureaus: their doors, and the desk of those who keep partners, keys and memoranda.
//!
//! Partners prove themselves by their signature, not by a token: `docs/exchange-protocol.md`.
pub(crate) mod acknowledge;
mod acquaintances;
mod fetch;
mod keys;
mod memoranda;
mod partner_keys;
mod partners;
mod ping;
pub(crate) mod push;
mod redrive;
mod show;
mod signed;
mod stopped;
pub(crate) mod view;

pub use signed::Bureaus;
use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(keys::handler)
        .service(push::handler)
        .service(fetch::handler)
        .service(show::handler)
        .service(acknowledge::handler)
        .service(stopped::handler)
        .service(redrive::ours)
        .service(redrive::theirs)
        .service(partners::register)
        .service(partners::list)
        .service(partners::get)
        .service(partners::change)
        .service(partners::suspend)
        .service(partners::resume)
        .service(ping::handler)
        .service(partner_keys::add)
        .service(partner_keys::list)
        .service(partner_keys::revoke)
        .service(memoranda::agree)
        .service(memoranda::list)
        .service(memoranda::end);
}
