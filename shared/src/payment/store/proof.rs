//! The views that prove the books.
use sqlx::PgConnection;

use crate::{
    kernel::Fen,
    payment::{
        audit::Side,
        model::{NoticeId, PaymentId, Scope},
    },
};

/// One account: a line of the chart with what stands in it.
#[derive(Clone, Debug)]
pub(in crate::payment) struct Held {
    pub account: Option<String>,
    pub kind: String,
    pub side: Side,
    pub name_zh: String,
    pub name_en: String,
    pub entries: i64,
    pub debits: Fen,
    pub credits: Fen,
    pub claimed: Fen,
}

/// The whole chart with all accounts, in one statement: at one moment. A kind that was never used comes with no account.
pub(in crate::payment) async fn accounts(conn: &mut PgConnection) -> sqlx::Result<Vec<Held>> {
    sqlx::query_as!(
        Held,
        r#"
        select a.account, c.kind as "kind!", c.side as "side!: Side", c.name_zh as "name_zh!",
            c.name_en as "name_en!", coalesce(a.entries, 0) as "entries!",
            coalesce(a.debits_fen, 0) as "debits!: Fen", coalesce(a.credits_fen, 0) as "credits!: Fen",
            coalesce(a.claimed_fen, 0) as "claimed!: Fen"
        from chart_of_accounts c left join ledger_accounts a using (kind)
        order by c.side desc, c.kind, a.account
        "#,
    )
    .fetch_all(conn)
    .await
}

/// One posting, as it stands.
#[derive(Clone, Debug)]
pub struct Posted {
    pub id: uuid::Uuid,
    pub at: chrono::DateTime<chrono::Utc>,
    pub debit: String,
    pub credit: String,
    pub amount: Fen,
    pub cause: String,
    pub payment_id: Option<PaymentId>,
}

/// All that was posted for a notice, in its order.
pub(in crate::payment) async fn postings_of(
    conn: &mut PgConnection,
    notice: NoticeId,
) -> sqlx::Result<Vec<Posted>> {
    sqlx::query_as!(
        Posted,
        r#"
        select id, at, debit, credit, amount_fen as "amount: Fen", cause, payment_id as "payment_id: PaymentId"
        from postings where notice_id = $1
        order by uuid_send(id)
        "#,
        notice as NoticeId,
    )
    .fetch_all(conn)
    .await
}

/// Whether somebody may see a notice.
pub(in crate::payment) async fn is_seen(
    conn: &mut PgConnection,
    notice: NoticeId,
    scope: &Scope<'_>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"
        select exists (select from fee_notices where id = $1 and ($2::text is null or reg_no = $2)
            and ($3::text is null or decl_org = $3)) as "seen!"
        "#,
        notice as NoticeId,
        scope.reg_no,
        scope.office,
    )
    .fetch_one(conn)
    .await
}
