//! What may be seen: a payer sees its own, every office of the bureau all, as with agreements.
use sqlx::PgConnection;

pub use crate::payment::store::monthly::statement::StatementFilter;
use crate::{
    kernel::{Actor, Failure, Page, PageRequest},
    payment::{
        model::Scope,
        monthly::{
            MonthlySettlement, MonthlySettlementId, MonthlySheet, MonthlyStatement,
            MonthlyStatementId,
        },
        status::monthly_settlement::MonthlySettlementState,
        store,
    },
};

pub async fn monthly_settlement(
    conn: &mut PgConnection,
    actor: &Actor,
    id: MonthlySettlementId,
) -> Result<MonthlySettlement, Failure> {
    let scope = Scope::of(actor, "monthly settlement")?;
    let settlement = store::monthly::settlement::read(conn, id, scope.reg_no).await?;
    settlement.ok_or(Failure::Missing("monthly settlement"))
}

pub async fn monthly_settlements(
    conn: &mut PgConnection,
    actor: &Actor,
    state: Option<MonthlySettlementState>,
    page: PageRequest,
) -> Result<Page<MonthlySettlement>, Failure> {
    let scope = Scope::of(actor, "monthly settlement")?;
    let rows = store::monthly::settlement::list(conn, scope.reg_no, state, page).await?;
    Ok(Page::cut(rows, page))
}

/// A statement with its notices and its reminders.
pub async fn monthly_statement(
    conn: &mut PgConnection,
    actor: &Actor,
    id: MonthlyStatementId,
) -> Result<MonthlySheet, Failure> {
    let scope = Scope::of(actor, "monthly statement")?;
    sheet(conn, id, scope.reg_no).await
}

pub(super) async fn sheet(
    conn: &mut PgConnection,
    id: MonthlyStatementId,
    reg_no: Option<&str>,
) -> Result<MonthlySheet, Failure> {
    let statement = store::monthly::statement::read(conn, id, reg_no).await?;
    let statement = statement.ok_or(Failure::Missing("monthly statement"))?;
    let notices = store::monthly::statement::notices(conn, id).await?;
    let dunnings = store::monthly::statement::dunnings(conn, id).await?;
    Ok(MonthlySheet { statement, notices, dunnings })
}

pub async fn monthly_statements(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &StatementFilter,
    page: PageRequest,
) -> Result<Page<MonthlyStatement>, Failure> {
    let scope = Scope::of(actor, "monthly statement")?;
    let rows = store::monthly::statement::list(conn, scope.reg_no, filter, page).await?;
    Ok(Page::cut(rows, page))
}
