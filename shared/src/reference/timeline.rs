//! What a file changes in a book: pure, so that a dry run tells exactly what the import would do.
//!
//! On the days that a row of the file covers, the book holds that row and nothing else of its key. A stored row that
//! begins on the same day is replaced, its end included; any other is cut to the days that are left. A complete file
//! also ends, on the day before it takes effect, what it does not list. So the same file twice changes nothing.
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{row::Row, table::Validity};

/// How much of a book a file speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The keys it lists.
    Listed,
    /// All keys, from that day on: what it does not list has ended.
    CompleteFrom(NaiveDate),
}

/// One row before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A row that begins on a day on which none began.
    Added(Row),
    /// Other values, or a later end.
    Changed { before: Row, after: Row },
    /// The same values, until an earlier day.
    Ended { before: Row, after: Row },
    /// Others hold on all its days.
    Removed(Row),
}

/// All that a file changes, by key and first day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    pub changes: Vec<Change>,
    /// Rows of the file that the book holds already.
    pub unchanged: usize,
}

/// How much a file changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ReferenceCounts)]
pub struct Counts {
    /// Rows that begin on a day on which none of their key began.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub added: usize,
    /// Rows that get other values, or a later end.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub changed: usize,
    /// Rows that end earlier.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub ended: usize,
    /// Rows that others replace on all their days.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub removed: usize,
    /// Rows of the file that the table holds already.
    #[schema(minimum = 0, maximum = 10_000_000)]
    pub unchanged: usize,
}

impl Diff {
    /// Compares a book with a file that is to be loaded into it.
    #[must_use]
    pub fn between(stored: &[Row], file: &[Row], extent: Extent) -> Self {
        let mut keys: BTreeMap<&str, (Vec<&Row>, Vec<&Row>)> = BTreeMap::new();
        for row in stored {
            keys.entry(&row.key).or_default().0.push(row);
        }
        for row in file {
            keys.entry(&row.key).or_default().1.push(row);
        }
        let mut diff = Self::default();
        for (before, listed) in keys.into_values() {
            let after = match (&listed[..], extent) {
                ([], Extent::Listed) => continue,
                ([], Extent::CompleteFrom(day)) => without(&before, Validity::since(day)),
                _ => overlay(&before, &listed),
            };
            diff.unchanged += listed.iter().filter(|row| before.contains(row)).count();
            diff.compare(&before, after);
        }
        diff
    }

    fn compare(&mut self, before: &[&Row], after: Vec<Row>) {
        let mut removed: BTreeMap<NaiveDate, &Row> =
            before.iter().map(|row| (row.validity.from, *row)).collect();
        for after in after {
            let before = removed.remove(&after.validity.from).cloned();
            self.changes.extend(match before {
                None => Some(Change::Added(after)),
                Some(before) if before == after => None,
                Some(before) if before.cells == after.cells && ends_earlier(&after, &before) => {
                    Some(Change::Ended { before, after })
                }
                Some(before) => Some(Change::Changed { before, after }),
            });
        }
        self.changes.extend(removed.into_values().cloned().map(Change::Removed));
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { unchanged: self.unchanged, ..Counts::default() };
        for change in &self.changes {
            match change {
                Change::Added(_) => counts.added += 1,
                Change::Changed { .. } => counts.changed += 1,
                Change::Ended { .. } => counts.ended += 1,
                Change::Removed(_) => counts.removed += 1,
            }
        }
        counts
    }
}

/// The rows of one key after a file that lists `listed` for it.
fn overlay(stored: &[&Row], listed: &[&Row]) -> Vec<Row> {
    let is_replaced = |row: &Row| listed.iter().any(|new| new.validity.from == row.validity.from);
    let mut rows: Vec<Row> =
        stored.iter().filter(|row| !is_replaced(row)).map(|row| (*row).clone()).collect();
    for new in listed {
        rows = without(&rows.iter().collect::<Vec<_>>(), new.validity);
    }
    rows.extend(listed.iter().map(|row| (*row).clone()));
    rows.sort_by_key(|row| row.validity.from);
    rows
}

/// The rows, cut to the days outside of `hole`.
fn without(rows: &[&Row], hole: Validity) -> Vec<Row> {
    let mut left = Vec::new();
    for row in rows {
        if !row.validity.overlaps(hole) {
            left.push((*row).clone());
            continue;
        }
        if row.validity.from < hole.from {
            let validity = Validity { to: hole.from.pred_opt(), ..row.validity };
            left.push(Row { validity, ..(*row).clone() });
        }
        if let Some(from) = hole.to.and_then(|to| to.succ_opt())
            && row.validity.to.is_none_or(|to| from <= to)
        {
            left.push(Row { validity: Validity { from, ..row.validity }, ..(*row).clone() });
        }
    }
    left
}

fn ends_earlier(one: &Row, other: &Row) -> bool {
    match (one.validity.to, other.validity.to) {
        (Some(one), Some(other)) => one < other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reference::{file, layout_of};

    /// The book after a change.
    fn applied(diff: &Diff, stored: &[Row]) -> Vec<Row> {
        let mut rows = stored.to_vec();
        for change in &diff.changes {
            let (gone, new) = match change {
                Change::Added(row) => (None, Some(row)),
                Change::Changed { before, after } | Change::Ended { before, after } => {
                    (Some(before), Some(after))
                }
                Change::Removed(row) => (Some(row), None),
            };
            rows.retain(|row| Some(row) != gone);
            rows.extend(new.cloned());
        }
        sorted(rows)
    }

    fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
        rows.sort_by(|a, b| (&a.key, a.validity.from).cmp(&(&b.key, b.validity.from)));
        rows
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A rate of the dollar from a day to a day; empty for no end.
    fn rate(rate: &str, from: &str, to: &str) -> Row {
        let to = (!to.is_empty()).then(|| day(to));
        let cells = vec!["USD".to_owned(), rate.to_owned()];
        let validity = Validity { from: day(from), to };
        Row { book: "exchange_rates", key: "USD".into(), validity, cells }
    }

    fn after(stored: &[Row], listed: &[Row]) -> Vec<Row> {
        applied(&Diff::between(stored, listed, Extent::Listed), stored)
    }

    #[test]
    fn a_newer_open_row_ends_the_older_one_the_day_before() {
        let stored = [rate("6.15", "2004-04-01", "")];
        let listed = [rate("6.2", "2014-06-01", "")];

        let diff = Diff::between(&stored, &listed, Extent::Listed);

        let ended = rate("6.15", "2004-04-01", "2014-05-31");
        assert_eq!(
            diff.changes,
            [
                Change::Ended { before: stored[0].clone(), after: ended.clone() },
                Change::Added(listed[0].clone()),
            ]
        );
        assert_eq!(applied(&diff, &stored), [ended, listed[0].clone()]);
    }

    #[test]
    fn a_row_for_one_day_splits_the_one_around_it() {
        let stored = [rate("6.15", "2004-04-01", "")];
        let listed = [rate("6.2", "2014-06-01", "2014-06-01")];

        assert_eq!(
            after(&stored, &listed),
            [
                rate("6.15", "2004-04-01", "2014-05-31"),
                rate("6.2", "2014-06-01", "2014-06-01"),
                rate("6.15", "2014-06-02", ""),
            ]
        );
    }

    #[test]
    fn a_row_that_begins_on_the_same_day_is_replaced_with_its_end() {
        let stored = [rate("6.15", "2004-04-01", "")];

        let ended = [rate("6.15", "2004-04-01", "2014-12-31")];
        let diff = Diff::between(&stored, &ended, Extent::Listed);
        assert!(matches!(&diff.changes[..], [Change::Ended { .. }]));
        assert_eq!(applied(&diff, &stored), ended);

        let diff = Diff::between(&ended, &stored, Extent::Listed);
        assert!(matches!(&diff.changes[..], [Change::Changed { .. }]), "an end is taken back");
    }

    #[test]
    fn rows_that_are_wholly_covered_go() {
        let stored =
            [rate("6.1", "2014-01-02", "2014-01-31"), rate("6.2", "2014-02-01", "2014-02-28")];
        let listed = [rate("6.3", "2014-01-01", "")];

        let diff = Diff::between(&stored, &listed, Extent::Listed);

        assert_eq!(diff.counts().removed, 2);
        assert_eq!(applied(&diff, &stored), listed);
    }

    #[test]
    fn a_complete_file_ends_what_it_does_not_list() {
        let mut euro = rate("8.4", "2004-04-01", "");
        euro.key = "EUR".into();
        let stored = [euro, rate("6.15", "2004-04-01", "")];
        let listed = [rate("6.15", "2004-04-01", "")];

        let diff = Diff::between(&stored, &listed, Extent::CompleteFrom(day("2015-01-01")));

        assert_eq!(diff.unchanged, 1);
        let [Change::Ended { before, after }] = &diff.changes[..] else {
            panic!("{:?}", diff.changes)
        };
        assert_eq!((&*before.key, after.validity.to), ("EUR", Some(day("2014-12-31"))));
    }

    /// Rows of one key that do not overlap: lengths and gaps in days, the last perhaps open.
    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let piece = ("[A-C]{3}", 1_u64..99, 0_u64..60, 1_u64..60);
        (proptest::collection::vec(piece, 0..8), any::<bool>()).prop_map(|(pieces, is_open)| {
            let mut rows: Vec<Row> = Vec::new();
            let mut next: BTreeMap<String, NaiveDate> = BTreeMap::new();
            for (key, number, gap, length) in pieces {
                let begin = next.entry(key.clone()).or_insert(day("2014-01-01"));
                let from = *begin + chrono::Days::new(gap);
                let to = from + chrono::Days::new(length - 1);
                *begin = to + chrono::Days::new(1);
                let validity = Validity { from, to: Some(to) };
                let cells =
                    vec![key.clone(), format!("0.{number:02}").trim_end_matches('0').into()];
                rows.push(Row { book: "exchange_rates", key, validity, cells });
            }
            if let Some(last) = rows.last_mut().filter(|_| is_open) {
                last.validity.to = None;
            }
            sorted(rows)
        })
    }

    fn extent() -> impl Strategy<Value = Extent> {
        prop_oneof![
            Just(Extent::Listed),
            (0_u64..200).prop_map(|days| {
                Extent::CompleteFrom(day("2014-01-01") + chrono::Days::new(days))
            }),
        ]
    }

    proptest! {
        /// Whatever is loaded into whatever: no two rows of a key hold on one day, the file's rows all hold, and
        /// loading the same file again changes nothing.
        #[test]
        fn a_file_is_what_the_book_says_afterwards(
            stored in rows(), listed in rows(), extent in extent(),
        ) {
            let diff = Diff::between(&stored, &listed, extent);
            let book = applied(&diff, &stored);

            for pair in book.windows(2).filter(|pair| pair[0].key == pair[1].key) {
                prop_assert!(!pair[0].validity.overlaps(pair[1].validity));
            }
            prop_assert!(listed.iter().all(|row| book.contains(row)));
            let again = Diff::between(&book, &listed, extent);
            prop_assert_eq!(again.changes, []);
            prop_assert_eq!(again.unchanged, listed.len());
        }

        /// Days that the file does not speak of are as they were.
        #[test]
        fn other_days_stay_as_they_were(stored in rows(), listed in rows(), offset in 0_u64..500) {
            let on = day("2014-01-01") + chrono::Days::new(offset);
            let book = after(&stored, &listed);
            for key in stored.iter().map(|row| &row.key) {
                let holds = |rows: &[Row]| {
                    rows.iter().find(|row| row.key == *key && row.validity.holds_on(on))
                        .map(|row| row.cells.clone())
                };
                let replaced = |from| listed.iter().any(|row| {
                    row.key == *key && row.validity.from == from
                });
                let before = stored.iter().find(|row| row.key == *key && row.validity.holds_on(on));
                if holds(&listed).is_none() && !before.is_some_and(|row| replaced(row.validity.from)) {
                    prop_assert_eq!(holds(&book), holds(&stored));
                }
            }
        }

        /// What was written out is read back as it was.
        #[test]
        fn an_export_is_imported_as_it_was(rows in rows()) {
            let layout = layout_of("exchange_rates").unwrap();
            let text = file::export(layout, &rows).unwrap();
            prop_assert_eq!(file::read(layout, text.as_bytes(), None).unwrap(), rows);
        }
    }

    #[test]
    fn every_table_we_ship_survives_export_and_import() {
        for layout in crate::reference::LAYOUTS {
            let of_book = file::seed_rows().iter().filter(|row| row.book == layout.book);
            let rows: Vec<Row> = of_book.cloned().collect();
            let text = file::export(layout, &rows).unwrap();
            assert_eq!(file::read(layout, text.as_bytes(), None).unwrap(), rows, "{}", layout.book);
        }
    }
}
