//! Filing (报检): reading, reviewing, numbering, drawing and accepting in one transaction, for one or for many.
//!
//! The rules run inside the filing; what comes of it is the receipt. One caller is a batch of one, and a refused
//! filing never fails its neighbours. Statements do not grow with the batch: everybody's parties are looked up
//! together, everybody's rows are written together.
mod fate;
mod known;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{Desk, Receipt, acceptance, reading::People};
use crate::{
    declaration::{
        self, Cause, Declaration, DeclarationId,
        event::{self, Stepped},
        parse::Submission,
        rules::Review,
    },
    kernel::{Actor, Failure, Refusal},
    ledger::Tx,
};
pub(super) use fate::numbers_exhausted;
use fate::{Judged, judge_all, series};
use known::Known;

/// One declaration on its way in. Whether the actor may file under that `decl_reg_no` was checked.
#[derive(Clone, Debug)]
pub struct Filing {
    pub actor: Arc<Actor>,
    pub submission: Arc<Submission>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Filed {
    New(Receipt),
    /// The same reference and content came before: the first receipt.
    Repeated(Receipt),
    Refused(Refusal),
}

/// Reviews without filing: nothing is written, numbered or drawn.
pub async fn review_only(
    conn: &mut PgConnection,
    desk: &Desk,
    submission: &Submission,
    today: NaiveDate,
) -> Result<Review, Failure> {
    let people = People::of(conn, &[&submission.content], today).await?;
    Ok(people.review(&submission.content, &desk.books, today))
}

/// Files all of them. The answers come in the order of the filings.
///
/// Nobody is looked for first: almost every filing is new, and the tables themselves keep out the one that is not.
/// Only then is it asked who was there.
pub async fn file_many(
    tx: &mut Tx,
    desk: &Desk,
    filings: Vec<Filing>,
) -> Result<Vec<Filed>, Failure> {
    let places = 0..filings.len();
    let reviewed = review_all(tx, desk, filings).await?;
    let judged = judge_all(tx, desk, reviewed).await?;
    let mut answers = HashMap::with_capacity(places.len());
    let kept_out = write_all(tx, desk, judged, &mut answers).await?;
    if !kept_out.is_empty() {
        let known = Known::of(tx, &kept_out).await?;
        for case in &kept_out {
            let answer = known.answer(case);
            let lost = || anyhow::anyhow!("a filing was kept out, and nobody is there");
            answers.insert(case.place, answer.ok_or_else(lost)?);
        }
    }
    places
        .map(|place| answers.remove(&place))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| anyhow::anyhow!("a filing without an answer").into())
}

/// Files all of them as if they came one after the other. Where a reference comes twice, the second is asked after the
/// first was answered; one batch of good references is one [`file_many`].
pub async fn file_in_turn(
    tx: &mut Tx,
    desk: &Desk,
    filings: Vec<Filing>,
) -> Result<Vec<Filed>, Failure> {
    let mut answers = Vec::with_capacity(filings.len());
    let mut run = Vec::new();
    let mut seen = HashSet::new();
    for filing in filings {
        if !seen.insert(filing.submission.content.reference().to_owned()) {
            answers.extend(file_many(tx, desk, std::mem::take(&mut run)).await?);
            seen = HashSet::from([filing.submission.content.reference().to_owned()]);
        }
        run.push(filing);
    }
    answers.extend(file_many(tx, desk, run).await?);
    Ok(answers)
}

/// What would come of a filing.
pub(super) enum Prospect {
    /// What is filed already would answer it.
    Known(Filed),
    New(Review),
}

/// Reviews all of them, and asks what is filed already. Nothing is written, numbered or drawn; they do not see each
/// other.
pub(super) async fn rehearse(
    tx: &mut Tx,
    desk: &Desk,
    filings: Vec<Filing>,
) -> Result<Vec<Prospect>, Failure> {
    let cases = review_all(tx, desk, filings).await?;
    let known = Known::of(tx, &cases).await?;
    let prospect = |case: Case| match known.answer(&case) {
        Some(filed) => Prospect::Known(filed),
        None => Prospect::New(case.review),
    };
    Ok(cases.into_iter().map(prospect).collect())
}

/// A filing after its review.
struct Case {
    /// In the batch.
    place: usize,
    filing: Filing,
    review: Review,
}

impl Case {
    fn reference(&self) -> (String, String) {
        let content = &self.filing.submission.content;
        (content.reg_no().to_owned(), content.reference().to_owned())
    }

    fn delivery_order(&self) -> Option<(String, String)> {
        let facts = &self.review.facts;
        facts.do_key.clone().map(|key| (facts.direct_bureau.clone(), key))
    }
}

async fn review_all(tx: &mut Tx, desk: &Desk, filings: Vec<Filing>) -> Result<Vec<Case>, Failure> {
    let today = tx.today();
    let contents: Vec<_> = filings.iter().map(|filing| &filing.submission.content).collect();
    let people = People::of(tx, &contents, today).await?;
    let case = |(place, filing): (usize, Filing)| {
        let review = people.review(&filing.submission.content, &desk.books, today);
        Case { place, filing, review }
    };
    Ok(filings.into_iter().enumerate().map(case).collect())
}

/// Writes what can be written; returns the cases that somebody kept out, whose numbers are free again.
async fn write_all(
    tx: &mut Tx,
    desk: &Desk,
    mut judged: Vec<Judged>,
    answers: &mut HashMap<usize, Filed>,
) -> Result<Vec<Case>, Failure> {
    // Whoever writes the same D/O waits for us: in one order for all, nobody waits in a circle.
    judged.sort_by_cached_key(|one| one.case.delivery_order());
    let rows: Vec<_> = judged.iter().map(|one| &one.row).collect();
    let entered: HashSet<DeclarationId> =
        declaration::service::insert(tx, &rows).await?.into_iter().collect();
    let (inside, outside): (Vec<_>, Vec<_>) =
        judged.into_iter().partition(|one| entered.contains(&one.row.id));

    let mut told = Vec::with_capacity(inside.len());
    let mut accepted = Vec::with_capacity(inside.len());
    for Judged { case, row, history, acceptance } in inside {
        record(tx, &case, &row, &history)?;
        accepted.extend(acceptance);
        told.push((case, row));
    }
    let notices = acceptance::write_many(tx, desk, accepted).await?;
    let mut versions = Vec::with_capacity(told.len());
    for (case, row) in told {
        let notice = notices.get(&row.id);
        let receipt = Receipt::of(&row, tx.now, notice, case.review.findings.clone());
        versions.push(receipt.kept(&case.filing.submission, Cause::Filed)?);
        answers.insert(case.place, Filed::New(receipt));
    }
    declaration::service::keep_versions(tx, &versions).await?;
    for one in &outside {
        if let Some(number) = &one.row.decl_no {
            desk.numbers.give_back(&series(tx, &one.case), number);
        }
    }
    Ok(outside.into_iter().map(|one| one.case).collect())
}

fn record(tx: &mut Tx, case: &Case, row: &Declaration, history: &[Stepped]) -> Result<(), Failure> {
    let filed = event::Filed {
        declaration: row.id,
        version: row.version,
        decl_org: row.decl_org.clone(),
        release_org: row.release_org.clone(),
        findings: case.review.findings.iter().count(),
    };
    tx.record(&case.filing.actor, &filed)?;
    for step in history {
        tx.record(&Actor::system(), step)?;
    }
    Ok(())
}
