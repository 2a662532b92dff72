//! Filing (报检): reading, reviewing, numbering, drawing and accepting in one transaction, for one or for many.
//!
//! The rules run inside the filing; what comes of it is the receipt. One caller is a batch of one, and a refused
//! filing never fails its neighbours. Statements do not grow with the batch: everybody's parties are looked up
//! together, everybody's rows are written together.
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::{
    Desk, Receipt,
    acceptance::{self, Acceptance},
    reading::People,
};
use crate::{
    declaration::{
        self, Action, Cause, Declaration, DeclarationId, Status,
        event::{self, Stepped},
        numbers::Series,
        parse::Submission,
        rules::{Review, Verdict, catalogue::DECL_NO_EXHAUSTED},
        service::{KnownDeliveryOrder, KnownReference},
    },
    inspection,
    kernel::{Actor, Failure, Refusal, Severity, Violation},
    ledger::Tx,
};

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

/// Who was there before.
struct Known {
    references: HashMap<(String, String), KnownReference>,
    delivery_orders: HashMap<(String, String), KnownDeliveryOrder>,
}

impl Known {
    async fn of(tx: &mut Tx, cases: &[Case]) -> Result<Self, Failure> {
        let references: Vec<_> = cases.iter().map(Case::reference).collect();
        let orders: Vec<_> = cases.iter().filter_map(Case::delivery_order).collect();
        let references = declaration::service::known_references(tx, &references).await?;
        let orders = declaration::service::known_delivery_orders(tx, &orders).await?;
        Ok(Self {
            references: references
                .into_iter()
                .map(|one| ((one.decl_reg_no.clone(), one.ent_decl_no.clone()), one))
                .collect(),
            delivery_orders: orders
                .into_iter()
                .map(|one| ((one.direct_bureau.clone(), one.do_key.clone()), one))
                .collect(),
        })
    }

    /// The first receipt again (domain R12), a refusal, or nothing: then the filing is new.
    fn answer(&self, case: &Case) -> Option<Filed> {
        if let Some(first) = self.references.get(&case.reference()) {
            return Some(repeated(case, first));
        }
        let order = self.delivery_orders.get(&case.delivery_order()?)?;
        Some(Filed::Refused(order_in_use(case, order)))
    }
}

fn repeated(case: &Case, first: &KnownReference) -> Filed {
    if first.content_hash == case.filing.submission.hash
        && let Ok(receipt) = serde_json::from_value(first.receipt.clone())
    {
        return Filed::Repeated(receipt);
    }
    Filed::Refused(Refusal {
        violations: case.review.findings.clone(),
        ..Refusal::new(
            "declaration/ent-decl-no-reused",
            format!(
                "this ent_decl_no was filed before with other content: declaration {0}, now {1}; \
                 correct it by POST /v1/declarations/{0}/resubmit, or file under a new reference",
                first.id,
                first.status.name(),
            ),
        )
    })
}

/// Tells everything else that is wrong too, so that the next try need not fail again (domain R2).
fn order_in_use(case: &Case, order: &KnownDeliveryOrder) -> Refusal {
    let is_own = order.decl_reg_no == case.filing.submission.content.reg_no();
    let detail = match (&order.decl_no, is_own) {
        (Some(number), true) => format!("this delivery order is declared already, as {number}"),
        (None, true) => format!("this delivery order is declared already, as {}", order.id),
        (_, false) => "this delivery order is declared already".to_owned(),
    };
    let mut violations = case.review.findings.clone();
    violations.error(
        "/delivery_order",
        "do-already-declared",
        "该提货单已申报",
        "this delivery order is declared already",
    );
    Refusal { violations, ..Refusal::new("declaration/do-already-declared", detail) }
}

/// A case whose fate is decided and not written yet.
struct Judged {
    case: Case,
    row: Declaration,
    history: Vec<Stepped>,
    acceptance: Option<Acceptance>,
}

async fn judge_all(tx: &mut Tx, desk: &Desk, cases: Vec<Case>) -> Result<Vec<Judged>, Failure> {
    let mut numbers = take_numbers(tx, desk, &cases).await?;
    let orders: Vec<_> = cases
        .iter()
        .filter(|case| case.review.verdict() == Verdict::Accept)
        .filter_map(Case::delivery_order)
        .collect();
    let inherited = inspection::service::earlier_selected_without_result(tx, &orders).await?;
    cases.into_iter().map(|case| judge(tx, desk, case, &mut numbers, &inherited)).collect()
}

type Numbers = HashMap<Series, std::vec::IntoIter<String>>;

async fn take_numbers(tx: &Tx, desk: &Desk, cases: &[Case]) -> Result<Numbers, Failure> {
    let mut wanted: HashMap<Series, usize> = HashMap::new();
    for case in cases.iter().filter(|case| case.review.verdict() == Verdict::Accept) {
        *wanted.entry(series(tx, case)).or_default() += 1;
    }
    let mut numbers = HashMap::new();
    for (series, count) in wanted {
        let taken = desk.numbers.take(&series, count).await?;
        numbers.insert(series, taken.into_iter());
    }
    Ok(numbers)
}

fn series(tx: &Tx, case: &Case) -> Series {
    let facts = &case.review.facts;
    Series::new(&facts.decl_org, facts.direction, tx.now)
}

fn judge(
    tx: &Tx,
    desk: &Desk,
    mut case: Case,
    numbers: &mut Numbers,
    inherited: &HashSet<(String, String)>,
) -> Result<Judged, Failure> {
    let mut row = entered(tx, &case);
    let verdict = case.review.verdict();
    let number = match verdict {
        Verdict::Accept => numbers.get_mut(&series(tx, &case)).and_then(Iterator::next),
        _ => None,
    };
    let mut history = Vec::new();
    let mut acceptance = None;
    match (verdict, number) {
        (Verdict::NeedsCorrection, _) => {
            history.push(declaration::service::take(&mut row, Action::FindErrors, None)?);
        }
        (Verdict::Accept, Some(number)) => {
            let is_inherited =
                case.delivery_order().is_some_and(|order| inherited.contains(&order));
            let facts = &case.review.facts;
            let decided = acceptance::decide(
                tx,
                desk,
                &Actor::system(),
                row.clone(),
                facts,
                number,
                is_inherited,
            )?;
            row = decided.row.clone();
            acceptance = Some(decided);
        }
        (Verdict::ManualReview | Verdict::Accept, _) => {
            if verdict == Verdict::Accept {
                case.review.findings.push(numbers_exhausted());
            }
            history.push(declaration::service::take(&mut row, Action::FindDoubts, None)?);
        }
    }
    Ok(Judged { case, row, history, acceptance })
}

/// The last serial of the year is given out (domain R12): it waits with an officer.
pub(super) fn numbers_exhausted() -> Violation {
    Violation {
        severity: Severity::Warning,
        ..Violation::error(
            "/decl_org",
            DECL_NO_EXHAUSTED.code,
            "该机构本年度报检号已用尽，转人工处理",
            "this office has given out all numbers of the year; an officer will see to it",
        )
    }
}

/// The row of a declaration that has just come in and is under review.
fn entered(tx: &Tx, case: &Case) -> Declaration {
    let (content, facts) = (&case.filing.submission.content, &case.review.facts);
    Declaration {
        id: DeclarationId::mint(tx.now),
        decl_reg_no: content.reg_no().to_owned(),
        ent_decl_no: content.reference().to_owned(),
        apl_kind: facts.direction,
        decl_code: content.class().to_owned(),
        kind: facts.kind,
        direct_bureau: facts.direct_bureau.clone(),
        do_key: facts.do_key.clone(),
        consignee_code: facts.domestic_code.clone(),
        decl_no: None,
        status: Status::EReview,
        version: 1,
        revision: 1,
        decl_org: facts.decl_org.clone(),
        release_org: facts.release_org.clone(),
        insp_org: facts.insp_org.clone(),
        holder_org: facts.decl_org.clone(),
        anywhere: facts.anywhere,
        is_selected: false,
        is_mandatory: false,
        has_result: false,
        credit_class: None,
        withdrawal_requested_at: None,
        filed_at: tx.now,
        accepted_at: None,
        released_at: None,
        updated_at: tx.now,
    }
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
