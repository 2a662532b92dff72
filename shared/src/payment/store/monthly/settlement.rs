//! Monthly settlements.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::{
    declaration::DeclarationId,
    kernel::{Fen, PageRequest},
    payment::{
        monthly::{MonthlySettlement, MonthlySettlementId, line::CreditLine},
        status::monthly_settlement::MonthlySettlementState,
    },
};

pub(in crate::payment) async fn insert(
    conn: &mut PgConnection,
    settlement: &MonthlySettlement,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into monthly_settlements (id, reg_no, state, credit_limit_fen, due_day, valid_from, valid_until,
            granted_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        "#,
        settlement.id as MonthlySettlementId,
        settlement.reg_no,
        settlement.state as MonthlySettlementState,
        settlement.credit_limit as Fen,
        settlement.due_day,
        settlement.valid_from,
        settlement.valid_until,
        settlement.granted_by,
        settlement.created_at,
        settlement.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A query for whole settlements `s`: which ones is said in the words after those.
macro_rules! settlements {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            MonthlySettlement,
            r#"
            select s.id as "id: MonthlySettlementId", s.reg_no, s.state as "state: MonthlySettlementState",
                s.credit_limit_fen as "credit_limit: Fen",
                (select coalesce(sum(n.total_fen), 0)::int8 from fee_notices n
                    where n.reg_no = s.reg_no and n.credit = 'GRANTED'
                      and n.state in ('ISSUED', 'PAYING', 'OVERDUE')) as "used!: Fen",
                s.due_day, s.valid_from, s.valid_until, s.granted_by, s.created_at, s.updated_at
            from monthly_settlements s
            "# + $which,
            $($argument),*
        )
    };
}

/// Reads one and holds it until the transaction ends.
pub(in crate::payment) async fn lock(
    conn: &mut PgConnection,
    id: MonthlySettlementId,
    reg_no: Option<&str>,
) -> sqlx::Result<Option<MonthlySettlement>> {
    settlements!(
        "where s.id = $1 and ($2::text is null or s.reg_no = $2) for no key update",
        id as MonthlySettlementId,
        reg_no,
    )
    .fetch_optional(conn)
    .await
}

/// The one of a payer that is in force, held until the transaction ends.
pub(in crate::payment) async fn lock_active_of(
    conn: &mut PgConnection,
    reg_no: &str,
) -> sqlx::Result<Option<MonthlySettlement>> {
    settlements!("where s.reg_no = $1 and s.state = 'ACTIVE' for no key update", reg_no)
        .fetch_optional(conn)
        .await
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    id: MonthlySettlementId,
    reg_no: Option<&str>,
) -> sqlx::Result<Option<MonthlySettlement>> {
    settlements!(
        "where s.id = $1 and ($2::text is null or s.reg_no = $2)",
        id as MonthlySettlementId,
        reg_no,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::payment) async fn list(
    conn: &mut PgConnection,
    reg_no: Option<&str>,
    state: Option<MonthlySettlementState>,
    page: PageRequest,
) -> sqlx::Result<Vec<MonthlySettlement>> {
    settlements!(
        r#"
        where ($1::text is null or s.reg_no = $1) and ($2::text is null or s.state = $2)
          and ($3::uuid is null or s.id < $3)
          and ($5::timestamptz is null or s.updated_at >= $5)
        order by s.id desc
        limit $4
        "#,
        reg_no,
        state as Option<MonthlySettlementState>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::payment) async fn step(
    conn: &mut PgConnection,
    id: MonthlySettlementId,
    to: MonthlySettlementState,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update monthly_settlements set state = $2, updated_at = $3 where id = $1",
        id as MonthlySettlementId,
        to as MonthlySettlementState,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The credit of many payers on a day. Whoever takes of it holds their agreements: notices of one payer wait for one
/// another there, so that what was taken is seen here.
pub(in crate::payment) async fn lines(
    conn: &mut PgConnection,
    reg_nos: &[String],
    today: NaiveDate,
) -> sqlx::Result<Vec<CreditLine>> {
    sqlx::query_as!(
        CreditLine,
        r#"
        select s.reg_no, s.state = 'SUSPENDED' as "is_suspended!",
            exists (select from fee_notices o where o.reg_no = s.reg_no
                and (o.state = 'OVERDUE' or o.state = 'ISSUED' and o.due_on < $2)) as "is_overdue!",
            s.credit_limit_fen as "limit: Fen",
            (select coalesce(sum(n.total_fen), 0)::int8 from fee_notices n
                where n.reg_no = s.reg_no and n.credit = 'GRANTED'
                  and n.state in ('ISSUED', 'PAYING', 'OVERDUE')) as "used!: Fen",
            s.due_day
        from monthly_settlements s
        where s.reg_no = any($1) and s.state in ('ACTIVE', 'SUSPENDED')
          and s.valid_from <= $2 and (s.valid_until is null or s.valid_until >= $2)
        "#,
        reg_nos,
        today,
    )
    .fetch_all(conn)
    .await
}

/// Which of these payers have a settlement in force that nothing overdue stands against.
pub(in crate::payment) async fn clear_of(
    conn: &mut PgConnection,
    reg_nos: &[String],
    today: NaiveDate,
) -> sqlx::Result<Vec<MonthlySettlementId>> {
    sqlx::query_scalar!(
        r#"
        select s.id as "id: MonthlySettlementId" from monthly_settlements s
        where s.reg_no = any($1) and s.state = 'ACTIVE'
          and not exists (select from fee_notices o where o.reg_no = s.reg_no
            and (o.state = 'OVERDUE' or o.state = 'ISSUED' and o.due_on < $2))
        "#,
        reg_nos,
        today,
    )
    .fetch_all(conn)
    .await
}

/// The declarations of its payer that owe something on credit.
pub(in crate::payment) async fn on_credit(
    conn: &mut PgConnection,
    id: MonthlySettlementId,
) -> sqlx::Result<Vec<DeclarationId>> {
    sqlx::query_scalar!(
        r#"
        select distinct n.declaration_id as "declaration_id: DeclarationId"
        from monthly_settlements s join fee_notices n on n.reg_no = s.reg_no
        where s.id = $1 and n.credit = 'GRANTED' and n.state in ('ISSUED', 'PAYING', 'OVERDUE')
        order by 1
        "#,
        id as MonthlySettlementId,
    )
    .fetch_all(conn)
    .await
}
