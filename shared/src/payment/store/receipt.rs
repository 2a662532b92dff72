//! Receipts and their numbers.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    kernel::Fen,
    payment::model::{PaymentId, Receipt},
};

/// The next number of an office and year. Whoever comes after waits until this one is used, or not.
pub(in crate::payment) async fn next_serial(
    conn: &mut PgConnection,
    office: &str,
    year: i16,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"
        insert into receipt_series (office, year, next_serial) values ($1, $2, 2)
        on conflict (office, year) do update set next_serial = receipt_series.next_serial + 1
        returning next_serial - 1 as "serial!"
        "#,
        office,
        year,
    )
    .fetch_one(conn)
    .await
}

pub(in crate::payment) async fn insert(
    conn: &mut PgConnection,
    office: &str,
    receipt: &Receipt,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into receipts (receipt_no, payment_id, office, payer, amount_fen, issued_at, issued_by, prints, printed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        receipt.receipt_no,
        receipt.payment_id as PaymentId,
        office,
        receipt.payer,
        receipt.amount as Fen,
        receipt.issued_at,
        receipt.issued_by,
        receipt.prints,
        receipt.printed_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts another print, where there was one.
pub(in crate::payment) async fn reprint(
    conn: &mut PgConnection,
    payment: PaymentId,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Receipt>> {
    sqlx::query_as!(
        Receipt,
        r#"
        update receipts set prints = prints + 1, printed_at = $2 where payment_id = $1
        returning receipt_no, payment_id as "payment_id: PaymentId", payer, amount_fen as "amount: Fen", issued_at,
            issued_by, prints, printed_at
        "#,
        payment as PaymentId,
        now,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    payment: PaymentId,
) -> sqlx::Result<Option<Receipt>> {
    sqlx::query_as!(
        Receipt,
        r#"
        select receipt_no, payment_id as "payment_id: PaymentId", payer, amount_fen as "amount: Fen", issued_at,
            issued_by, prints, printed_at
        from receipts where payment_id = $1
        "#,
        payment as PaymentId,
    )
    .fetch_optional(conn)
    .await
}
