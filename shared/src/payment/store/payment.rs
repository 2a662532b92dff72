//! Payments.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::Fen,
    payment::{
        bank::FailureCode,
        model::{AgreementId, Channel, Debt, NoticeId, Payment, PaymentId, Scope},
        status::{agreement::AgreementState, notice::NoticeState, payment::PaymentState},
    },
};

/// An electronic payment about to be promised.
#[derive(Clone, Debug)]
pub(in crate::payment) struct Promised {
    pub id: PaymentId,
    pub notice: NoticeId,
    pub reg_no: String,
    pub agreement: AgreementId,
    pub bank_code: String,
    pub amount: Fen,
    pub late: Fen,
}

pub(in crate::payment) async fn insert(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    promised: &[Promised],
) -> sqlx::Result<()> {
    let ids: Vec<_> = promised.iter().map(|payment| payment.id.0).collect();
    let notices: Vec<_> = promised.iter().map(|payment| payment.notice.0).collect();
    let reg_nos: Vec<_> = promised.iter().map(|payment| payment.reg_no.clone()).collect();
    let agreements: Vec<_> = promised.iter().map(|payment| payment.agreement.0).collect();
    let banks: Vec<_> = promised.iter().map(|payment| payment.bank_code.clone()).collect();
    let amounts: Vec<_> = promised.iter().map(|payment| payment.amount.0).collect();
    let late: Vec<_> = promised.iter().map(|payment| payment.late.0).collect();
    sqlx::query!(
        r#"
        insert into payments (id, notice_id, reg_no, agreement_id, bank_code, amount_fen, late_fen, channel,
            state, created_at)
        select *, 'EPAY', 'CREATED', $8::timestamptz from unnest(
            $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::int8[], $7::int8[])
        "#,
        &ids,
        &notices,
        &reg_nos,
        &agreements,
        &banks,
        &amounts,
        &late,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A payment with its notice, both held until the transaction ends.
pub(in crate::payment) async fn lock(
    conn: &mut PgConnection,
    id: PaymentId,
) -> sqlx::Result<Option<Debt>> {
    sqlx::query_as!(
        Debt,
        r#"
        select p.id as "payment_id: PaymentId", p.state as "state: PaymentState",
            p.amount_fen as "amount: Fen", p.late_fen as "late: Fen", p.bank_code, p.bank_ref, p.sent_at,
            p.queries, n.id as "notice_id: NoticeId", n.notice_no, n.state as "notice_state: NoticeState",
            n.declaration_id as "declaration_id: DeclarationId", n.reg_no, n.total_fen as "total: Fen",
            n.due_on, n.void_requested_at,
            n.void_reason, a.account_token as "account_token?",
            a.state as "agreement_state?: AgreementState"
        from fee_notices n
        join payments p on p.notice_id = n.id
        left join agreements a on a.id = p.agreement_id
        where p.id = $1
        for update of n, p
        "#,
        id as PaymentId,
    )
    .fetch_optional(conn)
    .await
}

/// The new state of a payment, with what the bank said of it.
#[derive(Clone, Copy, Debug)]
pub(in crate::payment) struct Stepped<'a> {
    pub id: PaymentId,
    pub to: PaymentState,
    pub bank_ref: Option<&'a str>,
    pub failure_code: Option<FailureCode>,
    pub bank_time: Option<DateTime<Utc>>,
}

/// Writes the step a payment took, for whoever looks at its notice as well. The times follow from the state.
pub(in crate::payment) async fn step(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    step: Stepped<'_>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        with stepped as (
            update payments
            set state = $2, bank_ref = coalesce($3, bank_ref), failure_code = $4,
                bank_time = coalesce($5, bank_time),
                sent_at = case when $2 = 'SENT' then $6::timestamptz else sent_at end,
                settled_at = case when $2 in ('SUCCESS', 'FAILED') then $6::timestamptz else settled_at end
            where id = $1
            returning notice_id
        )
        update fee_notices set revision = revision + 1, updated_at = $6
        from stepped where fee_notices.id = stepped.notice_id
        "#,
        step.id as PaymentId,
        step.to as PaymentState,
        step.bank_ref,
        step.failure_code as Option<FailureCode>,
        step.bank_time,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts a question to the bank, unless it was counted before.
pub(in crate::payment) async fn count_query(
    conn: &mut PgConnection,
    id: PaymentId,
    after: i32,
) -> sqlx::Result<bool> {
    let counted = sqlx::query!(
        "update payments set queries = queries + 1 where id = $1 and queries = $2 and state = 'UNKNOWN'",
        id as PaymentId,
        after,
    )
    .execute(conn)
    .await?;
    Ok(counted.rows_affected() == 1)
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    id: PaymentId,
    scope: &Scope<'_>,
) -> sqlx::Result<Option<Payment>> {
    sqlx::query_as!(
        Payment,
        r#"
        select p.id as "id: PaymentId", p.notice_id as "notice_id: NoticeId", p.reg_no,
            p.channel as "channel: Channel", p.agreement_id as "agreement_id: AgreementId",
            p.amount_fen as "amount: Fen", p.late_fen as "late: Fen", p.state as "state: PaymentState",
            p.bank_code, p.bank_ref, p.failure_code as "failure_code: FailureCode", p.created_at, p.sent_at,
            p.settled_at, p.bank_time
        from payments p
        join fee_notices n on n.id = p.notice_id
        where p.id = $1 and ($2::text is null or p.reg_no = $2) and ($3::text is null or n.decl_org = $3)
        "#,
        id as PaymentId,
        scope.reg_no,
        scope.office,
    )
    .fetch_optional(conn)
    .await
}

/// The attempt that counts for each of these notices: the one that has not failed, else the latest.
pub(in crate::payment) async fn latest_of(
    conn: &mut PgConnection,
    notices: &[Uuid],
) -> sqlx::Result<Vec<Payment>> {
    sqlx::query_as!(
        Payment,
        r#"
        select distinct on (notice_id) id as "id: PaymentId", notice_id as "notice_id: NoticeId", reg_no,
            channel as "channel: Channel", agreement_id as "agreement_id: AgreementId",
            amount_fen as "amount: Fen", late_fen as "late: Fen", state as "state: PaymentState", bank_code,
            bank_ref, failure_code as "failure_code: FailureCode", created_at, sent_at, settled_at, bank_time
        from payments where notice_id = any($1)
        order by notice_id, state = 'FAILED', id desc
        "#,
        notices,
    )
    .fetch_all(conn)
    .await
}

/// The payment that paid a notice, with what is still not owed back of it.
#[derive(Clone, Debug)]
pub(in crate::payment) struct PaidPart {
    pub id: PaymentId,
    pub declaration_id: DeclarationId,
    pub reg_no: String,
    pub late: Fen,
    pub refundable: Fen,
}

/// What of these notices' payments could still be given back, newest first.
pub(in crate::payment) async fn refundable(
    conn: &mut PgConnection,
    notices: &[Uuid],
) -> sqlx::Result<Vec<PaidPart>> {
    sqlx::query_as!(
        PaidPart,
        r#"
        select p.id as "id: PaymentId", n.declaration_id as "declaration_id: DeclarationId", p.reg_no,
            p.late_fen as "late: Fen", (p.amount_fen - coalesce((select sum(r.amount_fen)
            from refunds r where r.payment_id = p.id and r.account not like 'SUSPENSE:%'), 0))::int8
            as "refundable!: Fen"
        from payments p
        join fee_notices n on n.id = p.notice_id
        where p.notice_id = any($1) and p.state = 'SUCCESS'
        order by p.id desc
        for update of p
        "#,
        notices,
    )
    .fetch_all(conn)
    .await
}
