//! What the n-th declaration of the archive is: everything about it follows from its number, so that whoever asks for
//! it needs to remember nothing.
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};

use crate::bench::consignment::OFFICES;

/// Declarants of the archive. The first of them are the bench's own, and can ask for what is theirs.
pub(super) const OWNERS: u64 = 200;
/// Years that the archive covers, the last of them the one before this.
pub(super) const YEARS: i32 = 10;

/// One stretch of the archive, filled at once: its numbers, spread evenly over all its years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) first: u64,
    pub(super) count: u64,
    /// The first day of the archive, a first of January.
    pub(super) since: NaiveDate,
}

/// One declaration of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) number: u64,
    pub(super) decl_org: &'static str,
    pub(super) release_org: &'static str,
    pub(super) is_of_catalogue: bool,
    pub(super) filed_at: DateTime<Utc>,
    pub(super) released_at: DateTime<Utc>,
}

impl Stretch {
    pub(super) fn holds(&self, number: u64) -> bool {
        (self.first..self.first + self.count).contains(&number)
    }

    pub(super) fn begin(&self) -> DateTime<Utc> {
        midnight(self.since)
    }

    pub(super) fn end(&self) -> DateTime<Utc> {
        midnight(self.since.with_year(self.since.year() + YEARS).unwrap_or(self.since))
    }

    /// Three of ten in the catalogue, half released at another office, all offices and days alike. Half of the
    /// releases take less than some seconds, the others up to two days.
    pub(super) fn stored(&self, number: u64) -> Stored {
        let at = |count: usize, divisor: u64| {
            usize::try_from(number / divisor % count as u64).unwrap_or_default()
        };
        let decl = at(OFFICES.len(), 1);
        let is_away = at(2, 10) == 1;
        let away = (decl + 1 + at(OFFICES.len() - 1, 20)) % OFFICES.len();
        let seconds = u128::try_from((self.end() - self.begin()).num_seconds()).unwrap_or_default();
        let place =
            u128::from(number - self.first) * seconds * 1000 / u128::from(self.count.max(1));
        let filed_at =
            self.begin() + TimeDelta::milliseconds(i64::try_from(place).unwrap_or_default());
        // Log-uniform: from a twentieth of a second, twenty-one times doubled.
        let took = 50_u64 << (scatter(number) % 21);
        let took = took + scatter(number ^ 7) % took;
        Stored {
            number,
            decl_org: OFFICES[decl],
            release_org: OFFICES[if is_away { away } else { decl }],
            is_of_catalogue: at(10, 1) < 3,
            filed_at,
            released_at: filed_at
                + TimeDelta::milliseconds(i64::try_from(took).unwrap_or_default()),
        }
    }
}

impl Stored {
    /// The registration number of whoever declared it.
    pub(super) fn owner(&self) -> String {
        format!("31006{:05}", self.number % OWNERS + 1)
    }

    pub(super) fn reference(&self) -> String {
        reference(self.number)
    }

    /// The id of its `which`-th record: a version 7 UUID of the moment of filing, in the order of the numbers.
    pub(super) fn id(&self, which: u64) -> String {
        let millis = u128::try_from(self.filed_at.timestamp_millis()).unwrap_or_default();
        let order = u128::from(self.number * 16 + which) & ((1 << 42) - 1);
        let (high, low) = (order >> 30, order & ((1 << 30) - 1));
        let random = u128::from(scatter(self.number * 16 + which) & u64::from(u32::MAX));
        let bits = millis << 80 | 7 << 76 | high << 64 | 2 << 62 | low << 32 | random;
        format!("{bits:032x}")
    }

    /// The Shanghai day of acceptance.
    pub(super) fn day(&self) -> NaiveDate {
        (self.filed_at + TimeDelta::hours(8)).date_naive()
    }
}

/// Of Shanghai, so that no year has a declaration of the next.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(8)
}

pub(super) fn reference(number: u64) -> String {
    format!("G{number}")
}

/// Bits that look random and follow from the number (`SplitMix64`).
pub(super) fn scatter(number: u64) -> u64 {
    let mut bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn stretch() -> Stretch {
        Stretch { first: 100, count: 20_000, since: "2016-01-01".parse().unwrap() }
    }

    #[test]
    fn an_archive_spreads_over_its_years_and_offices() {
        let all: Vec<_> = (100..20_100).map(|number| stretch().stored(number)).collect();
        let years: BTreeSet<_> = all.iter().map(|one| one.day().year()).collect();
        assert_eq!(years, (2016..2026).collect());
        let offices: BTreeSet<_> = all.iter().map(|one| one.decl_org).collect();
        assert_eq!(offices.len(), OFFICES.len());
        assert_eq!(all.iter().filter(|one| one.is_of_catalogue).count(), 6000);
        assert_eq!(all.iter().filter(|one| one.decl_org != one.release_org).count(), 10_000);
        assert!(all.iter().all(|one| one.released_at > one.filed_at));
    }

    #[test]
    fn ids_are_unique_and_in_the_order_of_filing() {
        let ids: Vec<_> = (100..1100)
            .flat_map(|number| [0, 1].map(|which| stretch().stored(number).id(which)))
            .collect();
        assert!(ids.is_sorted());
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 2000);
        assert!(
            ids.iter()
                .all(|id| id.len() == 32 && &id[12..13] == "7" && "89ab".contains(&id[16..17]))
        );
    }

    #[test]
    fn a_stretch_knows_its_own() {
        assert!(stretch().holds(100) && stretch().holds(20_099) && !stretch().holds(20_100));
    }
}
