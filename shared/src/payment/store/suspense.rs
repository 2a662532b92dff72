//! Money that no payment waits for.
use std::collections::HashMap;

use sqlx::PgConnection;

use crate::{
    kernel::{Fen, PageRequest},
    payment::{
        model::{RefundId, SuspenseItem, Why},
        recon::statement::{Line, LineKind},
        status::refund::RefundState,
    },
};

/// Which of these bookings lie, or lay, in suspense as nobody's, and how much each was.
pub(in crate::payment) async fn orphans(
    conn: &mut PgConnection,
    bank_code: &str,
    refs: &[String],
) -> sqlx::Result<HashMap<String, Fen>> {
    if refs.is_empty() {
        return Ok(HashMap::new());
    }
    let found = sqlx::query!(
        r#"
        select w.bank_ref, w.amount_fen as "amount: Fen" from bank_words w
        where w.bank_code = $1 and w.bank_ref = any($2) and w.outcome = 'SUCCESS' and w.effect = 'SUSPEND'
          and not exists (select from payments p where p.id = w.payment_id and p.bank_code = w.bank_code)
        "#,
        bank_code,
        refs,
    )
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(|one| (one.bank_ref, one.amount)).collect())
}

/// Every line of any day's statement that takes this booking back.
pub(in crate::payment) async fn reversals_of(
    conn: &mut PgConnection,
    bank_code: &str,
    bank_ref: &str,
) -> sqlx::Result<Vec<Line>> {
    sqlx::query_as!(
        Line,
        r#"
        select line_no, kind as "kind: LineKind", bank_ref, subject, amount_fen as "amount: Fen", booked_at, belongs_to
        from statement_lines where bank_code = $1 and bank_ref = $2 and kind = 'REVERSAL'
        order by day, line_no
        "#,
        bank_code,
        bank_ref,
    )
    .fetch_all(conn)
    .await
}

/// What lies in suspense, oldest first, after that booking: its pages are turned by what the bank calls it, by no id.
pub(in crate::payment) async fn open(
    conn: &mut PgConnection,
    bank_code: &str,
    after: Option<&str>,
    page: PageRequest,
) -> sqlx::Result<Vec<SuspenseItem>> {
    sqlx::query_as!(
        SuspenseItem,
        r#"
        select bank_ref as "bank_ref!", why as "why!: Why", subject as "subject!", open_fen as "amount!: Fen",
            booked_at as "booked_at!", since as "since!", refund_id as "refund_id: RefundId",
            refund_state as "refund_state: RefundState"
        from suspense_items
        where bank_code = $1 and open_fen > 0
          and ($2::text is null or (since, bank_ref) > (
              select since, bank_ref from suspense_items where bank_code = $1 and bank_ref = $2))
          and ($4::timestamptz is null or since >= $4)
        order by since, bank_ref
        limit $3
        "#,
        bank_code,
        after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// How much lies in suspense.
pub(in crate::payment) async fn total(
    conn: &mut PgConnection,
    bank_code: &str,
) -> sqlx::Result<Fen> {
    sqlx::query_scalar!(
        r#"select coalesce(sum(open_fen), 0)::int8 as "total!: Fen" from suspense_items where bank_code = $1"#,
        bank_code,
    )
    .fetch_one(conn)
    .await
}
