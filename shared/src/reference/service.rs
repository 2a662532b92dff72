//! Loading tables and reading them row by row.
use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Books,
    event::{Imported, Seeded},
    file,
    row::{Row, layout_of},
    sheet::Layout,
    store,
    timeline::{Change, Diff, Extent},
};
use crate::{
    kernel::{Actor, Failure, Page, PageRequest, Violations, id},
    ledger::Tx,
};

/// A file and how it is meant.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    pub book: &'a str,
    /// CSV in UTF-8.
    pub file: &'a [u8],
    /// The first day of rows that name none.
    pub effective_from: Option<NaiveDate>,
    /// The file lists the whole book, as it is from `effective_from` on.
    pub is_complete: bool,
}

impl Upload<'_> {
    fn layout(&self) -> Result<&'static Layout, Failure> {
        layout_of(self.book).ok_or(Failure::Missing("reference table"))
    }

    fn extent(&self) -> Result<Extent, Violations> {
        match (self.is_complete, self.effective_from) {
            (false, _) => Ok(Extent::Listed),
            (true, Some(day)) => Ok(Extent::CompleteFrom(day)),
            (true, None) => Err(one_error(
                "/query/effective_from",
                "value-missing",
                "整表导入须给出生效日期",
                "a complete file needs the day from which it is complete",
            )),
        }
    }

    fn rows(&self, layout: &'static Layout) -> Result<Vec<Row>, Violations> {
        let rows = file::read(layout, self.file, self.effective_from)?;
        if rows.is_empty() {
            return Err(one_error("", "no-rows", "文件没有数据行", "the file has no rows"));
        }
        Ok(rows)
    }
}

fn one_error(pointer: &str, code: &str, zh: &str, en: &str) -> Violations {
    let mut violations = Violations::default();
    violations.error(pointer, code, zh, en);
    violations
}

/// What a file would change. Nothing is written.
pub async fn compare(conn: &mut PgConnection, upload: &Upload<'_>) -> Result<Diff, Failure> {
    let layout = upload.layout()?;
    let (rows, extent) = (upload.rows(layout)?, upload.extent()?);
    let stored = store::of_book(conn, layout).await?;
    Ok(Diff::between(&stored, &rows, extent))
}

/// Loads a file into a book. Two imports of one book wait for each other; a file that changes nothing leaves
/// no trace.
pub async fn import(tx: &mut Tx, actor: &Actor, upload: &Upload<'_>) -> Result<Diff, Failure> {
    let layout = upload.layout()?;
    store::lock(tx, layout.book).await?;
    let diff = compare(tx, upload).await?;
    if diff.changes.is_empty() {
        return Ok(diff);
    }

    let now = tx.now;
    let writes = Writes::of(&diff);
    // What makes room goes first: no two rows may hold on one day, not even in between.
    store::delete(tx, &writes.gone).await?;
    store::update(tx, &writes.altered, now).await?;
    store::insert(tx, &writes.new, now).await?;
    let edition = store::bump(tx, now).await?;
    tx.record(actor, &imported(id::mint(now), layout, upload, &diff, edition))?;
    Ok(diff)
}

/// Loads the tables we ship, as far as the database does not have them: keys it knows are left alone, whatever
/// their rows say. One statement for all books, so that every test can afford it.
pub async fn seed(tx: &mut Tx) -> Result<u64, Failure> {
    let now = tx.now;
    let rows = store::insert_unknown(tx, file::seed_rows(), now).await?;
    if rows > 0 {
        let edition = store::bump(tx, now).await?;
        tx.record(&Actor::system(), &Seeded { import: id::mint(now), edition, rows })?;
    }
    Ok(rows)
}

/// Which rows of a book are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only what holds on that day.
    pub on: Option<NaiveDate>,
    /// Only keys that begin with this.
    pub key: Option<String>,
}

/// A row of a list. The id is good for turning the page.
#[derive(Clone, Debug)]
pub struct Listed {
    pub id: Uuid,
    pub row: Row,
}

/// One page of a book, by key and first day.
pub async fn list(
    conn: &mut PgConnection,
    book: &str,
    filter: &Filter,
    request: PageRequest,
) -> Result<Page<Listed>, Failure> {
    let layout = layout_of(book).ok_or(Failure::Missing("reference table"))?;
    if let Some(after) = request.after
        && !store::contains(conn, book, after).await?
    {
        let (zh, en) = ("该游标已失效,请从头翻页", "this cursor is no more; begin again");
        return Err(one_error("/query/cursor", "cursor-unknown", zh, en).into());
    }
    let rows = store::page(conn, layout, filter, request).await?;
    Ok(Page::cut(rows, request))
}

impl Books {
    /// Reads all books. The edition is read first: whatever is imported meanwhile is read again.
    pub async fn load(conn: &mut PgConnection) -> anyhow::Result<Self> {
        let edition = store::edition(conn).await?;
        Self::build(edition, &store::all(conn).await?)
    }
}

#[derive(Default)]
struct Writes {
    gone: Vec<Row>,
    altered: Vec<Row>,
    new: Vec<Row>,
}

impl Writes {
    fn of(diff: &Diff) -> Self {
        let mut writes = Self::default();
        for change in &diff.changes {
            match change {
                Change::Removed(row) => writes.gone.push(row.clone()),
                Change::Changed { after, .. } | Change::Ended { after, .. } => {
                    writes.altered.push(after.clone());
                }
                Change::Added(row) => writes.new.push(row.clone()),
            }
        }
        writes
    }
}

fn imported(
    import: Uuid,
    layout: &Layout,
    upload: &Upload<'_>,
    diff: &Diff,
    edition: i64,
) -> Imported {
    let digest = Sha256::digest(upload.file);
    Imported {
        import,
        book: layout.book,
        file_sha256: crate::kernel::hex(&digest),
        effective_from: upload.effective_from,
        is_complete: upload.is_complete,
        edition,
        counts: diff.counts(),
    }
}
