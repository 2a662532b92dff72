//! Rows by key and day.
use std::collections::HashMap;

use chrono::NaiveDate;

/// The days on which a row holds; both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    pub from: NaiveDate,
    /// `None`: no end is known.
    pub to: Option<NaiveDate>,
}

impl Validity {
    #[must_use]
    pub const fn since(from: NaiveDate) -> Self {
        Self { from, to: None }
    }

    #[must_use]
    pub fn holds_on(self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}

/// One book in memory. A lookup costs one hash and a binary search among the periods of that key.
#[derive(Clone, Debug)]
pub(super) struct Table<T> {
    /// Periods of one key never overlap (the database sees to that) and are kept in order.
    periods: HashMap<String, Vec<(Validity, T)>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { periods: HashMap::new() }
    }
}

impl<T> Table<T> {
    pub(super) fn insert(&mut self, key: String, validity: Validity, row: T) {
        let periods = self.periods.entry(key).or_default();
        let place = periods.partition_point(|(other, _)| other.from < validity.from);
        periods.insert(place, (validity, row));
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.periods.contains_key(key)
    }

    /// The row that holds on that day.
    pub(super) fn on(&self, key: &str, day: NaiveDate) -> Option<&T> {
        self.latest(key, day).filter(|(validity, _)| validity.holds_on(day)).map(|(_, row)| row)
    }

    /// The row that began last before that day's end, whether or not it still holds.
    pub(super) fn latest(&self, key: &str, day: NaiveDate) -> Option<(Validity, &T)> {
        let periods = self.periods.get(key)?;
        let begun = periods.partition_point(|(validity, _)| validity.from <= day);
        let (validity, row) = periods.get(begun.checked_sub(1)?)?;
        Some((*validity, row))
    }

    /// The first row the key ever had.
    pub(super) fn earliest(&self, key: &str) -> Option<&T> {
        self.periods.get(key)?.first().map(|(_, row)| row)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Validity, &T)> {
        self.periods.iter().flat_map(|(key, periods)| {
            periods.iter().map(move |(validity, row)| (key.as_str(), *validity, row))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_row_holds_from_its_first_day_to_its_last() {
        let mut table = Table::default();
        let first = Validity { from: day("2013-08-01"), to: Some(day("2013-12-31")) };
        table.insert("EXIT".into(), Validity::since(day("2015-01-01")), "second");
        table.insert("EXIT".into(), first, "first");

        assert_eq!(table.on("EXIT", day("2013-07-31")), None);
        assert_eq!(table.on("EXIT", day("2013-08-01")), Some(&"first"));
        assert_eq!(table.on("EXIT", day("2013-12-31")), Some(&"first"));
        assert_eq!(table.on("EXIT", day("2014-01-01")), None);
        assert_eq!(table.on("EXIT", day("2099-01-01")), Some(&"second"));
        assert_eq!(table.on("ENTRY", day("2015-01-01")), None);
    }
}
