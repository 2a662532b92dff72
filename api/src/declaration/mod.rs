//! Declarations (报检) over HTTP: one file for each operation.
mod accept;
mod approve_withdrawal;
mod batch;
mod cancel;
mod change_release_office;
pub mod file;
mod file_message;
mod filer;
mod get;
mod get_by_reference;
pub(crate) mod list;
mod original;
pub mod out;
mod refuse_withdrawal;
mod reject;
mod release;
mod release_many;
mod resubmit;
mod return_;
mod rules;
pub(crate) mod several;
pub mod timeline;
mod validate;
mod withdraw;
mod work;

pub use filer::Filer;
use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(rules::handler)
        .service(work::manual_reviews)
        .service(work::checks)
        .service(work::releases)
        .service(work::withdrawals)
        .service(file::handler)
        .service(validate::handler)
        .service(file_message::handler)
        .service(original::handler)
        .service(batch::handler)
        .service(release_many::handler)
        .service(list::handler)
        .service(get_by_reference::handler)
        .service(get::handler)
        .service(timeline::handler)
        .service(resubmit::handler)
        .service(accept::handler)
        .service(return_::handler)
        .service(reject::handler)
        .service(withdraw::handler)
        .service(approve_withdrawal::handler)
        .service(refuse_withdrawal::handler)
        .service(change_release_office::handler)
        .service(cancel::handler)
        .service(release::handler);
}
