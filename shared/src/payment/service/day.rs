//! The bank's day: its statement is heard and compared, differences are worked by two persons, and the day is closed.
use std::collections::HashSet;

use chrono::{Duration, NaiveDate};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::hear::hear_many;
use crate::{
    kernel::{Actor, Failure, Role, calendar, hex, money::Amount, signature::Signer},
    ledger::Tx,
    payment::{
        bank::{Outcome, Source, Word},
        event, job,
        model::{
            BankDay, DayDifference, DayState, DifferenceId, DifferenceState, PaymentId,
            StatementSource,
        },
        recon::{
            DayRecord, Days, Format,
            compare::{DifferenceKind, compare},
            read, record_of,
            statement::{Line, LineKind},
        },
        store::{self, day::Received},
    },
};

const MISSING: Failure = Failure::Missing("bank day");

/// A statement as it came.
#[derive(Clone, Copy, Debug)]
pub struct StatementFile<'a> {
    pub bytes: &'a [u8],
    pub format: Format,
    pub source: StatementSource,
}

/// A day with what does not agree.
#[derive(Clone, Debug)]
pub struct DaySheet {
    pub day: BankDay,
    pub differences: Vec<DayDifference>,
}

/// Takes a day's statement: all of it, or, where a line is bad, nothing. It is evidence (R6): what it says of payments
/// that we know of is heard like any word of the bank, and only then it is compared. The same file again changes
/// nothing; another one takes the place of the first until the day is closed. What it says of days that are closed comes
/// late and belongs to them (R6).
pub async fn take_statement(
    tx: &mut Tx,
    actor: &Actor,
    bank_code: &str,
    day: NaiveDate,
    file: StatementFile<'_>,
) -> Result<DaySheet, Failure> {
    if day >= tx.today() {
        return Err(Failure::refused("payment/day-not-over", "a day is compared when it is over"));
    }
    let known = store::day::lock(tx, bank_code, day).await?;
    if known.as_ref().is_some_and(|known| known.state == DayState::Closed) {
        return Err(closed());
    }
    let closed = store::day::closed_before(tx, bank_code, day).await?.into_iter().collect();
    let lines = read(file.format, &Days { day, closed }, file.bytes)?;
    let digest = hex(&Sha256::digest(file.bytes));
    if known.is_none_or(|known| known.digest != digest) {
        let (source, digest) = (file.source, &digest[..]);
        let received = Received { bank_code, day, source, digest, lines: &lines };
        let now = tx.now;
        store::day::receive(tx, now, &received).await?;
        let taken = event::StatementTaken { bank_code, day, lines: lines.len(), digest };
        tx.record(actor, &taken)?;
    }
    hear_lines(tx, bank_code, &lines).await?;
    reckon(tx, bank_code, day, &lines).await?;
    sheet(tx, bank_code, day).await
}

fn closed() -> Failure {
    Failure::refused("payment/day-closed", "the day is closed: what comes late belongs to the next")
}

/// Words about payments of ours, and what takes an orphan back. Other words about nobody's payment wait for a person: they
/// may be a mistake of the bank.
async fn hear_lines(tx: &mut Tx, bank_code: &str, lines: &[Line]) -> Result<(), Failure> {
    let words: Vec<Word> = lines.iter().filter_map(word).collect();
    let ids: Vec<_> = words.iter().map(|word| word.payment_id.0).collect();
    let ours: HashSet<_> = store::payment::known(tx, bank_code, &ids).await?.into_iter().collect();
    let reversals = lines.iter().filter(|line| line.kind == LineKind::Reversal);
    let refs: Vec<_> = reversals.map(|line| line.bank_ref.clone()).collect();
    let orphans = store::suspense::orphans(tx, bank_code, &refs).await?;
    let is_return =
        |word: &Word| word.outcome == Outcome::Reversed && orphans.contains_key(&word.bank_ref);
    let words =
        words.iter().filter(|word| ours.contains(&word.payment_id) || is_return(word)).collect();
    hear_many(tx, &Actor::bank(bank_code), Source::Statement, words).await
}

/// What a line says as a word. Refunds are asked about by themselves.
fn word(line: &Line) -> Option<Word> {
    let outcome = match line.kind {
        LineKind::Debit => Outcome::Success,
        LineKind::Reversal => Outcome::Reversed,
        LineKind::Refund => return None,
    };
    Some(Word {
        payment_id: PaymentId(line.subject),
        outcome,
        bank_ref: line.bank_ref.clone(),
        amount: Amount::from(line.amount),
        failure_code: None,
        bank_time: line.booked_at,
    })
}

/// Compares a day anew.
async fn reckon(
    tx: &mut Tx,
    bank_code: &str,
    day: NaiveDate,
    lines: &[Line],
) -> Result<(), Failure> {
    let refs: Vec<_> = lines.iter().map(|line| line.bank_ref.clone()).collect();
    let own = store::own::own(tx, bank_code, day, &refs).await?;
    let compared = compare(day, lines, &own);
    let now = tx.now;
    store::day::differ(tx, now, (bank_code, day), &compared).await?;
    Ok(())
}

/// A cashier says why, and books to suspense what only the bank knows of (R6).
pub async fn explain_difference(
    tx: &mut Tx,
    actor: &Actor,
    id: DifferenceId,
    explanation: &str,
) -> Result<DaySheet, Failure> {
    let person = actor.person()?;
    let mut difference = hold(tx, id).await?;
    if difference.state != DifferenceState::Open {
        return Err(worked());
    }
    difference.state = DifferenceState::Explained;
    difference.explanation = Some(explanation.to_owned());
    difference.explained_by = Some(person);
    difference.explained_at = Some(tx.now);
    store::day::update_difference(tx, &difference).await?;
    tx.record(actor, &event::DifferenceWorked::of(&difference, explanation))?;
    if difference.kind == DifferenceKind::OrphanBank && difference.line_kind == LineKind::Debit {
        let lines = store::day::lines(tx, &difference.bank_code, difference.day).await?;
        let line = lines.iter().find(|line| line.bank_ref == difference.bank_ref);
        let words: Vec<_> = line.and_then(word).into_iter().collect();
        let bank = Actor::bank(&difference.bank_code);
        hear_many(tx, &bank, Source::Statement, words.iter().collect()).await?;
        // The bank may have taken it back already, on that day or on another: then it was nobody's to take back.
        let (code, bank_ref) = (&difference.bank_code, &difference.bank_ref);
        let taken_back = store::suspense::reversals_of(tx, code, bank_ref).await?;
        hear_lines(tx, code, &taken_back).await?;
        reckon(tx, &difference.bank_code, difference.day, &lines).await?;
    }
    sheet(tx, &difference.bank_code, difference.day).await
}

fn worked() -> Failure {
    Failure::refused("payment/difference-worked", "somebody has worked on this difference already")
}

/// A duty chief, another person, agrees.
pub async fn approve_difference(
    tx: &mut Tx,
    actor: &Actor,
    id: DifferenceId,
) -> Result<DaySheet, Failure> {
    let person = actor.person()?;
    let mut difference = hold(tx, id).await?;
    if difference.state != DifferenceState::Explained {
        let detail = "a difference is approved after it was explained, once";
        return Err(Failure::refused("payment/difference-not-explained", detail));
    }
    if difference.explained_by == Some(person) {
        let detail = "who explains a difference does not approve it";
        return Err(Failure::refused("payment/another-person-needed", detail));
    }
    difference.state = DifferenceState::Approved;
    difference.approved_by = Some(person);
    difference.approved_at = Some(tx.now);
    store::day::update_difference(tx, &difference).await?;
    let why = difference.explanation.clone().unwrap_or_default();
    tx.record(actor, &event::DifferenceWorked::of(&difference, &why))?;
    sheet(tx, &difference.bank_code, difference.day).await
}

/// The day is held before the difference.
async fn hold(tx: &mut Tx, id: DifferenceId) -> Result<DayDifference, Failure> {
    let missing = Failure::Missing("difference");
    match store::day::lock_of(tx, id).await? {
        None => return Err(missing),
        Some(DayState::Closed) => return Err(closed()),
        Some(DayState::Open) => {}
    }
    store::day::lock_difference(tx, id).await?.ok_or(missing)
}

/// Closes a day, for ever: when bank and books agree, or every difference is explained and approved. The system does
/// it where nothing differs, a duty chief otherwise. What was closed is kept as a record, signed where the bureau has a
/// key.
pub async fn close_day(
    tx: &mut Tx,
    actor: &Actor,
    bank_code: &str,
    day: NaiveDate,
    signer: Option<Signer<'_>>,
) -> Result<DaySheet, Failure> {
    let by = if actor.is_system() { None } else { Some(actor.person()?) };
    let known = store::day::lock(tx, bank_code, day).await?.ok_or(MISSING)?;
    if known.state == DayState::Closed {
        return Err(closed());
    }
    // Once more: something may have been booked since.
    let lines = store::day::lines(tx, bank_code, day).await?;
    reckon(tx, bank_code, day, &lines).await?;
    let sheet = self::sheet(tx, bank_code, day).await?;
    let open =
        sheet.differences.iter().filter(|one| one.state != DifferenceState::Approved).count();
    let must_be_seen = !sheet.differences.is_empty() && !actor.holds(Role::DutyChief);
    if open > 0 || must_be_seen {
        let detail = format!("{open} differences of that day are not explained and approved");
        return Err(Failure::refused("payment/day-differs", detail));
    }
    let now = tx.now;
    store::day::close(tx, now, (bank_code, day), by).await?;
    let (bank_fen, own_fen) = (sheet.day.bank_fen, sheet.day.own_fen);
    let digest = &sheet.day.digest;
    tx.record(actor, &event::DayClosed { bank_code, day, bank_fen, own_fen, digest })?;
    let sheet = self::sheet(tx, bank_code, day).await?;
    let record = record_of(&sheet.day, &sheet.differences, signer)?;
    store::day::keep_record(tx, (bank_code, day), &record).await?;
    Ok(sheet)
}

/// What was said of a day when it was closed, as it was signed. A day that is open has none, nor has one that was closed
/// before records were kept.
pub async fn day_record(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
) -> Result<DayRecord, Failure> {
    let found = store::day::record(conn, bank_code, day).await?;
    found.ok_or(Failure::Missing("record of that day"))
}

/// A day as it stands.
pub async fn sheet(
    conn: &mut PgConnection,
    bank_code: &str,
    day: NaiveDate,
) -> Result<DaySheet, Failure> {
    let found = store::day::read(conn, bank_code, day).await?.ok_or(MISSING)?;
    let differences = store::day::differences(conn, bank_code, day).await?;
    Ok(DaySheet { day: found, differences })
}

/// Days, newest first.
pub async fn days(
    conn: &mut PgConnection,
    bank_code: &str,
    before: Option<NaiveDate>,
) -> Result<Vec<BankDay>, Failure> {
    Ok(store::day::list(conn, bank_code, before, 100).await?)
}

/// How long after midnight a day is taken to be over at the bank too. Its clock is within five minutes of ours, or its
/// signatures would be refused; what it was asked before midnight it answers meanwhile.
const BANKS_MIDNIGHT: Duration = Duration::minutes(10);

/// Promises to fetch the statement of each day that is over and has none, some at a time: after an outage too.
pub async fn want_statements(tx: &mut Tx, bank_code: &str) -> Result<usize, Failure> {
    let today = calendar::day_of(tx.now - BANKS_MIDNIGHT);
    let days = store::day::wanted(tx, bank_code, today, 31).await?;
    for &day in &days {
        tx.enqueue(&job::FetchStatement { day })?;
    }
    Ok(days.len())
}
