//! Score items.
use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    credit::{
        CreditEvent, CreditEventId, Period, Score, Weight, score::Struck, service::score::Filter,
    },
    identity::{CreditClass, StaffId},
    kernel::PageRequest,
};

struct Row {
    id: CreditEventId,
    reg_no: String,
    item: String,
    points: i32,
    worst_class: Option<CreditClass>,
    occurred_on: NaiveDate,
    source: Option<Uuid>,
    remark: Option<String>,
    recorded_by: Option<StaffId>,
    recorded_at: DateTime<Utc>,
    struck_by: Option<StaffId>,
    struck_at: Option<DateTime<Utc>>,
    struck_because: Option<String>,
}

impl From<Row> for CreditEvent {
    fn from(row: Row) -> Self {
        let struck = row.struck_at.zip(row.struck_because);
        Self {
            id: row.id,
            reg_no: row.reg_no,
            item: row.item,
            weight: Weight { points: row.points, worst_class: row.worst_class },
            occurred_on: row.occurred_on,
            source: row.source,
            remark: row.remark,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at,
            struck: struck.map(|(at, because)| Struck { by: row.struck_by, at, because }),
        }
    }
}

/// A query for whole score items: which ones is said in the words after `from credit_events`.
macro_rules! items {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"
            select id as "id: CreditEventId", reg_no, item, points, worst_class as "worst_class: CreditClass", occurred_on,
                source, remark, recorded_by as "recorded_by: StaffId", recorded_at, struck_by as "struck_by: StaffId",
                struck_at, struck_because
            from credit_events
            "# + $which,
            $($argument),*
        )
    };
}

/// Whether it is new: what another room found is kept once for each record and item.
pub(in crate::credit) async fn insert(
    conn: &mut PgConnection,
    event: &CreditEvent,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into credit_events (id, reg_no, item, points, worst_class, occurred_on, source, remark, recorded_by,
            recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (source, item) where source is not null do nothing
        "#,
        event.id.0,
        event.reg_no,
        event.item,
        event.weight.points,
        event.weight.worst_class as Option<CreditClass>,
        event.occurred_on,
        event.source,
        event.remark,
        event.recorded_by as Option<StaffId>,
        event.recorded_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::credit) async fn find(
    conn: &mut PgConnection,
    own: Option<&str>,
    id: CreditEventId,
) -> sqlx::Result<Option<CreditEvent>> {
    let row = items!("where id = $1 and ($2::text is null or reg_no = $2)", id.0, own,)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(Into::into))
}

pub(in crate::credit) async fn lock(
    conn: &mut PgConnection,
    id: CreditEventId,
) -> sqlx::Result<Option<CreditEvent>> {
    let row = items!("where id = $1 for update", id.0,).fetch_optional(conn).await?;
    Ok(row.map(Into::into))
}

pub(in crate::credit) async fn strike(
    conn: &mut PgConnection,
    id: CreditEventId,
    struck: &Struck,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update credit_events set struck_by = $2, struck_at = $3, struck_because = $4 where id = $1",
        id.0,
        struck.by as Option<StaffId>,
        struck.at,
        struck.because,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::credit) async fn list(
    conn: &mut PgConnection,
    own: Option<&str>,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<CreditEvent>> {
    let rows = items!(
        r#"
        where ($1::text is null or reg_no = $1)
          and ($2::text is null or reg_no = $2)
          and ($3::text is null or item = $3)
          and ($4::date is null or occurred_on >= $4)
          and ($5::date is null or occurred_on <= $5)
          and ($6::uuid is null or id < $6)
          and ($8::timestamptz is null or greatest(recorded_at, struck_at) >= $8)
        order by id desc
        limit $7
        "#,
        own,
        filter.reg_no.as_deref(),
        filter.item.as_deref(),
        filter.period.map(Period::first_day),
        filter.period.map(Period::last_day),
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// What a period came to for each of them; who has nothing against it is not in the answer.
pub(in crate::credit) async fn sums(
    conn: &mut PgConnection,
    reg_nos: &[String],
    period: Period,
) -> sqlx::Result<HashMap<String, Score>> {
    let rows = sqlx::query!(
        r#"
        select reg_no, count(*) as "events!", sum(points) as "points!", max(worst_class) as "worst_class: CreditClass"
        from credit_events
        where reg_no = any($1) and occurred_on between $2 and $3 and struck_at is null
        group by reg_no
        "#,
        reg_nos,
        period.first_day(),
        period.last_day(),
    )
    .fetch_all(conn)
    .await?;
    let sums = rows.into_iter().map(|row| {
        let (events, points, worst_class) = (row.events, row.points, row.worst_class);
        (row.reg_no, Score { events, points, worst_class })
    });
    Ok(sums.collect())
}
