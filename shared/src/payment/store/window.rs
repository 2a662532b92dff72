//! Shifts, and payments that are taken in them.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    kernel::{Fen, PageRequest},
    payment::model::{Channel, NoticeId, PaymentId, Scope, Shift, ShiftId, ShiftState},
};

pub(in crate::payment) async fn open(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    id: ShiftId,
    (office, window_no): (&str, i16),
    cashier: Uuid,
    float: Fen,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into shifts (id, office, window_no, cashier_id, state, float_fen, opened_at)
        values ($1, $2, $3, $4, 'OPEN', $5, $6)
        "#,
        id as ShiftId,
        office,
        window_no,
        cashier,
        float as Fen,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::payment) async fn close(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    id: ShiftId,
    (expected, counted): (Fen, Fen),
    note: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update shifts
        set state = 'CLOSED', closed_at = $2, expected_fen = $3, counted_fen = $4, difference_fen = $4::int8 - $3::int8,
            note = $5, revision = revision + 1
        where id = $1
        "#,
        id as ShiftId,
        now,
        expected as Fen,
        counted as Fen,
        note,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Holds a shift until the transaction ends.
pub(in crate::payment) async fn lock(conn: &mut PgConnection, id: ShiftId) -> sqlx::Result<()> {
    sqlx::query!("select id from shifts where id = $1 for update", id as ShiftId)
        .fetch_optional(conn)
        .await?;
    Ok(())
}

/// Holds the open shift of a cashier until the transaction ends.
pub(in crate::payment) async fn lock_open_of(
    conn: &mut PgConnection,
    cashier: Uuid,
) -> sqlx::Result<Option<ShiftId>> {
    sqlx::query_scalar!(
        r#"select id as "id: ShiftId" from shifts where cashier_id = $1 and state = 'OPEN' for update"#,
        cashier,
    )
    .fetch_optional(conn)
    .await
}

/// A query for whole shifts: which ones is said in the words after `from shift_sheets`.
macro_rules! shifts {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Shift,
            r#"
            select id as "id!: ShiftId", office as "office!", window_no as "window_no!", cashier_id as "cashier_id!",
                state as "state!: ShiftState", float_fen as "float!: Fen", opened_at as "opened_at!", closed_at,
                counted_fen as "counted: Fen", difference_fen as "difference: Fen", note, revision as "revision!",
                cash_count as "cash_count!", cash_fen as "cash!: Fen", pos_count as "pos_count!", pos_fen as "pos!: Fen",
                cheque_count as "cheque_count!", cheque_fen as "cheque!: Fen", cash_back_count as "cash_back_count!",
                cash_back_fen as "cash_back!: Fen"
            from shift_sheets
            "# + $which,
            $($argument),*
        )
    };
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    id: ShiftId,
    scope: &Scope<'_>,
) -> sqlx::Result<Option<Shift>> {
    shifts!(
        r#"
        where id = $1 and ($2::text is null or office = $2)
        "#,
        id as ShiftId,
        scope.office,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::payment) async fn list(
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    state: Option<ShiftState>,
    page: PageRequest,
) -> sqlx::Result<Vec<Shift>> {
    shifts!(
        r#"
        where ($1::text is null or office = $1) and ($2::text is null or state = $2) and ($3::uuid is null or id < $3)
          and ($5::timestamptz is null or greatest(opened_at, closed_at) >= $5)
        order by id desc
        limit $4
        "#,
        scope.office,
        state as Option<ShiftState>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// A payment that was taken by hand.
#[derive(Clone, Debug)]
pub(in crate::payment) struct Collected<'a> {
    pub id: PaymentId,
    pub notice: NoticeId,
    pub reg_no: &'a str,
    pub channel: Channel,
    pub amount: Fen,
    pub late: Fen,
    pub shift: ShiftId,
    pub cashier: Uuid,
    pub tendered: Option<Fen>,
    pub slip_no: Option<&'a str>,
    pub drawn_on: Option<&'a str>,
}

pub(in crate::payment) async fn collect(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    payment: &Collected<'_>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into payments (id, notice_id, reg_no, channel, amount_fen, late_fen, state, shift_id, taken_by,
            tendered_fen, slip_no, drawn_on, created_at, settled_at)
        values ($1, $2, $3, $4, $5, $6, 'SUCCESS', $7, $8, $9, $10, $11, $12, $12)
        "#,
        payment.id as PaymentId,
        payment.notice as NoticeId,
        payment.reg_no,
        payment.channel as Channel,
        payment.amount as Fen,
        payment.late as Fen,
        payment.shift as ShiftId,
        payment.cashier,
        payment.tendered as Option<Fen>,
        payment.slip_no,
        payment.drawn_on,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
