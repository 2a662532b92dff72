//! Who has credit, and who has it again.
use std::collections::HashMap;

use sqlx::PgConnection;

use crate::{
    declaration::DeclarationId,
    kernel::Failure,
    ledger::Tx,
    payment::{
        job,
        monthly::{MonthlySettlementId, line::CreditLine},
        service::pay::Purse,
        store,
    },
};

/// The credit of those whose agreements, held as purses, allow monthly settlement, by `reg_no`. The others cost no query.
pub(in crate::payment::service) async fn lines_of(
    tx: &mut Tx,
    purses: &HashMap<String, Purse>,
) -> Result<HashMap<String, CreditLine>, Failure> {
    let agreements = purses.values().map(|purse| &purse.agreement);
    let payers = agreements.filter(|agreement| agreement.credit_settlement);
    let payers: Vec<_> = payers.map(|agreement| agreement.reg_no.clone()).collect();
    if payers.is_empty() {
        return Ok(HashMap::new());
    }
    let today = tx.today();
    let lines = store::monthly::settlement::lines(tx, &payers, today).await?;
    Ok(lines.into_iter().map(|line| (line.reg_no.clone(), line)).collect())
}

/// Something that stood against these payers is gone: where nothing overdue is left, their cases go on.
pub(in crate::payment::service) async fn restored(
    tx: &mut Tx,
    reg_nos: &[String],
) -> Result<(), Failure> {
    let today = tx.today();
    for settlement in store::monthly::settlement::clear_of(tx, reg_nos, today).await? {
        tx.enqueue(&job::CreditRestored { settlement })?;
    }
    Ok(())
}

/// The declarations of its payer that owe something on credit: some of them may have waited for it.
pub async fn waiting_on_credit(
    conn: &mut PgConnection,
    settlement: MonthlySettlementId,
) -> Result<Vec<DeclarationId>, Failure> {
    Ok(store::monthly::settlement::on_credit(conn, settlement).await?)
}
