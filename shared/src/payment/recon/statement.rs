//! A day's statement as the bank gives it: CSV in UTF-8, a header, a line for each booking, a line that counts them.
//!
//! All that is wrong is told at once, by line; of a statement with one bad line nothing is taken. What was booked on a
//! day that is closed by now is late, and keeps the name of that day.
use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{days::Days, defects::Defects};
use crate::kernel::{Fen, Violations, money::Amount};

/// What a line of a statement is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LineKind {
    /// Money was taken for us.
    Debit,
    /// Money was given back on our order.
    Refund,
    /// Money that was taken was given back by the bank itself.
    Reversal,
}

/// One booking of the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands in the file, counted from one; the header is the first.
    pub line_no: i32,
    pub kind: LineKind,
    pub bank_ref: String,
    /// The payment or refund, as the bank names it.
    pub subject: Uuid,
    pub amount: Fen,
    pub booked_at: DateTime<Utc>,
    /// The closed day on which it was booked, where it comes late; otherwise it belongs to the day of the statement.
    pub belongs_to: Option<NaiveDate>,
}

const HEADER: [&str; 5] = ["kind", "bank_ref", "id", "amount", "booked_at"];
const MOST: usize = 200_000;

/// Reads the statement of a day, or tells all that is wrong with it.
pub fn parse(days: &Days, bytes: &[u8]) -> Result<Vec<Line>, Violations> {
    parse_text(days, utf8(bytes)?)
}

/// The text of a file in UTF-8, or the line that is none.
fn utf8(bytes: &[u8]) -> Result<&str, Violations> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        let en = "the file is not UTF-8 here: say `charset=gb18030` if it is that";
        only(line, "not-utf8", "文件须为UTF-8编码，国标编码须注明", en)
    })
}

/// The one thing that is wrong with a file of which no more can be read.
pub(super) fn only(line: usize, code: &str, zh: &str, en: &str) -> Violations {
    let mut wrong = Violations::default();
    wrong.error(format!("/lines/{line}"), code, zh, en);
    wrong
}

/// As [`parse`], of a file that has become text.
pub(super) fn parse_text(days: &Days, text: &str) -> Result<Vec<Line>, Violations> {
    let mut wrong = Defects::default();
    let mut rows = text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty());
    let header = rows.next().map(|(_, row)| row.trim_start_matches('\u{feff}'));
    if header.is_none_or(|header| cells(header) != HEADER) {
        let en = format!("the first line is `{}`", HEADER.join(","));
        complain(&mut wrong, 1, "header-wrong", "表头有误", en);
        return wrong.finish(Vec::new());
    }
    let (mut lines, mut end) = (Vec::new(), None);
    for (at, row) in rows.take(MOST) {
        let number = at + 1;
        if end.is_some() {
            complain(
                &mut wrong,
                number,
                "after-end",
                "合计行之后不应再有内容",
                "nothing follows END",
            );
        } else if let Some(told) = row.strip_prefix("END,") {
            end = Some((number, told));
        } else {
            lines.extend(line(days, number, row, &mut wrong));
        }
    }
    match end {
        None => {
            let number = text.lines().count().max(1);
            complain(
                &mut wrong,
                number,
                "truncated",
                "缺少合计行，文件不完整",
                "the line END is missing",
            );
        }
        Some((number, told)) if wrong.is_empty() && cells(told) != totals(&lines) => {
            let en = format!("the lines above make END,{}", totals(&lines).join(","));
            complain(&mut wrong, number, "totals-differ", "合计与明细不符", en);
        }
        Some(_) => {}
    }
    wrong.finish(lines)
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_end_matches('\r').split(',').map(str::trim).collect()
}

/// How many, what was taken, what was given back.
fn totals(lines: &[Line]) -> [String; 3] {
    let sum = |is_in: bool| -> Fen {
        let lines = lines.iter().filter(|line| (line.kind == LineKind::Debit) == is_in);
        lines.map(|line| line.amount).sum()
    };
    [lines.len().to_string(), Amount::from(sum(true)).amount, Amount::from(sum(false)).amount]
}

fn line(days: &Days, number: usize, row: &str, wrong: &mut Defects) -> Option<Line> {
    let [kind, bank_ref, subject, amount, booked_at] = cells(row)[..] else {
        complain(wrong, number, "cells-wrong", "列数有误", "a line has five cells");
        return None;
    };
    let kind = match kind {
        "DEBIT" => Some(LineKind::Debit),
        "REFUND" => Some(LineKind::Refund),
        "REVERSAL" => Some(LineKind::Reversal),
        _ => None,
    };
    let amount = Amount { amount: amount.to_owned(), currency: "CNY".to_owned() };
    let amount = amount.in_fen().filter(|fen| is_bookable(*fen));
    let booked_at = booked_at.parse::<DateTime<Utc>>().ok();
    let parts = kind.zip(subject.parse().ok()).zip(amount.zip(booked_at));
    let parts = parts.filter(|_| is_reference(bank_ref));
    let Some(((kind, subject), (amount, booked_at))) = parts else {
        complain(
            wrong,
            number,
            "line-malformed",
            "该行无法读取",
            "a cell of this line cannot be read",
        );
        return None;
    };
    let belongs_to = days.place(booked_at).unwrap_or_else(|en| {
        complain(wrong, number, "another-day", "该行不属于当日", en);
        None
    });
    let (line_no, bank_ref) = (i32::try_from(number).unwrap_or(i32::MAX), bank_ref.to_owned());
    Some(Line { line_no, kind, bank_ref, subject, amount, booked_at, belongs_to })
}

/// Whether one booking may be of that amount: above zero, and so that a whole file adds up (a hundred billion yuan).
pub(super) fn is_bookable(amount: Fen) -> bool {
    amount > Fen(0) && amount <= Fen::yuan(100_000_000_000)
}

/// Whether the bank may call a booking so: 1 to 64 bytes that can be stored and shown.
pub(super) fn is_reference(text: &str) -> bool {
    (1..=64).contains(&text.len()) && !text.contains(char::is_control)
}

fn complain(wrong: &mut Defects, line: usize, code: &'static str, zh: &str, en: impl Into<String>) {
    wrong.error(format!("/lines/{line}"), code, zh, en.into());
}

/// The statement of these bookings, as a bank writes it.
#[must_use]
pub fn write(lines: &[Line]) -> String {
    let mut text = HEADER.join(",") + "\n";
    for line in lines {
        let kind = match line.kind {
            LineKind::Debit => "DEBIT",
            LineKind::Refund => "REFUND",
            LineKind::Reversal => "REVERSAL",
        };
        let amount = Amount::from(line.amount).amount;
        let booked_at = line.booked_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let _ = writeln!(text, "{kind},{},{},{amount},{booked_at}", line.bank_ref, line.subject);
    }
    text + "END," + &totals(lines).join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "kind,bank_ref,id,amount,booked_at\n\
        DEBIT,B1,01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61,484.00,2014-05-12T02:05:31Z\n\
        REFUND,R1,01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c80,100.00,2014-05-12T15:59:59Z\n\
        END,2,484.00,100.00\n";

    fn day() -> Days {
        Days::only("2014-05-12".parse().unwrap())
    }

    fn codes(bytes: &[u8]) -> Vec<(String, String)> {
        let wrong = parse(&day(), bytes).unwrap_err();
        wrong.iter().map(|one| (one.pointer.clone(), one.code.clone())).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let lines = parse(&day(), GOOD.as_bytes()).unwrap();

        assert_eq!(lines.len(), 2);
        assert_eq!((lines[1].kind, lines[1].amount), (LineKind::Refund, Fen::yuan(100)));
        assert_eq!(parse(&day(), write(&lines).as_bytes()).unwrap(), lines);
    }

    #[test]
    fn every_bad_line_is_named() {
        let bad = GOOD.replace("484.00,2014-05-12T02", "484.001,2014-05-12T02");
        let bad = bad.replace("2014-05-12T15:59:59Z", "2014-05-12T16:00:00Z");

        let told = codes(bad.as_bytes());

        assert_eq!(told[0], ("/lines/2".into(), "line-malformed".into()));
        assert_eq!(told[1], ("/lines/3".into(), "another-day".into()), "midnight is Shanghai's");
    }

    #[test]
    fn a_late_line_keeps_the_name_of_its_closed_day() {
        let closed: NaiveDate = "2014-05-11".parse().unwrap();
        let days = Days { closed: [closed].into(), ..day() };
        let late = GOOD.replace("2014-05-12T02:05:31Z", "2014-05-11T15:59:59Z");

        let lines = parse(&days, late.as_bytes()).unwrap();

        assert_eq!((lines[0].belongs_to, lines[1].belongs_to), (Some(closed), None));
        assert_eq!(codes(late.as_bytes())[0], ("/lines/2".into(), "another-day".into()));
    }

    #[test]
    fn windows_wrote_it_and_it_is_read_all_the_same() {
        let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));

        assert_eq!(parse(&day(), windows.as_bytes()), parse(&day(), GOOD.as_bytes()));
    }

    #[test]
    fn a_truncated_doubled_or_differently_encoded_file_is_none() {
        let cut = &GOOD[..GOOD.len() - 20];
        let doubled = GOOD.to_owned() + GOOD;
        let gbk = [GOOD.as_bytes(), &[0xb6, 0xd4]].concat();
        let nul = GOOD.replace("B1", "B\0");
        let short = GOOD.replace("END,2", "END,3");

        assert_eq!(codes(cut.as_bytes())[0].1, "truncated");
        assert_eq!(codes(doubled.as_bytes())[0], ("/lines/5".into(), "after-end".into()));
        assert_eq!(codes(&gbk)[0], ("/lines/5".into(), "not-utf8".into()));
        let vast = GOOD.replace("484.00", "92233720368547758.07");
        assert_eq!(codes(vast.as_bytes())[0].1, "line-malformed");
        assert_eq!(codes(nul.as_bytes())[0], ("/lines/2".into(), "line-malformed".into()));
        assert_eq!(codes(short.as_bytes())[0], ("/lines/4".into(), "totals-differ".into()));
    }
}
