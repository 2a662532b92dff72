//! Fee notices.
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::{Fen, PageRequest},
    payment::{
        model::{FeeNotice, NoticeId, NoticeKind, Scope},
        monthly::{Credit, MonthlyStatementId},
        status::notice::NoticeState,
        tariff::NoticeLine,
    },
};

/// Notices turned on their side, as `unnest` wants them.
#[derive(Default)]
pub(in crate::payment) struct Columns {
    pub ids: Vec<Uuid>,
    pub declarations: Vec<Uuid>,
    pub decl_nos: Vec<String>,
    pub reg_nos: Vec<String>,
    pub decl_orgs: Vec<String>,
    pub kinds: Vec<NoticeKind>,
    pub states: Vec<NoticeState>,
    pub totals: Vec<i64>,
    pub lines: Vec<Json<Vec<NoticeLine>>>,
    pub late_rates: Vec<Decimal>,
    pub due_on: Vec<NaiveDate>,
    pub credits: Vec<Option<Credit>>,
}

/// A query for whole notices: what stands before the columns, and what after.
macro_rules! notices {
    ($before:literal, $after:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            FeeNotice,
            $before
                + r#"
            id as "id: NoticeId", notice_no, declaration_id as "declaration_id: DeclarationId", decl_no, reg_no, decl_org,
                kind as "kind: NoticeKind", state as "state: NoticeState", total_fen as "total: Fen",
                lines as "lines: Json<Vec<NoticeLine>>", late_rate, revision, issued_at, due_on, paid_at,
                voided_at, void_requested_at, void_reason, credit as "credit: Credit",
                statement_id as "statement_id: MonthlyStatementId", updated_at
            "# + $after,
            $($argument),*
        )
    };
}

/// Inserts many in one statement and numbers them: the declaration's number, `F`, and which of its notices
/// it is. The caller holds the declarations, so nobody else is numbering theirs.
pub(in crate::payment) async fn insert(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    columns: Columns,
) -> sqlx::Result<Vec<FeeNotice>> {
    notices!(
        r#"
        insert into fee_notices (id, notice_no, declaration_id, decl_no, reg_no, decl_org, kind, state,
            total_fen, lines, late_rate, due_on, credit, issued_at, updated_at)
        select draft.id,
            draft.decl_no || 'F' || lpad(((select count(*) from fee_notices n
                where n.declaration_id = draft.declaration_id)
                + row_number() over (partition by draft.declaration_id order by draft.id))::text, 2, '0'),
            draft.declaration_id, draft.decl_no, draft.reg_no, draft.decl_org, draft.kind, draft.state,
            draft.total_fen, draft.lines, draft.late_rate, draft.due_on, draft.credit, $13, $13
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::int8[], $9::jsonb[], $10::numeric[], $11::date[], $12::text[])
            as draft(id, declaration_id, decl_no, reg_no, decl_org, kind, state, total_fen, lines,
                late_rate, due_on, credit)
        returning
        "#,
        "",
        &columns.ids,
        &columns.declarations,
        &columns.decl_nos,
        &columns.reg_nos,
        &columns.decl_orgs,
        &columns.kinds as &[NoticeKind],
        &columns.states as &[NoticeState],
        &columns.totals,
        &columns.lines as &[Json<Vec<NoticeLine>>],
        &columns.late_rates,
        &columns.due_on,
        &columns.credits as &[Option<Credit>],
        now,
    )
    .fetch_all(conn)
    .await
}

/// Reads one notice and holds it until the transaction ends.
pub(in crate::payment) async fn lock(
    conn: &mut PgConnection,
    id: NoticeId,
    scope: &Scope<'_>,
) -> sqlx::Result<Option<FeeNotice>> {
    notices!(
        "select",
        r#"
        from fee_notices
        where id = $1 and ($2::text is null or reg_no = $2) and ($3::text is null or decl_org = $3)
        for update
        "#,
        id as NoticeId,
        scope.reg_no,
        scope.office,
    )
    .fetch_optional(conn)
    .await
}

/// All notices of a declaration, held until the transaction ends.
pub(in crate::payment) async fn lock_of(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<FeeNotice>> {
    notices!(
        "select",
        r#"
        from fee_notices where declaration_id = $1
        order by id
        for update
        "#,
        declaration as DeclarationId,
    )
    .fetch_all(conn)
    .await
}

/// Issued notices whose due date is over, some at a time, held until the transaction ends.
pub(in crate::payment) async fn lock_lapsed(
    conn: &mut PgConnection,
    today: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<FeeNotice>> {
    notices!(
        "select",
        r#"
        from fee_notices where state = 'ISSUED' and due_on < $1
        order by id
        limit $2
        for update skip locked
        "#,
        today,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Those of a monthly statement's notices of which a payment may begin, held until the transaction ends.
pub(in crate::payment) async fn lock_payable_on(
    conn: &mut PgConnection,
    statement: MonthlyStatementId,
) -> sqlx::Result<Vec<FeeNotice>> {
    notices!(
        "select",
        r#"
        from fee_notices where statement_id = $1 and state in ('ISSUED', 'OVERDUE')
        order by id
        for update
        "#,
        statement as MonthlyStatementId,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    id: NoticeId,
    scope: &Scope<'_>,
) -> sqlx::Result<Option<FeeNotice>> {
    notices!(
        "select",
        r#"
        from fee_notices
        where id = $1 and ($2::text is null or reg_no = $2) and ($3::text is null or decl_org = $3)
        "#,
        id as NoticeId,
        scope.reg_no,
        scope.office,
    )
    .fetch_optional(conn)
    .await
}

/// What a list of notices may be narrowed to.
#[derive(Clone, Debug, Default)]
pub struct NoticeFilter {
    pub declaration: Option<DeclarationId>,
    pub decl_no: Option<String>,
    pub state: Option<NoticeState>,
}

pub(in crate::payment) async fn list(
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    declaration: Option<DeclarationId>,
    state: Option<NoticeState>,
    page: PageRequest,
) -> sqlx::Result<Vec<FeeNotice>> {
    notices!(
        "select",
        r#"
        from fee_notices
        where ($1::text is null or reg_no = $1) and ($2::text is null or decl_org = $2)
          and ($3::uuid is null or declaration_id = $3)
          and ($4::text is null or state = $4) and ($5::uuid is null or id < $5)
          and ($7::timestamptz is null or updated_at >= $7)
        order by id desc
        limit $6
        "#,
        scope.reg_no,
        scope.office,
        declaration as Option<DeclarationId>,
        state as Option<NoticeState>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// Writes the step that notices took together. The times follow from the state.
pub(in crate::payment) async fn step(
    conn: &mut PgConnection,
    ids: &[Uuid],
    to: NoticeState,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update fee_notices
        set state = $2, revision = revision + 1, updated_at = $3,
            paid_at = case when $2 = 'PAID' then $3::timestamptz else paid_at end
        where id = any($1)
        "#,
        ids,
        to as NoticeState,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::payment) async fn void(
    conn: &mut PgConnection,
    id: NoticeId,
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update fee_notices
        set state = 'VOIDED', revision = revision + 1, voided_at = $3, void_reason = $2, updated_at = $3
        where id = $1
        "#,
        id as NoticeId,
        reason,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers that a notice is to be void as soon as its payment lets it.
pub(in crate::payment) async fn request_void(
    conn: &mut PgConnection,
    id: NoticeId,
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update fee_notices
        set revision = revision + 1, void_requested_at = $3, void_reason = $2, updated_at = $3
        where id = $1
        "#,
        id as NoticeId,
        reason,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many notices of a payer were to be paid before that day, and were not.
pub(in crate::payment) async fn overdue_before(
    conn: &mut PgConnection,
    reg_no: &str,
    day: NaiveDate,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"
        select count(*) as "count!" from fee_notices
        where reg_no = $1 and state in ('ISSUED', 'OVERDUE') and due_on < $2
        "#,
        reg_no,
        day,
    )
    .fetch_one(conn)
    .await
}

/// What a declaration still owes, and what stands for it or in its way (R5).
#[derive(Clone, Debug)]
pub(in crate::payment) struct Owed {
    pub declaration_id: DeclarationId,
    pub unpaid: Fen,
    /// All of it was taken on credit.
    pub is_on_credit: bool,
    /// Why some of it was not, where its payer settles monthly.
    pub refused: Option<Credit>,
    /// The monthly settlement and the agreement below it are in force.
    pub is_in_force: bool,
    /// Something of its payer is overdue.
    pub is_overdue: bool,
}

/// For each declaration with something unpaid: one row. Those settled in full have none.
pub(in crate::payment) async fn owed(
    conn: &mut PgConnection,
    declarations: &[Uuid],
    today: NaiveDate,
) -> sqlx::Result<Vec<Owed>> {
    sqlx::query_as!(
        Owed,
        r#"
        select n.declaration_id as "declaration_id: DeclarationId",
            sum(n.total_fen)::int8 as "unpaid!: Fen",
            bool_and(n.credit is not distinct from 'GRANTED') as "is_on_credit!",
            min(n.credit) filter (where n.credit <> 'GRANTED') as "refused: Credit",
            bool_and(exists (select from agreements a
                    where a.reg_no = n.reg_no and a.state = 'ACTIVE' and a.credit_settlement)
                and exists (select from monthly_settlements s
                    where s.reg_no = n.reg_no and s.state = 'ACTIVE' and s.valid_from <= $2
                      and (s.valid_until is null or s.valid_until >= $2))) as "is_in_force!",
            bool_or(exists (select from fee_notices o
                    where o.reg_no = n.reg_no
                      and (o.state = 'OVERDUE' or o.state = 'ISSUED' and o.due_on < $2))) as "is_overdue!"
        from fee_notices n
        where n.declaration_id = any($1) and n.state in ('DRAFT', 'ISSUED', 'PAYING', 'OVERDUE')
        group by n.declaration_id
        "#,
        declarations,
        today,
    )
    .fetch_all(conn)
    .await
}
