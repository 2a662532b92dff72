//! Parameters (domain 11) and working days (domain R0).
use chrono::{Datelike as _, NaiveDate, Weekday};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};

use crate::reference::{
    Books,
    cell::{Form, Token},
    sheet::{Line, sheet},
};

/// The parameters we ship: the names there are.
const SEED: &str = include_str!("../../../reference/parameters.csv");

sheet! {
    /// Numbers the rules read by name (domain 11). A parameter that the program does not know is refused.
    Parameter "parameters" key [code] {
        /// `handoff.expiry_minutes`.
        code: Token,
        /// Its value.
        value: Decimal,
        /// What it is, in Chinese.
        name_zh: String,
        /// What it is, in English.
        name_en: String,
    }
    check a_parameter_is_known
}

fn a_parameter_is_known(row: &Parameter, line: &mut Line<'_>) {
    let names = SEED.lines().filter_map(|line| line.split(',').next());
    if !names.skip(1).any(|name| name == &*row.code) {
        line.flaw(
            "code",
            "parameter-unknown",
            Form::new("程序所知的参数名", "a parameter that the program knows"),
        );
    }
}

sheet! {
    /// Days that are worked, or not, against the calendar (domain R0). Other days: Monday to Friday are worked.
    WorkdayOverride "workday_overrides" key [date] {
        /// The day.
        date: NaiveDate,
        /// Is it worked?
        is_working: bool,
        /// Why.
        name_zh: Option<String>,
    }
}

impl Books {
    /// A parameter on a day. Before its first row, and after its last, the nearest row speaks: a rule that is
    /// asked must be answered.
    ///
    /// # Panics
    /// On a name that is in no seed table: a typing mistake in the program, which every test of the rule meets.
    #[must_use]
    pub fn number(&self, key: &str, on: NaiveDate) -> Decimal {
        let parameters = &self.tables.parameters;
        let row =
            parameters.latest(key, on).map(|(_, row)| row).or_else(|| parameters.earliest(key));
        row.unwrap_or_else(|| panic!("there is no parameter {key}")).value
    }

    /// A whole-number parameter; what stands behind the point is cut.
    #[must_use]
    pub fn integer(&self, key: &str, on: NaiveDate) -> i64 {
        self.number(key, on).to_i64().unwrap_or(i64::MAX)
    }

    /// Does one row of a parameter speak for all days from `first` to `last`?
    #[must_use]
    pub fn is_steady(&self, key: &str, first: NaiveDate, last: NaiveDate) -> bool {
        let begun = |on| self.tables.parameters.latest(key, on).map(|(validity, _)| validity.from);
        begun(first).is_some_and(|from| begun(last) == Some(from))
    }

    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        match self.tables.workday_overrides.on(&day.to_string(), day) {
            Some(row) => row.is_working,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The day that is `days` working days later; day 0 is the day of the event, worked or not (domain R0).
    #[must_use]
    pub fn add_working_days(&self, day: NaiveDate, days: u32) -> NaiveDate {
        let mut later = day.iter_days().skip(1).filter(|day| self.is_working_day(*day));
        match days.checked_sub(1) {
            None => day,
            Some(before) => later.nth(before as usize).unwrap_or(NaiveDate::MAX),
        }
    }
}
