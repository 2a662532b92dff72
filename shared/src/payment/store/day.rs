//! The bank's days: statements, what does not agree, and what is closed.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    kernel::{Fen, id},
    payment::{
        model::{BankDay, DayDifference, DayState, DifferenceId, DifferenceState, StatementSource},
        recon::{
            DayRecord,
            compare::{Compared, DifferenceKind},
            statement::{Line, LineKind},
        },
    },
};

/// A statement that is about to be kept.
#[derive(Clone, Copy, Debug)]
pub(in crate::payment) struct Received<'a> {
    pub bank_code: &'a str,
    pub day: NaiveDate,
    pub source: StatementSource,
    pub digest: &'a str,
    pub lines: &'a [Line],
}

/// A query for whole days: which ones is said in the words after `from bank_days`.
macro_rules! bank_days {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            BankDay,
            r#"
            select bank_code, day, state as "state: DayState", source as "source: StatementSource", digest, lines, bank_fen,
                own_fen, received_at, closed_at, closed_by
            from bank_days
            "# + $which,
            $($argument),*
        )
    };
}

/// A query for whole differences: which ones is said in the words after `from day_differences`.
macro_rules! differences {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            DayDifference,
            r#"
            select id as "id: DifferenceId", bank_code, day, kind as "kind: DifferenceKind",
                line_kind as "line_kind: LineKind", bank_ref, subject, bank_fen as "bank: Fen", own_fen as "own: Fen",
                belongs_to, state as "state: DifferenceState", explanation, explained_by, explained_at, approved_by, approved_at
            from day_differences
            "# + $which,
            $($argument),*
        )
    };
}

pub(in crate::payment) async fn read(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
) -> sqlx::Result<Option<BankDay>> {
    bank_days!(
        r#"
        where bank_code = $1 and day = $2
        "#,
        bank_code,
        day,
    )
    .fetch_optional(conn)
    .await
}

/// Holds a day until the transaction ends.
pub(in crate::payment) async fn lock(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
) -> sqlx::Result<Option<BankDay>> {
    bank_days!(
        r#"
        where bank_code = $1 and day = $2
        for update
        "#,
        bank_code,
        day,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::payment) async fn list(
    conn: &mut PgConnection,
    bank_code: &str,
    before: Option<NaiveDate>,
    limit: i64,
) -> sqlx::Result<Vec<BankDay>> {
    bank_days!(
        r#"
        where bank_code = $1 and ($2::date is null or day < $2)
        order by day desc
        limit $3
        "#,
        bank_code,
        before,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Keeps a statement in the place of the one before, with what does not agree so far gone.
pub(in crate::payment) async fn receive(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    received: &Received<'_>,
) -> sqlx::Result<()> {
    let Received { bank_code, day, source, digest, lines } = *received;
    sqlx::query!("delete from statement_lines where bank_code = $1 and day = $2", bank_code, day)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        r#"
        insert into bank_days (bank_code, day, state, source, digest, lines, bank_fen, own_fen, received_at)
        values ($1, $2, 'OPEN', $3, $4, $5, 0, 0, $6)
        on conflict (bank_code, day) do update
        set source = excluded.source, digest = excluded.digest, lines = excluded.lines,
            received_at = excluded.received_at
        "#,
        bank_code,
        day,
        source as StatementSource,
        digest,
        i32::try_from(lines.len()).unwrap_or(i32::MAX),
        now,
    )
    .execute(&mut *conn)
    .await?;
    let numbers: Vec<_> = lines.iter().map(|line| line.line_no).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line.kind).collect();
    let refs: Vec<_> = lines.iter().map(|line| line.bank_ref.clone()).collect();
    let subjects: Vec<_> = lines.iter().map(|line| line.subject).collect();
    let amounts: Vec<_> = lines.iter().map(|line| line.amount.0).collect();
    let times: Vec<_> = lines.iter().map(|line| line.booked_at).collect();
    let late: Vec<_> = lines.iter().map(|line| line.belongs_to).collect();
    sqlx::query!(
        r#"
        insert into statement_lines
            (bank_code, day, line_no, kind, bank_ref, subject, amount_fen, booked_at, belongs_to)
        select $1::text, $2::date, *
        from unnest($3::int4[], $4::text[], $5::text[], $6::uuid[], $7::int8[], $8::timestamptz[], $9::date[])
        "#,
        bank_code,
        day,
        &numbers,
        &kinds as &[LineKind],
        &refs,
        &subjects,
        &amounts,
        &times,
        &late as &[Option<NaiveDate>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::payment) async fn lines(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
) -> sqlx::Result<Vec<Line>> {
    sqlx::query_as!(
        Line,
        r#"
        select line_no, kind as "kind: LineKind", bank_ref, subject, amount_fen as "amount: Fen", booked_at, belongs_to
        from statement_lines where bank_code = $1 and day = $2
        order by line_no
        "#,
        bank_code,
        day,
    )
    .fetch_all(conn)
    .await
}

/// The closed days before a day, the latest of them.
pub(in crate::payment) async fn closed_before(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
) -> sqlx::Result<Vec<NaiveDate>> {
    sqlx::query_scalar!(
        "select day from bank_days where bank_code = $1 and day < $2 and state = 'CLOSED' order by day desc limit 400",
        bank_code,
        day,
    )
    .fetch_all(conn)
    .await
}

/// Writes down what does not agree, and the two totals. What is written down already stays as it is.
pub(in crate::payment) async fn differ(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    (bank_code, day): (&str, NaiveDate),
    compared: &Compared,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update bank_days set bank_fen = $3, own_fen = $4 where bank_code = $1 and day = $2",
        bank_code,
        day,
        compared.bank_fen,
        compared.own_fen,
    )
    .execute(&mut *conn)
    .await?;
    let differing = &compared.differing;
    let ids: Vec<Uuid> = differing.iter().map(|_| id::mint(now)).collect();
    let kinds: Vec<_> = differing.iter().map(|one| one.kind).collect();
    let line_kinds: Vec<_> = differing.iter().map(|one| one.line_kind).collect();
    let refs: Vec<_> = differing.iter().map(|one| one.bank_ref.clone()).collect();
    let subjects: Vec<_> = differing.iter().map(|one| one.subject).collect();
    let banks: Vec<_> = differing.iter().map(|one| one.bank.map(|fen| fen.0)).collect();
    let owns: Vec<_> = differing.iter().map(|one| one.own.map(|fen| fen.0)).collect();
    let late: Vec<_> = differing.iter().map(|one| one.belongs_to).collect();
    sqlx::query!(
        r#"
        with told as (
            select * from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::int8[], $9::int8[], $10::date[])
                as told(id, kind, line_kind, bank_ref, subject, bank_fen, own_fen, belongs_to)
        ), gone as (
            delete from day_differences d
            where d.bank_code = $1 and d.day = $2 and d.state = 'OPEN' and not exists (select from told
                where d.kind = told.kind and d.line_kind = told.line_kind and d.bank_ref = told.bank_ref
                  and d.bank_fen is not distinct from told.bank_fen and d.own_fen is not distinct from told.own_fen)
        )
        insert into day_differences
            (id, bank_code, day, kind, line_kind, bank_ref, subject, bank_fen, own_fen, belongs_to, state)
        select told.id, $1::text, $2::date, told.kind, told.line_kind, told.bank_ref, told.subject, told.bank_fen,
            told.own_fen, told.belongs_to, 'OPEN'
        from told
        where not exists (select from day_differences d
            where d.bank_code = $1 and d.day = $2
              and d.kind = told.kind and d.line_kind = told.line_kind and d.bank_ref = told.bank_ref
              and (d.state <> 'OPEN' or d.bank_fen is not distinct from told.bank_fen
                  and d.own_fen is not distinct from told.own_fen))
        "#,
        bank_code,
        day,
        &ids,
        &kinds as &[DifferenceKind],
        &line_kinds as &[LineKind],
        &refs,
        &subjects,
        &banks as &[Option<i64>],
        &owns as &[Option<i64>],
        &late as &[Option<NaiveDate>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::payment) async fn differences(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
) -> sqlx::Result<Vec<DayDifference>> {
    differences!(
        r#"
        where bank_code = $1 and day = $2
        order by id
        "#,
        bank_code,
        day,
    )
    .fetch_all(conn)
    .await
}

/// Holds the day of a difference until the transaction ends.
pub(in crate::payment) async fn lock_of(
    conn: &mut PgConnection,
    id: DifferenceId,
) -> sqlx::Result<Option<DayState>> {
    sqlx::query_scalar!(
        r#"
        select b.state as "state: DayState"
        from bank_days b join day_differences d on d.bank_code = b.bank_code and d.day = b.day
        where d.id = $1
        for update of b
        "#,
        id as DifferenceId,
    )
    .fetch_optional(conn)
    .await
}

/// Holds a difference until the transaction ends.
pub(in crate::payment) async fn lock_difference(
    conn: &mut PgConnection,
    id: DifferenceId,
) -> sqlx::Result<Option<DayDifference>> {
    differences!(
        r#"
        where id = $1
        for update
        "#,
        id as DifferenceId,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::payment) async fn update_difference(
    conn: &mut PgConnection,
    difference: &DayDifference,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update day_differences
        set state = $2, explanation = $3, explained_by = $4, explained_at = $5, approved_by = $6, approved_at = $7
        where id = $1
        "#,
        difference.id as DifferenceId,
        difference.state as DifferenceState,
        difference.explanation,
        difference.explained_by,
        difference.explained_at,
        difference.approved_by,
        difference.approved_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::payment) async fn close(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    (bank_code, day): (&str, NaiveDate),
    by: Option<Uuid>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update bank_days set state = 'CLOSED', closed_at = $3, closed_by = $4 where bank_code = $1 and day = $2",
        bank_code,
        day,
        now,
        by,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps what was signed of a day that is closed.
pub(in crate::payment) async fn keep_record(
    conn: &mut PgConnection,
    (bank_code, day): (&str, NaiveDate),
    kept: &DayRecord,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into day_records (bank_code, day, record, bureau, key_id, signature)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        bank_code,
        day,
        kept.record,
        kept.bureau.as_deref(),
        kept.key_id.as_deref(),
        kept.signature.as_deref(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::payment) async fn record(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
) -> sqlx::Result<Option<DayRecord>> {
    sqlx::query_as!(
        DayRecord,
        "select record, bureau, key_id, signature from day_records where bank_code = $1 and day = $2",
        bank_code,
        day,
    )
    .fetch_optional(conn)
    .await
}

/// Days before `today` on which something was booked and that are not closed, oldest first: since the first of them.
pub(in crate::payment) async fn wanted(
    conn: &mut PgConnection,
    bank_code: &str,
    today: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<NaiveDate>> {
    sqlx::query_scalar!(
        r#"
        select passed.day::date as "day!" from (
            select min(bank_time at time zone 'Asia/Shanghai')::date as first from payments
            where bank_code = $1 and bank_time is not null
        ) since,
        generate_series(greatest(first, $2::date - 400), $2::date - 1, '1 day') passed(day)
        where first is not null
          and not exists (select from bank_days known where known.bank_code = $1 and known.day = passed.day::date)
        order by 1
        limit $3
        "#,
        bank_code,
        today,
        limit,
    )
    .fetch_all(conn)
    .await
}
