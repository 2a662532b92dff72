//! Rehearsal (联调): the world played on request, for those who try their system out. Its operations are mounted in
//! test mode only, under `/v1/test`, and are in no published contract. See `docs/sandbox.md`.
pub(crate) mod bank;
pub(crate) mod bureau;
pub(crate) mod bureau_of_case;
pub(crate) mod bureau_of_consignment;
pub(crate) mod clock;
pub(crate) mod document;
pub(crate) mod finding;
pub(crate) mod inspect;
pub(crate) mod officers;
pub(crate) mod play;
pub(crate) mod scenario;

use shared::{
    acts::Receipt,
    kernel::Failure,
    ledger::Tx,
    rehearsal::{self, Scenario},
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Keeps what was asked for beside a filing: with the declaration, and with its notice if it has one already.
pub(crate) async fn keep(tx: &mut Tx, scenario: Scenario, filed: &Receipt) -> Result<(), Failure> {
    rehearsal::service::keep(tx, &filed.id.to_string(), scenario).await?;
    if let Some(notice) = &filed.fee_notice {
        rehearsal::service::keep(tx, &notice.notice_no, scenario).await?;
    }
    Ok(())
}

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(document::handler)
        .service(clock::read)
        .service(clock::advance)
        .service(officers::handler)
        .service(inspect::handler)
        .service(play::handler)
        .service(bank::handler)
        .service(bureau::handler)
        .service(bureau_of_case::handler)
        .service(bureau_of_consignment::handler)
        .service(finding::handler);
}
