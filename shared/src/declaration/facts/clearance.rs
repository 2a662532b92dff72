//! When a clearance form may come before the result, and how long it is valid (domain R11).
use chrono::{Datelike as _, NaiveDate};

use crate::{
    declaration::{
        Content,
        rules::{Case, Line, Parties},
    },
    kernel::calendar::days_after,
    reference::Books,
};

/// Plant and animal products that may be cleared before their result (domain R11).
const CLEARED_EARLY: [&str; 16] = [
    "05", "15", "16", "19", "20", "21", "22", "23", "24", "41", "43", "44", "47", "51", "52", "53",
];

/// Inbound, decided on all letters of all lines: M, L, R or none yes; V no; P by chapter; no under a strict alert.
fn may_precede_result(case: &Case<'_>, worst_alert: Option<u16>) -> bool {
    let allows = |line: &Line<'_>, letter: char| match letter {
        'M' | 'L' | 'R' => true,
        'P' => CLEARED_EARLY.iter().any(|chapter| line.hs().starts_with(chapter)),
        _ => false,
    };
    case.is_inbound()
        && worst_alert.is_none_or(|level| level > 2)
        && case
            .lines()
            .all(|line| line.categories(case.direction).iter().all(|letter| allows(&line, *letter)))
}

/// On what terms the goods are cleared: what a form takes from the rules, and nothing that depends on parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// A clearance form may be issued before the inspection result (domain R11).
    pub may_precede_result: bool,
    /// How long it will be valid.
    pub validity: Validity,
}

impl Terms {
    /// By the tables of the day of declaration.
    #[must_use]
    pub fn of(content: &Content, books: &Books, today: NaiveDate) -> Self {
        let nobody = Parties::default();
        Self::of_case(&Case::new(content, books, &nobody, today))
    }

    pub(super) fn of_case(case: &Case<'_>) -> Self {
        let worst_alert = case.alerts().map(|(_, alert)| alert.level).min();
        Self {
            may_precede_result: may_precede_result(case, worst_alert),
            validity: Validity::of(case),
        }
    }
}

/// Any line of live, fresh or chilled goods.
pub(super) fn is_perishable(case: &Case<'_>) -> bool {
    case.lines().any(|line| matches!(keeping(line.hs()), Keeping::Fresh))
}

/// How many days a form holds: those of the line with the fewest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    pub days: u64,
    /// If issued from 1 November to 31 March: plants from the north keep longer in winter.
    pub winter_days: u64,
}

impl Validity {
    fn of(case: &Case<'_>) -> Self {
        let days = |key: &str| u64::try_from(case.books.integer(key, case.on)).unwrap_or(0);
        if case.is_inbound() {
            let days = days("clearance.valid_days.inbound");
            return Self { days, winter_days: days };
        }
        let of_line = |line: Line<'_>| {
            let (key, winter_key) = match keeping(line.hs()) {
                Keeping::Fresh => ("outbound_fresh", "outbound_fresh"),
                Keeping::Plant if is_northern(line.goods.orig_place_code.as_deref()) => {
                    ("outbound_plant", "outbound_north")
                }
                Keeping::Plant => ("outbound_plant", "outbound_plant"),
                Keeping::Ordinary => ("outbound", "outbound"),
            };
            let days = |key| days(&format!("clearance.valid_days.{key}"));
            Self { days: days(key), winter_days: days(winter_key) }
        };
        let ordinary = days("clearance.valid_days.outbound");
        let start = Self { days: ordinary, winter_days: ordinary };
        case.lines().map(of_line).fold(start, |least, line| Self {
            days: least.days.min(line.days),
            winter_days: least.winter_days.min(line.winter_days),
        })
    }

    /// The last day of a form issued on that day, inclusive.
    #[must_use]
    pub fn until(self, issued_on: NaiveDate) -> NaiveDate {
        let is_winter = !(4..=10).contains(&issued_on.month());
        days_after(issued_on, if is_winter { self.winter_days } else { self.days })
    }
}

enum Keeping {
    Fresh,
    Plant,
    Ordinary,
}

/// Live, fresh and chilled goods; other plants; the rest. The code tells live or chilled only for 0306 and 0307;
/// fruit of 0801 to 0810 counts as fresh, whatever was done to it.
fn keeping(hs: &str) -> Keeping {
    const FRESH: [&str; 6] = ["01", "0301", "0302", "0304", "0407", "0603"];
    const PLANTS: [&str; 14] =
        ["06", "07", "08", "09", "10", "11", "12", "13", "14", "24", "44", "45", "46", "5201"];
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| hs.starts_with(prefix));
    let is_between =
        |first: &str, last: &str| hs.get(..4).is_some_and(|h| (first..=last).contains(&h));
    let is_live_shellfish = (hs.starts_with("0306") && matches!(hs.get(4..5), Some("2" | "3")))
        || (hs.starts_with("0307") && (hs.get(5..6) == Some("1") || hs.starts_with("030760")));
    let is_fresh = starts(&FRESH)
        || is_live_shellfish
        || is_between("0701", "0709")
        || is_between("0801", "0810");
    if is_fresh {
        Keeping::Fresh
    } else if starts(&PLANTS) {
        Keeping::Plant
    } else {
        Keeping::Ordinary
    }
}

/// Production places of the north: provinces 11-15, 21-23 and 61-65 of GB/T 2260.
fn is_northern(place: Option<&str>) -> bool {
    let province = place.and_then(|place| place.get(..2)?.parse::<u8>().ok());
    province.is_some_and(|province| matches!(province, 11..=15 | 21..=23 | 61..=65))
}
