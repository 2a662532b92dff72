//! What becomes of a filing: returned, shown to an officer, or accepted, numbered and drawn.
use std::collections::{HashMap, HashSet};

use super::Case;
use crate::{
    acts::{
        Desk,
        acceptance::{self, Acceptance},
    },
    declaration::{
        self, Action, Declaration, DeclarationId, Status,
        event::Stepped,
        numbers::Series,
        rules::{Verdict, catalogue::DECL_NO_EXHAUSTED},
    },
    inspection,
    kernel::{Actor, Failure, Severity, Violation},
    ledger::Tx,
};

/// A case whose fate is decided and not written yet.
pub(super) struct Judged {
    pub(super) case: Case,
    pub(super) row: Declaration,
    pub(super) history: Vec<Stepped>,
    pub(super) acceptance: Option<Acceptance>,
}

pub(super) async fn judge_all(
    tx: &mut Tx,
    desk: &Desk,
    cases: Vec<Case>,
) -> Result<Vec<Judged>, Failure> {
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

pub(super) fn series(tx: &Tx, case: &Case) -> Series {
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
pub(in crate::acts) fn numbers_exhausted() -> Violation {
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
