//! The bureau's numbers (报检号): organisation (6), class (1), year (2), serial (6) — domain 1.3 and R12.
//!
//! Serials are unique, not gapless. Each process takes a block and hands it out from memory, so that no
//! filing waits for another at a counter row; what a process did not use when it ends is a gap. Whoever uses up a
//! block takes a larger one next, so that a busy office rarely waits and a quiet one wastes little.
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Datelike, Utc};
use sqlx::{PgPool, postgres::PgPoolOptions};

use super::{Direction, store};
use crate::kernel::calendar;

/// Digits of a serial, at the end of the number.
const SERIAL_DIGITS: usize = 6;
/// The last serial of a series.
pub const LAST_SERIAL: i32 = 999_999;

/// An office, a direction and a year: what serials are counted within.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Series {
    pub org: String,
    /// 1 inbound, 2 outbound.
    pub class: i16,
    /// Two digits, of the Shanghai date of acceptance.
    pub year: i16,
}

impl Series {
    #[must_use]
    pub fn new(org: &str, direction: Direction, accepted_at: DateTime<Utc>) -> Self {
        let class = match direction {
            Direction::Inbound => 1,
            Direction::Outbound => 2,
        };
        let year = calendar::day_of(accepted_at).year().rem_euclid(100);
        Self { org: org.to_owned(), class, year: i16::try_from(year).unwrap_or_default() }
    }

    /// The whole number.
    #[must_use]
    pub fn number(&self, serial: i32) -> String {
        format!("{}{}{:02}{serial:06}", self.org, self.class, self.year)
    }
}

/// The largest block: a thousandth of a series.
const LARGEST_BLOCK: i32 = 1_000;
/// How many blocks are fetched at a time.
const FETCHING: u32 = 2;

/// The blocks of one process.
#[derive(Debug)]
pub struct NumberBook {
    /// Connections of its own: whoever asks for a number holds one of the others already, and must never wait for
    /// a second one from the same pool.
    pool: PgPool,
    block: i32,
    open: Mutex<HashMap<Series, Open>>,
}

/// What is at hand of one series.
#[derive(Debug)]
struct Open {
    left: std::ops::Range<i32>,
    /// Taken, and not used after all.
    returned: Vec<i32>,
    /// How many are taken next.
    next_block: i32,
}

impl NumberBook {
    /// `block` serials are taken the first time, from the database of that pool.
    #[must_use]
    pub fn new(block: i32, pool: &PgPool) -> Self {
        let options = pool.connect_options().as_ref().clone();
        let pool = PgPoolOptions::new()
            .max_connections(FETCHING)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(options);
        Self { pool, block, open: Mutex::default() }
    }

    /// As many numbers as asked for; fewer when the series is at its end.
    ///
    /// Blocks are taken outside of the caller's transaction: a serial must not be handed out twice even if
    /// that transaction rolls back, and its row must not stay locked until it ends.
    pub async fn take(&self, series: &Series, count: usize) -> sqlx::Result<Vec<String>> {
        let mut numbers = self.take_kept(series, count);
        while numbers.len() < count {
            let missing = i32::try_from(count - numbers.len()).unwrap_or(LARGEST_BLOCK);
            let wanted = missing.max(self.next_block(series));
            let block = store::take_block(&self.pool, series, wanted).await?;
            if block.is_empty() {
                break;
            }
            self.keep(series, block);
            numbers.extend(self.take_kept(series, count - numbers.len()));
        }
        Ok(numbers)
    }

    /// Takes a number back that was taken and stands nowhere: a filing that comes again and again uses up nothing.
    pub fn give_back(&self, series: &Series, number: &str) {
        let serial = number.get(number.len().saturating_sub(SERIAL_DIGITS)..).map(str::parse);
        if let Some(Ok(serial)) = serial
            && let Some(open) = self.open().get_mut(series)
        {
            open.returned.push(serial);
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Series, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_kept(&self, series: &Series, count: usize) -> Vec<String> {
        let mut open = self.open();
        let Some(Open { left, returned, .. }) = open.get_mut(series) else { return Vec::new() };
        let again = returned.len().saturating_sub(count);
        let serials = returned.drain(again..).chain(left.by_ref());
        serials.take(count).map(|serial| series.number(serial)).collect()
    }

    fn next_block(&self, series: &Series) -> i32 {
        self.open().get(series).map_or(self.block, |open| open.next_block)
    }

    /// Two requests may fetch a block at once; the rest of the older one becomes a gap.
    fn keep(&self, series: &Series, block: std::ops::Range<i32>) {
        let first = || Open { left: 0..0, returned: Vec::new(), next_block: self.block };
        let mut open = self.open();
        let kept = open.entry(series.clone()).or_insert_with(first);
        kept.next_block = (kept.next_block * 2).min(LARGEST_BLOCK).max(self.block);
        if block.len() > kept.left.len() {
            kept.left = block;
        }
    }
}

/// What a number says (domain R12): the bureau's own form first, then that of the later e-CIQ system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    Ciq2000 { org: String, class: u8, year: u8, serial: u32 },
    ECiq { direction: u8, year: u8, serial: u64 },
}

/// Reads a 15-digit number; `is_office` tells whether six digits are a known office.
#[must_use]
pub fn parse(number: &str, is_office: impl Fn(&str) -> bool) -> Option<Parsed> {
    if number.len() != 15 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = |from: usize, to: usize| number.get(from..to)?.parse::<u64>().ok();
    let class = u8::try_from(digits(6, 7)?).ok()?;
    if is_office(&number[..6]) && class != 0 {
        let year = u8::try_from(digits(7, 9)?).ok()?;
        let serial = u32::try_from(digits(9, 15)?).ok()?;
        return Some(Parsed::Ciq2000 { org: number[..6].to_owned(), class, year, serial });
    }
    let direction = u8::try_from(digits(0, 1)?).ok()?;
    let year = u8::try_from(digits(1, 3)?).ok()?;
    ((1..=2).contains(&direction) && year >= 16).then_some(Parsed::ECiq {
        direction,
        year,
        serial: digits(3, 15)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_office(code: &str) -> bool {
        ["310900", "370100"].contains(&code)
    }

    #[test]
    fn a_number_is_office_class_year_and_serial() {
        let at = "2014-05-12T02:20:00Z".parse().unwrap();
        let series = Series::new("310900", Direction::Inbound, at);
        assert_eq!(series.number(123), "310900114000123");
    }

    #[test]
    fn the_year_is_that_of_shanghai() {
        let at = "2014-12-31T16:00:00Z".parse().unwrap();
        assert_eq!(Series::new("310900", Direction::Outbound, at).number(1), "310900215000001");
    }

    #[test]
    fn both_forms_are_read() {
        let old = parse("370100212005169", is_office);
        let (class, year, serial) = (2, 12, 5169);
        assert_eq!(old, Some(Parsed::Ciq2000 { org: "370100".into(), class, year, serial }));
        let new = parse("118000009163984", is_office);
        assert_eq!(new, Some(Parsed::ECiq { direction: 1, year: 18, serial: 9_163_984 }));
        assert_eq!(parse("999999000000000", is_office), None);
        assert_eq!(parse("31090011400012", is_office), None);
    }
}
