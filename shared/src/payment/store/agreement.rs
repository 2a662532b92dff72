//! E-payment agreements.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    kernel::{Fen, PageRequest},
    payment::{
        model::{Agreement, AgreementId, PaymentId},
        status::agreement::AgreementState,
    },
};

pub(in crate::payment) async fn insert(
    conn: &mut PgConnection,
    agreement: &Agreement,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into agreements (id, reg_no, bank_code, account_token, signed_on, state, single_limit_fen,
            daily_limit_fen, credit_settlement, auto_debit, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        "#,
        agreement.id as AgreementId,
        agreement.reg_no,
        agreement.bank_code,
        agreement.account_token,
        agreement.signed_on,
        agreement.state as AgreementState,
        agreement.single_limit as Fen,
        agreement.daily_limit as Fen,
        agreement.credit_settlement,
        agreement.auto_debit,
        agreement.created_at,
        agreement.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Agreements in force. Notices of the same payers wait for one another here, so that a limit holds.
pub(in crate::payment) async fn lock_active(
    conn: &mut PgConnection,
    reg_nos: &[String],
) -> sqlx::Result<Vec<Agreement>> {
    sqlx::query_as!(
        Agreement,
        r#"
        select id as "id: AgreementId", reg_no, bank_code, account_token, signed_on,
            state as "state: AgreementState", single_limit_fen as "single_limit: Fen",
            daily_limit_fen as "daily_limit: Fen", credit_settlement, auto_debit, created_at, updated_at
        from agreements where reg_no = any($1) and state = 'ACTIVE'
        order by id
        for no key update
        "#,
        reg_nos,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::payment) async fn active(
    conn: &mut PgConnection,
    reg_nos: &[String],
) -> sqlx::Result<Vec<Agreement>> {
    sqlx::query_as!(
        Agreement,
        r#"
        select id as "id: AgreementId", reg_no, bank_code, account_token, signed_on,
            state as "state: AgreementState", single_limit_fen as "single_limit: Fen",
            daily_limit_fen as "daily_limit: Fen", credit_settlement, auto_debit, created_at, updated_at
        from agreements where reg_no = any($1) and state = 'ACTIVE'
        "#,
        reg_nos,
    )
    .fetch_all(conn)
    .await
}

/// The agreement under which a payment was debited, while it is in force.
pub(in crate::payment) async fn active_of(
    conn: &mut PgConnection,
    payment: PaymentId,
) -> sqlx::Result<Option<AgreementId>> {
    sqlx::query_scalar!(
        r#"
        select a.id as "id: AgreementId" from agreements a join payments p on p.agreement_id = a.id
        where p.id = $1 and a.state = 'ACTIVE'
        "#,
        payment as PaymentId,
    )
    .fetch_optional(conn)
    .await
}

/// What an agreement has paid, or promised to pay, since the day began.
#[derive(Clone, Debug)]
pub(in crate::payment) struct Spent {
    pub agreement_id: AgreementId,
    pub amount: Fen,
}

pub(in crate::payment) async fn spent_since(
    conn: &mut PgConnection,
    agreements: &[Uuid],
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<Spent>> {
    sqlx::query_as!(
        Spent,
        r#"
        select agreement_id as "agreement_id!: AgreementId", sum(amount_fen)::int8 as "amount!: Fen"
        from payments
        where agreement_id = any($1) and created_at >= $2 and state <> 'FAILED'
        group by agreement_id
        "#,
        agreements,
        since,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::payment) async fn lock(
    conn: &mut PgConnection,
    id: AgreementId,
    reg_no: Option<&str>,
) -> sqlx::Result<Option<Agreement>> {
    sqlx::query_as!(
        Agreement,
        r#"
        select id as "id: AgreementId", reg_no, bank_code, account_token, signed_on,
            state as "state: AgreementState", single_limit_fen as "single_limit: Fen",
            daily_limit_fen as "daily_limit: Fen", credit_settlement, auto_debit, created_at, updated_at
        from agreements where id = $1 and ($2::text is null or reg_no = $2)
        for no key update
        "#,
        id as AgreementId,
        reg_no,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::payment) async fn step(
    conn: &mut PgConnection,
    id: AgreementId,
    to: AgreementState,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update agreements set state = $2, updated_at = $3 where id = $1",
        id as AgreementId,
        to as AgreementState,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    id: AgreementId,
    reg_no: Option<&str>,
) -> sqlx::Result<Option<Agreement>> {
    sqlx::query_as!(
        Agreement,
        r#"
        select id as "id: AgreementId", reg_no, bank_code, account_token, signed_on,
            state as "state: AgreementState", single_limit_fen as "single_limit: Fen",
            daily_limit_fen as "daily_limit: Fen", credit_settlement, auto_debit, created_at, updated_at
        from agreements where id = $1 and ($2::text is null or reg_no = $2)
        "#,
        id as AgreementId,
        reg_no,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::payment) async fn list(
    conn: &mut PgConnection,
    reg_no: Option<&str>,
    state: Option<AgreementState>,
    page: PageRequest,
) -> sqlx::Result<Vec<Agreement>> {
    sqlx::query_as!(
        Agreement,
        r#"
        select id as "id: AgreementId", reg_no, bank_code, account_token, signed_on,
            state as "state: AgreementState", single_limit_fen as "single_limit: Fen",
            daily_limit_fen as "daily_limit: Fen", credit_settlement, auto_debit, created_at, updated_at
        from agreements
        where ($1::text is null or reg_no = $1) and ($2::text is null or state = $2)
          and ($3::uuid is null or id < $3)
          and ($5::timestamptz is null or updated_at >= $5)
        order by id desc
        limit $4
        "#,
        reg_no,
        state as Option<AgreementState>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}
