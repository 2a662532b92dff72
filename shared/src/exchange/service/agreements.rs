//! Agreements as a table: partners and memoranda, dated, of one bureau. Those of Shanghai are shipped (domain 1.2: fifteen
//! bureaus of certificate swap, seven of direct release, Anhui for recognition and exemption); what is not known from the
//! report is marked synthetic. A partner that is registered so has no key yet, and cannot speak.
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

use super::partner::{self, Input};
use crate::{
    exchange::{MemorandumKind, store},
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
};

/// The agreements that we ship, as CSV, by bureau.
const SHIPPED: &[(&str, &str)] = &[("310000", include_str!("../../../agreements/310000.csv"))];

/// The agreements of that bureau that we ship.
#[must_use]
pub fn shipped(bureau: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(code, _)| *code == bureau).map(|(_, csv)| *csv)
}

/// One line: a memorandum, and the partner that it is with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    partner: String,
    name_zh: String,
    name_en: Option<String>,
    kind: MemorandumKind,
    valid_from: NaiveDate,
    /// Inclusive; empty: until it is ended.
    valid_to: Option<NaiveDate>,
    /// Not known from any source: made up to be changed.
    is_synthetic: bool,
}

/// What was new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    pub partners: usize,
    pub memoranda: usize,
}

/// Registers whatever a file lists and is not there: safe to run again. A partner that is known stays as it is, and so
/// does a memorandum of the same kind and time.
pub async fn seed(tx: &mut Tx, own: &str, csv: &str) -> Result<Added, Failure> {
    let lines = read(csv)?;
    let (actor, mut added) = (Actor::system(), Added::default());
    for line in lines {
        if store::partner::find(tx, &line.partner).await?.is_none() {
            let Line { partner: code, name_zh, name_en, .. } = &line;
            let input = Input {
                code: code.clone(),
                name_zh: name_zh.clone(),
                name_en: name_en.clone(),
                base_url: None,
            };
            partner::register(tx, &actor, Some(own), input).await?;
            added.partners += 1;
        }
        let terms = if line.is_synthetic { json!({ "synthetic": true }) } else { json!({}) };
        let agreed = (line.kind, line.valid_from, line.valid_to);
        match partner::agree(tx, &actor, &line.partner, agreed, terms).await {
            Ok(_) => added.memoranda += 1,
            Err(Failure::Refused(known)) if known.code == "exchange/memorandum-overlaps" => {}
            Err(other) => return Err(other),
        }
    }
    Ok(added)
}

/// All lines, or everything that is wrong with them.
fn read(csv: &str) -> Result<Vec<Line>, Violations> {
    let mut wrong = Violations::default();
    let mut lines = Vec::new();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    for (place, line) in (2..).zip(reader.deserialize()) {
        match line {
            Ok(line) => lines.push(line),
            Err(error) => {
                let at = format!("/lines/{place}");
                wrong.error(at, "line-malformed", "该行格式有误", error.to_string());
            }
        }
    }
    wrong.finish(Some(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shanghai_swaps_with_fifteen_goes_directly_with_seven_and_spares_those_of_anhui() {
        let lines = read(shipped("310000").unwrap()).unwrap();
        let with = |kind| lines.iter().filter(|line| line.kind == kind).collect::<Vec<_>>();

        assert_eq!(with(MemorandumKind::Transfer).len(), 15);
        assert_eq!(with(MemorandumKind::DirectRelease).len(), 7);
        for kind in [MemorandumKind::Credit, MemorandumKind::Exemption] {
            let [anhui] = with(kind)[..] else { panic!("one of {kind:?}") };
            assert_eq!(anhui.partner, "340000");
        }
        let made_up =
            with(MemorandumKind::Transfer).iter().filter(|line| line.is_synthetic).count();
        assert_eq!(made_up, 10);
    }

    #[test]
    fn every_bad_line_is_named() {
        let csv = "partner,name_zh,name_en,kind,valid_from,valid_to,is_synthetic\n\
                   340000,安徽局,,SPARE,2012-10-01,,false\n340000,安徽局,,CREDIT,soon,,false\n";
        let wrong = read(csv).unwrap_err();
        let places: Vec<_> = wrong.iter().map(|one| one.pointer.as_str()).collect();

        assert_eq!(places, ["/lines/2", "/lines/3"]);
    }
}
