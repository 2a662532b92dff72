//! Refunds.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::{Fen, PageRequest},
    payment::{
        bank::FailureCode,
        model::{Channel, NoticeId, PaymentId, Refund, RefundId, Scope, ShiftId},
        status::{notice::NoticeState, refund::RefundState},
    },
};

/// A refund about to be owed.
#[derive(Clone, Debug)]
pub(in crate::payment) struct Owed<'a> {
    pub id: RefundId,
    pub payment: PaymentId,
    pub booking: Option<&'a str>,
    pub amount: Fen,
    pub late: Fen,
    pub reason: &'a str,
    pub account: &'a str,
    pub proposed_by: Option<Uuid>,
    pub replaces: Option<RefundId>,
}

pub(in crate::payment) async fn insert(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    owed: &Owed<'_>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into refunds (id, payment_id, booking_ref, amount_fen, late_fen, reason, account, proposed_by,
            replaces, state, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'OWED', $10, $10)
        "#,
        owed.id as RefundId,
        owed.payment as PaymentId,
        owed.booking,
        owed.amount as Fen,
        owed.late as Fen,
        owed.reason,
        owed.account,
        owed.proposed_by,
        owed.replaces as Option<RefundId>,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A query for whole refunds `r` with their payments `p` and notices `n`: which ones is said in the words after those.
macro_rules! refunds {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Refund,
            r#"
            select r.id as "id: RefundId", r.payment_id as "payment_id: PaymentId", n.id as "notice_id: NoticeId",
                n.notice_no, n.declaration_id as "declaration_id: DeclarationId", n.reg_no, n.decl_org,
                p.channel as "channel: Channel", p.bank_code, r.booking_ref, r.amount_fen as "amount: Fen",
                r.late_fen as "late: Fen", r.reason, r.account, r.state as "state: RefundState", r.revision,
                r.proposed_by, p.taken_by, r.fee_approved_by, r.chief_approved_by, r.executed_by, r.decision,
                r.replaces as "replaces: RefundId", r.bank_ref, r.shift_id as "shift_id: ShiftId", r.slip_no,
                r.failure_code as "failure_code: FailureCode", r.queries, r.created_at, r.approved_at, r.sent_at,
                r.settled_at, r.bank_time, r.updated_at
            from fee_notices n join payments p on p.notice_id = n.id join refunds r on r.payment_id = p.id
            "# + $which,
            $($argument),*
        )
    };
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    id: RefundId,
    scope: &Scope<'_>,
) -> sqlx::Result<Option<Refund>> {
    refunds!(
        r#"
        where r.id = $1 and ($2::text is null or n.reg_no = $2) and ($3::text is null or n.decl_org = $3)
        "#,
        id as RefundId,
        scope.reg_no,
        scope.office,
    )
    .fetch_optional(conn)
    .await
}

/// A refund with its notice and its payment, all held until the transaction ends.
pub(in crate::payment) async fn lock(
    conn: &mut PgConnection,
    id: RefundId,
    scope: &Scope<'_>,
) -> sqlx::Result<Option<Refund>> {
    refunds!(
        r#"
        where r.id = $1 and ($2::text is null or n.reg_no = $2) and ($3::text is null or n.decl_org = $3)
        for update of n, p, r
        "#,
        id as RefundId,
        scope.reg_no,
        scope.office,
    )
    .fetch_optional(conn)
    .await
}

/// Writes a refund back as it stands now.
pub(in crate::payment) async fn update(
    conn: &mut PgConnection,
    refund: &Refund,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update refunds
        set state = $2, revision = $3, fee_approved_by = $4, chief_approved_by = $5, executed_by = $6, decision = $7,
            bank_ref = $8, failure_code = $9, approved_at = $10, sent_at = $11, settled_at = $12, bank_time = $13,
            updated_at = $14, shift_id = $15, slip_no = $16
        where id = $1
        "#,
        refund.id as RefundId,
        refund.state as RefundState,
        refund.revision,
        refund.fee_approved_by,
        refund.chief_approved_by,
        refund.executed_by,
        refund.decision,
        refund.bank_ref,
        refund.failure_code as Option<FailureCode>,
        refund.approved_at,
        refund.sent_at,
        refund.settled_at,
        refund.bank_time,
        refund.updated_at,
        refund.shift_id as Option<ShiftId>,
        refund.slip_no,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether any of a payment's money is owed back, or went back.
pub(in crate::payment) async fn is_any_of(
    conn: &mut PgConnection,
    payment: PaymentId,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select exists (select from refunds where payment_id = $1 and state not in ('REFUSED', 'FAILED')) as "is_any!"
        "#,
        payment as PaymentId,
    )
    .fetch_one(conn)
    .await
}

/// Counts a question to the bank, unless it was counted before.
pub(in crate::payment) async fn count_query(
    conn: &mut PgConnection,
    id: RefundId,
    after: i32,
) -> sqlx::Result<bool> {
    let counted = sqlx::query!(
        "update refunds set queries = queries + 1 where id = $1 and queries = $2 and state = 'UNKNOWN'",
        id as RefundId,
        after,
    )
    .execute(conn)
    .await?;
    Ok(counted.rows_affected() == 1)
}

pub(in crate::payment) async fn list(
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    state: Option<RefundState>,
    page: PageRequest,
) -> sqlx::Result<Vec<Refund>> {
    refunds!(
        r#"
        where ($1::text is null or n.reg_no = $1) and ($2::text is null or n.decl_org = $2)
          and ($3::text is null or r.state = $3) and ($4::uuid is null or r.id < $4)
          and ($6::timestamptz is null or r.updated_at >= $6)
        order by r.id desc
        limit $5
        "#,
        scope.reg_no,
        scope.office,
        state as Option<RefundState>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// A payment's notice as it stands, and whether a booking is the payment's own, with what of it was given back.
#[derive(Clone, Copy, Debug)]
pub(in crate::payment) struct GivenBack {
    pub notice_state: NoticeState,
    pub is_own: bool,
    pub paid: Fen,
    pub back: Fen,
}

/// How much of what a notice's payment took was given back by now. The caller holds them.
pub(in crate::payment) async fn given_back(
    conn: &mut PgConnection,
    refund: &Refund,
) -> sqlx::Result<GivenBack> {
    sqlx::query_as!(
        GivenBack,
        r#"
        select n.state as "notice_state: NoticeState",
            (p.state = 'SUCCESS' and p.bank_ref is not distinct from $2) as "is_own!", p.amount_fen as "paid: Fen",
            (select coalesce(sum(r.amount_fen), 0)::int8 from refunds r where r.payment_id = p.id
                and r.booking_ref is not distinct from $2 and r.state = 'EXECUTED') as "back!: Fen"
        from payments p join fee_notices n on n.id = p.notice_id
        where p.id = $1
        "#,
        refund.payment_id as PaymentId,
        refund.booking_ref,
    )
    .fetch_one(conn)
    .await
}
