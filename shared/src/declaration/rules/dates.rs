//! Days: no declaration from the future, and the time limits of domain 2.12.
use chrono::NaiveDate;

use super::{
    Case, Line, Notice,
    catalogue::{DECL_DATE_IN_FUTURE, TIME_LIMIT_MISSED},
};
use crate::{
    declaration::content::{At, Content, Day},
    kernel::calendar::days_after,
};

/// Declare so many days before a claim runs out.
const BEFORE_CLAIM: u64 = 20;

pub(super) fn check(case: &Case<'_>, notice: &mut Notice) {
    let content = case.content;
    let Some(declared) = content.decl_date.as_ref().and_then(Day::value) else { return };
    let at = At::ROOT.name(Content::decl_date.name);
    if declared > case.today {
        notice.note(
            &DECL_DATE_IN_FUTURE,
            &at,
            format!("报检日期{declared}晚于今天{}", case.today),
            format!("the day of declaration {declared} is after today, {}", case.today),
        );
    }
    let (event, field) = if case.is_inbound() {
        (&content.gds_arvl_date, &Content::gds_arvl_date)
    } else {
        (&content.desp_date, &Content::desp_date)
    };
    if let Some(day) = event.as_ref().and_then(Day::value) {
        let days = case.lines().map(|line| limit(case, &line)).max().unwrap_or(0);
        note_if_late(declared, days, day, (field.zh, field.name), &at, notice);
    }
    if let Some(day) =
        content.counter_claim.as_ref().and_then(Day::value).filter(|_| case.is_inbound())
    {
        let field = &Content::counter_claim;
        note_if_late(declared, BEFORE_CLAIM, day, (field.zh, field.name), &at, notice);
    }
}

fn note_if_late(
    declared: NaiveDate,
    days: u64,
    event: NaiveDate,
    name: (&str, &str),
    at: &At<'_>,
    notice: &mut Notice,
) {
    if days_after(declared, days) > event {
        notice.note(
            &TIME_LIMIT_MISSED,
            at,
            format!("应在“{}”{event}前至少{days}天报检", name.0),
            format!("this had to be declared at least {days} days before {} {event}", name.1),
        );
    }
}

/// Days before entry, or before shipping, by which a line had to be declared.
fn limit(case: &Case<'_>, line: &Line<'_>) -> u64 {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| line.hs().starts_with(prefix));
    let purpose = line.goods.purpose.as_deref();
    let (is_breeding, is_ornament) = (purpose == Some("11"), purpose == Some("14"));
    let is_special = || {
        let attributes = &line.goods.goods_attr;
        starts(&["3002"])
            || line.categories(case.direction).iter().any(|letter| matches!(letter, 'V' | 'W'))
            || attributes.iter().any(|attribute| matches!(attribute.as_str(), "25" | "26"))
    };
    match (case.is_inbound(), starts(&["01", "0301"])) {
        // Breeding livestock, semen and embryos; other animals; seeds and seedlings (L3 Art 18).
        (true, true) if is_breeding => 30,
        (true, true) => 15,
        (true, false) if is_breeding && starts(&["0511"]) => 30,
        (_, false) if is_special() => 10,
        (true, false) if starts(&["0601", "0602", "1209"]) => 7,
        (true, false) if is_breeding && starts(&["06", "07", "08", "10", "12"]) => 7,
        (true, false) => 0,
        // Ornamental animals; animals that need isolation; everything else.
        (false, true) if is_ornament => 30,
        (false, true) => 60,
        (false, false) => 7,
    }
}
