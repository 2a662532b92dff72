//! The tables behind the books.
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    row::{Row, layout_of},
    service::{Filter, Listed},
    sheet::Layout,
    table::Validity,
};
use crate::kernel::{PageRequest, id};

/// Waits for whoever writes into a book. The trigger on the table takes the same lock.
pub(super) async fn lock(conn: &mut PgConnection, book: &str) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('reference ' || $1, 0))", book)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn edition(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!("select edition from reference_edition").fetch_one(conn).await
}

/// Tells every process that the tables have changed.
pub(super) async fn bump(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "update reference_edition set edition = edition + 1, changed_at = $1 returning edition",
        now,
    )
    .fetch_one(conn)
    .await
}

/// Every row of every book we know. (A newer version may have brought books that this one does not.)
pub(super) async fn all(conn: &mut PgConnection) -> sqlx::Result<Vec<Row>> {
    let rows = sqlx::query!("select book, key, valid_from, valid_to, data from reference_rows")
        .fetch_all(conn)
        .await?;
    let known = rows.into_iter().filter_map(|row| {
        let validity = Validity { from: row.valid_from, to: row.valid_to };
        Some(Row::stored(layout_of(&row.book)?, row.key, validity, &row.data))
    });
    Ok(known.collect())
}

pub(super) async fn of_book(
    conn: &mut PgConnection,
    layout: &'static Layout,
) -> sqlx::Result<Vec<Row>> {
    let rows = sqlx::query!(
        r#"
        select key, valid_from, valid_to, data from reference_rows
        where book = $1
        order by key, valid_from
        "#,
        layout.book,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let validity = Validity { from: row.valid_from, to: row.valid_to };
        Row::stored(layout, row.key, validity, &row.data)
    });
    Ok(rows.collect())
}

/// One page of a book, by key and first day.
pub(super) async fn page(
    conn: &mut PgConnection,
    layout: &'static Layout,
    filter: &Filter,
    request: PageRequest,
) -> sqlx::Result<Vec<Listed>> {
    let rows = sqlx::query!(
        r#"
        select id, key, valid_from, valid_to, data from reference_rows
        where book = $1
          and ($2::date is null or (valid_from <= $2 and (valid_to is null or valid_to >= $2)))
          and ($3::text is null or starts_with(key, $3))
          and ($4::uuid is null or (key, valid_from) > (
              select last.key, last.valid_from from reference_rows last
              where last.id = $4 and last.book = $1))
          and ($6::timestamptz is null or loaded_at >= $6)
        order by key, valid_from
        limit $5
        "#,
        layout.book,
        filter.on,
        filter.key,
        request.after,
        request.fetch(),
        request.since,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let validity = Validity { from: row.valid_from, to: row.valid_to };
        Listed { id: row.id, row: Row::stored(layout, row.key, validity, &row.data) }
    });
    Ok(rows.collect())
}

pub(super) async fn contains(conn: &mut PgConnection, book: &str, id: Uuid) -> sqlx::Result<bool> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from reference_rows where book = $1 and id = $2) as "found!""#,
        book,
        id,
    );
    found.fetch_one(conn).await
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    rows: &[Row],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let columns = Columns::of(rows, now);
    sqlx::query!(
        r#"
        insert into reference_rows (id, book, key, valid_from, valid_to, data, loaded_at)
        select *, $7::timestamptz from unnest(
            $1::uuid[], $2::text[], $3::text[], $4::date[], $5::date[], $6::jsonb[])
        "#,
        &columns.ids,
        &columns.books,
        &columns.keys,
        &columns.from,
        &columns.to as &[Option<NaiveDate>],
        &columns.data,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Inserts rows of keys that their book does not have at all, in one statement; tells how many.
pub(super) async fn insert_unknown(
    conn: &mut PgConnection,
    rows: &[Row],
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let columns = Columns::of(rows, now);
    let inserted = sqlx::query!(
        r#"
        insert into reference_rows (id, book, key, valid_from, valid_to, data, loaded_at)
        select seed.*, $7::timestamptz from unnest(
            $1::uuid[], $2::text[], $3::text[], $4::date[], $5::date[], $6::jsonb[])
            as seed(id, book, key, valid_from, valid_to, data)
        where not exists (
            select from reference_rows known
            where known.book = seed.book and known.key = seed.key)
        "#,
        &columns.ids,
        &columns.books,
        &columns.keys,
        &columns.from,
        &columns.to as &[Option<NaiveDate>],
        &columns.data,
        now,
    )
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected())
}

/// Gives rows new values and a new end; they keep their key and first day.
pub(super) async fn update(
    conn: &mut PgConnection,
    rows: &[Row],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let columns = Columns::of(rows, now);
    sqlx::query!(
        r#"
        update reference_rows row set valid_to = new.valid_to, data = new.data, loaded_at = $6
        from unnest($1::text[], $2::text[], $3::date[], $4::date[], $5::jsonb[])
            as new(book, key, valid_from, valid_to, data)
        where row.book = new.book and row.key = new.key and row.valid_from = new.valid_from
        "#,
        &columns.books,
        &columns.keys,
        &columns.from,
        &columns.to as &[Option<NaiveDate>],
        &columns.data,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn delete(conn: &mut PgConnection, rows: &[Row]) -> sqlx::Result<()> {
    let books: Vec<_> = rows.iter().map(|row| row.book.to_owned()).collect();
    let keys: Vec<_> = rows.iter().map(|row| row.key.clone()).collect();
    let from: Vec<_> = rows.iter().map(|row| row.validity.from).collect();
    sqlx::query!(
        r#"
        delete from reference_rows row
        using unnest($1::text[], $2::text[], $3::date[]) as gone(book, key, valid_from)
        where row.book = gone.book and row.key = gone.key and row.valid_from = gone.valid_from
        "#,
        &books,
        &keys,
        &from,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Rows turned on their side, as `unnest` wants them.
struct Columns {
    ids: Vec<Uuid>,
    books: Vec<String>,
    keys: Vec<String>,
    from: Vec<NaiveDate>,
    to: Vec<Option<NaiveDate>>,
    data: Vec<Value>,
}

impl Columns {
    fn of(rows: &[Row], now: DateTime<Utc>) -> Self {
        Self {
            ids: rows.iter().map(|_| id::mint(now)).collect(),
            books: rows.iter().map(|row| row.book.to_owned()).collect(),
            keys: rows.iter().map(|row| row.key.clone()).collect(),
            from: rows.iter().map(|row| row.validity.from).collect(),
            to: rows.iter().map(|row| row.validity.to).collect(),
            data: rows.iter().map(|row| Value::Object(row.data())).collect(),
        }
    }
}
