//! Payments.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::Fen,
    payment::{
        bank::FailureCode,
        model::{AgreementId, Channel, Debt, NoticeId, Payment, PaymentId, Scope, ShiftId},
        monthly::MonthlyStatementId,
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
    Ok(lock_many(conn, &[id.0]).await?.pop())
}

/// Payments with their notices, all held until the transaction ends, in ascending order of the notices.
pub(in crate::payment) async fn lock_many(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Debt>> {
    sqlx::query_as!(
        Debt,
        r#"
        select p.id as "payment_id: PaymentId", p.state as "state: PaymentState",
            p.amount_fen as "amount: Fen", p.late_fen as "late: Fen", p.bank_code, p.bank_ref, p.sent_at,
            p.queries, n.id as "notice_id: NoticeId", n.notice_no, n.state as "notice_state: NoticeState",
            n.declaration_id as "declaration_id: DeclarationId", n.reg_no, n.total_fen as "total: Fen",
            n.due_on, n.void_requested_at, n.void_reason,
            n.statement_id as "statement_id: MonthlyStatementId", a.account_token as "account_token?",
            a.state as "agreement_state?: AgreementState"
        from fee_notices n
        join payments p on p.notice_id = n.id
        left join agreements a on a.id = p.agreement_id
        where p.id = any($1)
        order by uuid_send(n.id)
        for update of n, p
        "#,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// The new state of a payment, with what the bank said of it, and the step that its notice takes with it.
#[derive(Clone, Copy, Debug)]
pub(in crate::payment) struct Stepped<'a> {
    pub id: PaymentId,
    pub to: PaymentState,
    pub notice_to: Option<NoticeState>,
    pub bank_ref: Option<&'a str>,
    pub failure_code: Option<FailureCode>,
    pub bank_time: Option<DateTime<Utc>>,
}

/// Writes the steps that payments took, for whoever looks at their notices as well. The times follow from the states.
/// No two of them belong to one notice.
pub(in crate::payment) async fn step(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    steps: &[Stepped<'_>],
) -> sqlx::Result<()> {
    let ids: Vec<_> = steps.iter().map(|step| step.id.0).collect();
    let states: Vec<_> = steps.iter().map(|step| step.to).collect();
    let notices: Vec<_> = steps.iter().map(|step| step.notice_to).collect();
    let refs: Vec<_> = steps.iter().map(|step| step.bank_ref.map(str::to_owned)).collect();
    let codes: Vec<_> = steps.iter().map(|step| step.failure_code).collect();
    let times: Vec<_> = steps.iter().map(|step| step.bank_time).collect();
    sqlx::query!(
        r#"
        with stepped as (
            update payments p
            set state = new.state, bank_ref = coalesce(new.bank_ref, p.bank_ref),
                failure_code = new.failure_code, bank_time = coalesce(new.bank_time, p.bank_time),
                sent_at = case when new.state = 'SENT' then $7::timestamptz else sent_at end,
                settled_at = case when new.state in ('SUCCESS', 'FAILED') then $7 else settled_at end
            from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
                as new(id, state, notice_state, bank_ref, failure_code, bank_time)
            where p.id = new.id
            returning p.notice_id, new.notice_state
        )
        update fee_notices n
        set revision = revision + 1, updated_at = $7, state = coalesce(notice_state, state),
            paid_at = case when notice_state = 'PAID' then $7
                when notice_state in ('ISSUED', 'OVERDUE') then null else paid_at end
        from stepped where n.id = stepped.notice_id
        "#,
        &ids,
        &states as &[PaymentState],
        &notices as &[Option<NoticeState>],
        &refs as &[Option<String>],
        &codes as &[Option<FailureCode>],
        &times as &[Option<DateTime<Utc>>],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of these payments are ours, at that bank.
pub(in crate::payment) async fn known(
    conn: &mut PgConnection,
    bank_code: &str,
    ids: &[Uuid],
) -> sqlx::Result<Vec<PaymentId>> {
    sqlx::query_scalar!(
        r#"select id as "id: PaymentId" from payments where id = any($2) and bank_code = $1"#,
        bank_code,
        ids,
    )
    .fetch_all(conn)
    .await
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
            p.settled_at, p.bank_time, p.shift_id as "shift_id: ShiftId", p.tendered_fen as "tendered: Fen",
            p.slip_no, p.drawn_on
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
            bank_ref, failure_code as "failure_code: FailureCode", created_at, sent_at, settled_at, bank_time,
            shift_id as "shift_id: ShiftId", tendered_fen as "tendered: Fen", slip_no, drawn_on
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
    pub notice: NoticeId,
    pub bank_ref: Option<String>,
    pub declaration_id: DeclarationId,
    pub reg_no: String,
    pub late: Fen,
    pub refundable: Fen,
}

/// What of these notices' payments could still be given back, newest first. Another booking of the bank for the same
/// payment is another matter.
pub(in crate::payment) async fn refundable(
    conn: &mut PgConnection,
    notices: &[Uuid],
) -> sqlx::Result<Vec<PaidPart>> {
    sqlx::query_as!(
        PaidPart,
        r#"
        select p.id as "id: PaymentId", p.notice_id as "notice: NoticeId", p.bank_ref,
            n.declaration_id as "declaration_id: DeclarationId", p.reg_no,
            p.late_fen as "late: Fen", (p.amount_fen - coalesce((select sum(r.amount_fen)
            from refunds r where r.payment_id = p.id and r.booking_ref is not distinct from p.bank_ref
                and r.state not in ('REFUSED', 'FAILED')), 0))::int8 as "refundable!: Fen"
        from payments p
        join fee_notices n on n.id = p.notice_id
        where p.notice_id = any($1) and p.state = 'SUCCESS'
        order by uuid_send(p.id) desc
        for update of p
        "#,
        notices,
    )
    .fetch_all(conn)
    .await
}
