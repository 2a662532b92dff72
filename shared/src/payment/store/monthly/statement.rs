//! Monthly statements, their notices and their reminders.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::{Fen, PageRequest},
    payment::{
        model::NoticeId,
        monthly::{
            Dunned, MonthlyStatement, MonthlyStatementId, StatedNotice,
            bill::{Bill, Unstated},
        },
        status::{monthly_statement::MonthlyStatementState, notice::NoticeState},
    },
};

/// When the oldest unpaid notice on credit was issued that no statement lists.
pub(in crate::payment) async fn oldest_unstated(
    conn: &mut PgConnection,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!(
        r#"
        select min(issued_at) from fee_notices
        where credit = 'GRANTED' and state in ('ISSUED', 'PAYING', 'OVERDUE') and statement_id is null
        "#,
    )
    .fetch_one(conn)
    .await
}

/// Unpaid notices on credit, issued before that moment, that no statement lists; held until the transaction ends.
pub(in crate::payment) async fn lock_unstated(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
) -> sqlx::Result<Vec<Unstated>> {
    sqlx::query_as!(
        Unstated,
        r#"
        select id as "id: NoticeId", reg_no, total_fen as "total: Fen", due_on from fee_notices
        where credit = 'GRANTED' and state in ('ISSUED', 'PAYING', 'OVERDUE') and statement_id is null
          and issued_at < $1
        order by id
        for update
        "#,
        before,
    )
    .fetch_all(conn)
    .await
}

/// Writes a statement down and puts its notices on it; `false` where the payer has one of that month already.
pub(in crate::payment) async fn insert(
    conn: &mut PgConnection,
    id: MonthlyStatementId,
    month: NaiveDate,
    bill: &Bill,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        r#"
        with made as (
            insert into monthly_statements (id, reg_no, month, state, notices, total_fen, due_on, issued_at,
                updated_at)
            values ($1, $2, $3, 'ISSUED', $4, $5, $6, $7, $7)
            on conflict on constraint monthly_statements_once do nothing
            returning id
        )
        update fee_notices n set statement_id = made.id, revision = revision + 1, updated_at = $7
        from made where n.id = any($8)
        "#,
        id as MonthlyStatementId,
        bill.reg_no,
        month,
        i32::try_from(bill.notices.len()).unwrap_or(i32::MAX),
        bill.total as Fen,
        bill.due_on,
        now,
        &bill.notices,
    )
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// A query for whole statements `s`: which ones is said in the words after those.
macro_rules! statements {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            MonthlyStatement,
            r#"
            select s.id as "id: MonthlyStatementId", s.reg_no, s.month, s.state as "state: MonthlyStatementState",
                s.notices, s.total_fen as "total: Fen",
                (select coalesce(sum(n.total_fen), 0)::int8 from fee_notices n
                    where n.statement_id = s.id and n.state in ('ISSUED', 'PAYING', 'OVERDUE')) as "unpaid!: Fen",
                s.due_on, (select coalesce(max(d.level), 0) from dunnings d where d.statement_id = s.id) as "dunned!",
                s.issued_at, s.paid_at, s.updated_at
            from monthly_statements s
            "# + $which,
            $($argument),*
        )
    };
}

/// Holds statements until the transaction ends; the notices that move are held before. What is unpaid on them is asked
/// [afterwards](unpaid): only then is it seen what those did who were waited for.
pub(in crate::payment) async fn lock_many(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<Vec<MonthlyStatement>> {
    statements!("where s.id = any($1) order by s.id for update", ids).fetch_all(conn).await
}

/// Those that are not paid although their due day is over, held until the transaction ends.
pub(in crate::payment) async fn lock_late(
    conn: &mut PgConnection,
    today: NaiveDate,
) -> sqlx::Result<Vec<MonthlyStatement>> {
    statements!("where s.state <> 'PAID' and s.due_on < $1 order by s.id for update", today)
        .fetch_all(conn)
        .await
}

/// Which of these statements have unpaid notices.
pub(in crate::payment) async fn unpaid(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<Vec<MonthlyStatementId>> {
    sqlx::query_scalar!(
        r#"
        select distinct statement_id as "id!: MonthlyStatementId" from fee_notices
        where statement_id = any($1) and state in ('ISSUED', 'PAYING', 'OVERDUE')
        "#,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// How many statements of a payer are not paid.
pub(in crate::payment) async fn count_unpaid(
    conn: &mut PgConnection,
    reg_no: &str,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from monthly_statements where reg_no = $1 and state <> 'PAID'"#,
        reg_no,
    )
    .fetch_one(conn)
    .await
}

/// Writes the step a statement took. The time of payment follows from the state.
pub(in crate::payment) async fn step(
    conn: &mut PgConnection,
    id: MonthlyStatementId,
    to: MonthlyStatementState,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update monthly_statements
        set state = $2, updated_at = $3, paid_at = case when $2 = 'PAID' then $3::timestamptz end
        where id = $1
        "#,
        id as MonthlyStatementId,
        to as MonthlyStatementState,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes down that a reminder goes out; `false` where another run was quicker.
pub(in crate::payment) async fn dun(
    conn: &mut PgConnection,
    id: MonthlyStatementId,
    level: i32,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let written = sqlx::query!(
        "insert into dunnings (statement_id, level, dunned_at) values ($1, $2, $3) on conflict do nothing",
        id as MonthlyStatementId,
        level,
        now,
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The reminders of a statement, in their order.
pub(in crate::payment) async fn dunnings(
    conn: &mut PgConnection,
    id: MonthlyStatementId,
) -> sqlx::Result<Vec<Dunned>> {
    sqlx::query_as!(
        Dunned,
        "select level, dunned_at from dunnings where statement_id = $1 order by level",
        id as MonthlyStatementId,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    id: MonthlyStatementId,
    reg_no: Option<&str>,
) -> sqlx::Result<Option<MonthlyStatement>> {
    statements!(
        "where s.id = $1 and ($2::text is null or s.reg_no = $2)",
        id as MonthlyStatementId,
        reg_no,
    )
    .fetch_optional(conn)
    .await
}

/// What a list of statements may be narrowed to.
#[derive(Clone, Debug, Default)]
pub struct StatementFilter {
    pub reg_no: Option<String>,
    pub state: Option<MonthlyStatementState>,
}

pub(in crate::payment) async fn list(
    conn: &mut PgConnection,
    own: Option<&str>,
    filter: &StatementFilter,
    page: PageRequest,
) -> sqlx::Result<Vec<MonthlyStatement>> {
    statements!(
        r#"
        where ($1::text is null or s.reg_no = $1) and ($2::text is null or s.reg_no = $2)
          and ($3::text is null or s.state = $3) and ($4::uuid is null or s.id < $4)
          and ($6::timestamptz is null or s.updated_at >= $6
              or exists (select from fee_notices n where n.statement_id = s.id and n.updated_at >= $6)
              or exists (select from dunnings d where d.statement_id = s.id and d.dunned_at >= $6))
        order by s.id desc
        limit $5
        "#,
        own,
        filter.reg_no.as_deref(),
        filter.state as Option<MonthlyStatementState>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// The notices that a statement lists.
pub(in crate::payment) async fn notices(
    conn: &mut PgConnection,
    id: MonthlyStatementId,
) -> sqlx::Result<Vec<StatedNotice>> {
    sqlx::query_as!(
        StatedNotice,
        r#"
        select id as "id: NoticeId", notice_no, declaration_id as "declaration_id: DeclarationId", decl_no, decl_org,
            state as "state: NoticeState", total_fen as "total: Fen", late_rate, due_on, updated_at
        from fee_notices where statement_id = $1
        order by id
        "#,
        id as MonthlyStatementId,
    )
    .fetch_all(conn)
    .await
}
