//! What is scored against an enterprise: by an officer, by what other rooms found, and taken back.
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    credit::{
        CreditEvent, CreditEventId, Period, Score, Weight,
        event::{EventRecorded, EventStruck},
        score::Struck,
        store,
    },
    identity::{CreditClass, StaffId, service::organisation},
    kernel::{Actor, Failure, Page, PageRequest, Violations},
    ledger::{Happening, Tx, event},
    reference::Books,
};

const MISSING: Failure = Failure::Missing("credit event");

/// A score item, as an officer enters it.
#[derive(Clone, Debug)]
pub struct Input {
    pub reg_no: String,
    pub item: String,
    pub occurred_on: NaiveDate,
    pub remark: Option<String>,
}

/// Which events to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub reg_no: Option<String>,
    pub item: Option<String>,
    pub period: Option<Period>,
}

/// Where an enterprise stands now.
#[derive(Clone, Debug)]
pub struct Standing {
    pub reg_no: String,
    pub class: CreditClass,
    pub version: i64,
    pub since: NaiveDate,
    /// The period that runs, and what it came to so far.
    pub period: Period,
    pub score: Score,
    /// What the class would be, were the period over.
    pub tends_to: CreditClass,
}

/// An officer enters what an enterprise did. It weighs what the book says of that day.
pub async fn record(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    input: Input,
) -> Result<CreditEvent, Failure> {
    let recorded_by = StaffId(actor.person()?);
    let mut wrong = Violations::default();
    if organisation::rated_of(tx, &input.reg_no).await?.is_none() {
        let (zh, en) = ("本局无此登记号", "no enterprise of that number is registered here");
        wrong.error("/reg_no", "enterprise-unknown", zh, en);
    }
    if input.occurred_on > tx.today() {
        let (zh, en) = ("日期不能晚于今天", "not later than today");
        wrong.error("/occurred_on", "date-in-future", zh, en);
    }
    let item = books.credit_item(&input.item, input.occurred_on);
    if item.is_none() {
        let (zh, en) = ("当日无此记分项", "the book has no such item on that day");
        wrong.error("/item", "credit-item-unknown", zh, en);
    }
    let weight = wrong.finish(item.map(Weight::of))?;
    let event = CreditEvent {
        id: CreditEventId::mint(tx.now),
        reg_no: input.reg_no,
        item: input.item,
        weight,
        occurred_on: input.occurred_on,
        source: None,
        remark: input.remark,
        recorded_by: Some(recorded_by),
        recorded_at: tx.now,
        struck: None,
    };
    store::event::insert(tx, &event).await?;
    tx.record(actor, &EventRecorded::of(&event))?;
    Ok(event)
}

/// What another room found counts against the enterprise, once for each record and item.
pub async fn note(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    (reg_no, item): (&str, &str),
    (occurred_on, source): (NaiveDate, Uuid),
) -> Result<(), Failure> {
    let known = books.credit_item(item, occurred_on);
    let weight = known.map(Weight::of).ok_or_else(|| anyhow::anyhow!("no item {item}"))?;
    let event = CreditEvent {
        id: CreditEventId::mint(tx.now),
        reg_no: reg_no.to_owned(),
        item: item.to_owned(),
        weight,
        occurred_on,
        source: Some(source),
        remark: None,
        recorded_by: None,
        recorded_at: tx.now,
        struck: None,
    };
    if store::event::insert(tx, &event).await? {
        tx.record(actor, &EventRecorded::of(&event))?;
    }
    Ok(())
}

/// A duty chief takes back what was entered by mistake; whoever entered it does not judge that.
pub async fn strike(
    tx: &mut Tx,
    actor: &Actor,
    id: CreditEventId,
    because: String,
) -> Result<CreditEvent, Failure> {
    let event = store::event::lock(tx, id).await?.ok_or(MISSING)?;
    let chief = StaffId(actor.person()?);
    if event.struck.is_some() {
        let detail = "this item was taken back already";
        return Err(Failure::refused("credit/event-struck", detail));
    }
    if event.recorded_by == Some(chief) {
        return Err(Failure::Forbidden("who entered an item does not take it back"));
    }
    let struck = Struck { by: Some(chief), at: tx.now, because };
    store::event::strike(tx, id, &struck).await?;
    tx.record(actor, &EventStruck { id, reg_no: &event.reg_no, because: &struck.because })?;
    Ok(CreditEvent { struck: Some(struck), ..event })
}

/// An enterprise sees its own, the bureau all.
pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    id: CreditEventId,
) -> Result<CreditEvent, Failure> {
    store::event::find(conn, actor.reg_no(), id).await?.ok_or(MISSING)
}

/// An enterprise sees its own, the bureau all. Newest first.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<CreditEvent>, Failure> {
    Ok(Page::cut(store::event::list(conn, actor.reg_no(), filter, page).await?, page))
}

/// All that happened to one item.
pub async fn timeline(
    conn: &mut PgConnection,
    actor: &Actor,
    id: CreditEventId,
) -> Result<Vec<Happening>, Failure> {
    get(conn, actor, id).await?;
    Ok(event::timeline(conn, id.0).await?)
}

/// Where an enterprise stands today. It sees itself, the bureau sees all.
pub async fn standing(
    conn: &mut PgConnection,
    books: &Books,
    actor: &Actor,
    reg_no: &str,
    today: NaiveDate,
) -> Result<Standing, Failure> {
    const UNKNOWN: Failure = Failure::Missing("enterprise");
    if actor.reg_no().is_some_and(|own| own != reg_no) {
        return Err(UNKNOWN);
    }
    let rated = organisation::rated_of(conn, reg_no).await?.ok_or(UNKNOWN)?;
    let period = Period::of(today);
    let sums = store::event::sums(conn, std::slice::from_ref(&rated.reg_no), period).await?;
    let score = sums.get(reg_no).copied().unwrap_or_default();
    Ok(Standing {
        tends_to: score.class(books, today, rated.class),
        reg_no: rated.reg_no,
        class: rated.class,
        version: rated.version,
        since: rated.since,
        period,
        score,
    })
}
