//! `GET /v1/ledger`
use actix_web::get;
use shared::{identity::Permission, payment};

use super::ledger_view::{self, LedgerOut};
use crate::{Answer, Caller, reply::Reply};

/// Prove the books
///
/// What all accounts of each kind hold, at one moment; the sum of all entries, which is zero; and every account that
/// does not hold what notices, payments, refunds and the bank's words say.
#[utoipa::path(
    operation_id = "auditLedger", tag = "payment",
    responses((status = 200, description = "The books as they stand now.", body = LedgerOut,
        example = json!(ledger_view::example()))),
)]
#[get("/ledger")]
pub async fn handler(caller: Caller) -> Answer {
    caller
        .look(Permission::LedgerAudit, async |conn, _| {
            Ok(Reply::ok(&LedgerOut::from(payment::audit(conn).await?))?)
        })
        .await
}
