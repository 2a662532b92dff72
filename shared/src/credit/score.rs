//! What a year comes to: a hundred points less what happened, and the class of that score. Pure.
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    id,
    identity::{CreditClass, StaffId},
    reference::{Books, CreditItem, WorstClass},
};

id! {
    /// One score item against one enterprise.
    CreditEventId
}

/// Something that counts against an enterprise (记分).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditEvent {
    pub id: CreditEventId,
    pub reg_no: String,
    /// Row of the book of items.
    pub item: String,
    pub weight: Weight,
    pub occurred_on: NaiveDate,
    /// The record that it follows from; `None`: entered by a person.
    pub source: Option<Uuid>,
    pub remark: Option<String>,
    /// `None`: the system.
    pub recorded_by: Option<StaffId>,
    pub recorded_at: DateTime<Utc>,
    /// It was entered by mistake and counts no more.
    pub struck: Option<Struck>,
}

/// Who took a score item back, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struck {
    pub by: Option<StaffId>,
    pub at: DateTime<Utc>,
    pub because: String,
}

/// What an item takes off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    pub points: i32,
    /// The best class that is left in that year.
    pub worst_class: Option<CreditClass>,
}

impl Weight {
    /// As the book has it.
    #[must_use]
    pub fn of(item: &CreditItem) -> Self {
        let worst_class = item.worst_class.map(|worst| match worst {
            WorstClass::C => CreditClass::C,
            WorstClass::D => CreditClass::D,
        });
        Self { points: item.points.into(), worst_class }
    }
}

/// A year of evaluation (评定周期): 1 October to 30 September, named by the year in which it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(pub i32);

/// The month in which a period is evaluated, and the next one begins.
const OCTOBER: u32 = 10;

impl Period {
    /// The period in which that day lies.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.year() + i32::from(day.month() >= OCTOBER))
    }

    /// The period that is to be evaluated on that day: from October on the one that has just ended. What was not
    /// evaluated in October is caught up until the year ends.
    #[must_use]
    pub fn due_on(day: NaiveDate) -> Option<Self> {
        (day.month() >= OCTOBER).then(|| Self(day.year()))
    }

    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0 - 1, OCTOBER, 1).unwrap_or(NaiveDate::MIN)
    }

    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0, 9, 30).unwrap_or(NaiveDate::MAX)
    }
}

/// What happened to an enterprise in one period, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    pub events: i64,
    pub points: i64,
    /// The worst of the classes that the items leave.
    pub worst_class: Option<CreditClass>,
}

impl Score {
    /// A hundred less the points; never below nought.
    #[must_use]
    pub fn value(self) -> i32 {
        i32::try_from((100 - self.points).clamp(0, 100)).unwrap_or_default()
    }

    /// The class that it comes to, by the thresholds of that day. AA has no threshold: who is AA stays so while the
    /// score makes an A, and nobody becomes AA by the score alone.
    #[must_use]
    pub fn class(self, books: &Books, on: NaiveDate, before: CreditClass) -> CreditClass {
        let value = u16::try_from(self.value()).unwrap_or_default();
        let least = |class: CreditClass| books.credit_class(class.name(), on)?.min_score;
        let reached = |class: &CreditClass| least(*class).is_some_and(|least| value >= least);
        let by_score = CreditClass::ALL.into_iter().find(reached).unwrap_or(CreditClass::D);
        let kept =
            if before == CreditClass::Aa && by_score == CreditClass::A { before } else { by_score };
        // Classes are ordered best first.
        self.worst_class.map_or(kept, |worst| kept.max(worst))
    }
}

/// What a period came to for one enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    pub reg_no: String,
    pub period: Period,
    pub score: Score,
    pub before: CreditClass,
    pub class: CreditClass,
    pub evaluated_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn class_of(points: i64, before: CreditClass) -> CreditClass {
        let score = Score { events: 1, points, worst_class: None };
        score.class(&Books::seeded(), day("2014-10-08"), before)
    }

    #[test]
    fn a_year_runs_from_october_to_september_and_is_evaluated_in_october() {
        assert_eq!(Period::of(day("2014-09-30")), Period(2014));
        assert_eq!(Period::of(day("2014-10-01")), Period(2015));
        assert_eq!(Period(2014).first_day(), day("2013-10-01"));
        assert_eq!(Period(2014).last_day(), day("2014-09-30"));
        assert_eq!(Period::due_on(day("2014-09-30")), None);
        assert_eq!(Period::due_on(day("2014-10-01")), Some(Period(2014)));
        assert_eq!(Period::due_on(day("2014-12-31")), Some(Period(2014)));
        assert_eq!(Period::due_on(day("2015-01-01")), None);
    }

    #[test]
    fn eighty_nine_makes_an_a_seventy_seven_a_b_and_sixty_five_a_c() {
        use CreditClass::{A, B, C, D};
        let classes = [0, 11, 12, 23, 24, 35, 36, 200].map(|points| class_of(points, B));
        assert_eq!(classes, [A, A, B, B, C, C, D, D]);
    }

    #[test]
    fn aa_is_kept_by_an_a_and_reached_by_no_score() {
        assert_eq!(class_of(11, CreditClass::Aa), CreditClass::Aa);
        assert_eq!(class_of(12, CreditClass::Aa), CreditClass::B);
        assert_eq!(class_of(0, CreditClass::A), CreditClass::A);
    }

    #[test]
    fn the_thresholds_are_rows_of_a_dated_book() {
        let csv = "code,factor,is_mandatory,min_score,valid_from\nA,0.5,false,95,2015-01-01\n";
        let books = Books::seeded_with("credit_classes", csv);
        let ten = Score { events: 1, points: 10, worst_class: None };
        let class = |on| ten.class(&books, day(on), CreditClass::B);
        assert_eq!((class("2014-12-31"), class("2015-01-01")), (CreditClass::A, CreditClass::B));
    }

    proptest! {
        /// More points never make a better class, and no class is better than what an item leaves.
        #[test]
        fn worse_conduct_never_pays(
            points in 0..150_i64, more in 0..50_i64,
            before in select(&CreditClass::ALL[..]),
            worst in select(&[None, Some(CreditClass::C), Some(CreditClass::D)][..]),
        ) {
            let books = Books::seeded();
            let on = day("2014-10-08");
            let class = |points, worst_class| Score { events: 1, points, worst_class }.class(&books, on, before);
            prop_assert!(class(points + more, worst) >= class(points, worst));
            prop_assert!(class(points, worst) >= class(points, None));
            prop_assert!(worst.is_none_or(|worst| class(points, Some(worst)) >= worst));
        }
    }
}
