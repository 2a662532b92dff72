//! An entry (`Ntry`) of a `camt.053`, and the bookings that it is made of.
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use uuid::Uuid;

use super::{Reading, fen};
use crate::{
    kernel::{Fen, calendar},
    payment::recon::{
        statement::{Line, LineKind, is_bookable, is_reference},
        xml::Element,
    },
};

/// What an entry says of all its bookings. Where some of it could not be read, that was told, and nothing is taken.
struct Entry {
    /// Where it stands: `/entries/3`.
    at: String,
    kind: LineKind,
    amount: Option<Fen>,
    booked_at: DateTime<Utc>,
    belongs_to: Option<NaiveDate>,
}

impl Reading<'_> {
    /// Takes the bookings of an entry. What is pending or for information is no booking.
    pub(super) fn entry(&mut self, entry: &Element) {
        self.entries += 1;
        let at = format!("/entries/{}", self.entries);
        let status = entry.text_at(&["Sts", "Cd"]).or_else(|| entry.text_at(&["Sts"]));
        match status {
            Some("BOOK") => {}
            Some("PDNG" | "INFO" | "FUTR") => {
                self.unbooked += 1;
                return;
            }
            _ => self.complain((&at, entry), "status-unknown", "入账状态有误", "Sts is BOOK"),
        }
        let read = self.read_entry(at, entry);
        let details: Vec<_> =
            entry.all("NtryDtls").flat_map(|details| details.all("TxDtls")).collect();
        let mut sum = Some(0_i128);
        if details.len() < 2 {
            let only = self.booking(&read, &read.at, entry, details.first().copied());
            sum = only.map(|only| only.0.into());
        } else {
            for (number, transaction) in (1..).zip(&details) {
                let at = format!("{}/transactions/{number}", read.at);
                let amount = self.booking(&read, &at, entry, Some(transaction));
                sum = sum.zip(amount).map(|(sum, amount)| sum + i128::from(amount.0));
            }
        }
        if sum.zip(read.amount).is_some_and(|(sum, whole)| sum != i128::from(whole.0)) {
            let en = "the transactions of the entry do not add up to its amount";
            self.complain((&read.at, entry), "entry-sum-differs", "分笔合计与入账金额不符", en);
        }
    }

    /// What holds for all bookings of an entry.
    fn read_entry(&mut self, at: String, entry: &Element) -> Entry {
        let amount = self.amount((&at, entry), entry.at(&["Amt"]));
        let is_reversal = matches!(entry.text_at(&["RvslInd"]), Some("true" | "1"));
        let is_credit = match entry.text_at(&["CdtDbtInd"]) {
            Some("CRDT") => Some(true),
            Some("DBIT") => Some(false),
            _ => {
                let en = "CdtDbtInd is CRDT or DBIT";
                self.complain((&at, entry), "direction-missing", "借贷标志有误", en);
                None
            }
        };
        match (is_credit, amount) {
            (Some(true), Some(amount)) => self.credits += i128::from(amount.0),
            (Some(false), Some(amount)) => self.debits += i128::from(amount.0),
            _ => {}
        }
        let kind = match (is_credit, is_reversal) {
            (Some(false), false) => LineKind::Refund,
            (Some(false), true) => LineKind::Reversal,
            (Some(true), true) => {
                let en = "what was given back came back: there is no booking of that kind here";
                self.complain((&at, entry), "kind-unknown", "退款被冲回，无此类入账", en);
                LineKind::Debit
            }
            (Some(true) | None, _) => LineKind::Debit,
        };
        let booked_at = self.booked_at(&at, entry);
        let belongs_to = booked_at.and_then(|booked_at| {
            self.days.place(booked_at).unwrap_or_else(|en| {
                self.complain((&at, entry), "another-day", "该笔不属于当日", &en);
                None
            })
        });
        Entry { at, kind, amount, booked_at: booked_at.unwrap_or_default(), belongs_to }
    }

    /// One booking; returns its amount where that can be read. `details` are those of the only transaction or of one of
    /// several; an entry without any is a booking itself.
    fn booking(
        &mut self,
        entry: &Entry,
        at: &str,
        element: &Element,
        details: Option<&Element>,
    ) -> Option<Fen> {
        let is_only = at == entry.at;
        let place = (at, details.unwrap_or(element));
        let own = details.and_then(|details| {
            details.at(&["Amt"]).or_else(|| details.at(&["AmtDtls", "TxAmt", "Amt"]))
        });
        let amount = match own {
            None if is_only => entry.amount,
            own => self.amount(place, own),
        };
        let own = details.and_then(|details| details.text_at(&["Refs", "AcctSvcrRef"]));
        let bank_ref = own.or_else(|| element.text_at(&["AcctSvcrRef"]).filter(|_| is_only));
        if !bank_ref.is_some_and(is_reference) {
            let en = "AcctSvcrRef names each booking, with 64 plain bytes at most";
            self.complain(place, "reference-missing", "缺少银行流水号", en);
        }
        let direction = details.and_then(|details| details.text_at(&["CdtDbtInd"]));
        if direction.is_some() && direction != element.text_at(&["CdtDbtInd"]) {
            let en = "a transaction goes in the direction of its entry";
            self.complain(place, "direction-differs", "分笔与入账方向不一致", en);
        }
        // A stranger's transfer has a name of its own, or none: it is nobody's payment here.
        let subject = details.and_then(|details| details.text_at(&["Refs", "EndToEndId"]));
        let subject = subject.and_then(|id| id.parse().ok()).unwrap_or(Uuid::nil());
        let line_no = i32::try_from(self.lines.len() + 1).unwrap_or(i32::MAX);
        let Entry { kind, booked_at, belongs_to, .. } = *entry;
        let bank_ref = bank_ref.unwrap_or_default().to_owned();
        let booked = amount.unwrap_or_default();
        let line = Line { line_no, kind, bank_ref, subject, amount: booked, booked_at, belongs_to };
        // Of a statement with a defect nothing is taken.
        if self.wrong.is_empty() {
            self.lines.push(line);
        }
        amount
    }

    /// An amount of yuan above zero.
    fn amount(&mut self, place: (&str, &Element), amount: Option<&Element>) -> Option<Fen> {
        let currency = amount.and_then(|amount| amount.currency.as_deref());
        if currency.is_some_and(|currency| currency != "CNY") {
            self.complain(place, "currency-wrong", "币种须为人民币", "the currency is CNY");
            return None;
        }
        let found = amount.and_then(fen).filter(|fen| is_bookable(*fen));
        if found.is_none() {
            let en = "Amt is an amount of CNY above zero, in whole fen, a hundred billion at most";
            self.complain(place, "amount-malformed", "金额无法读取", en);
        }
        found
    }

    /// When it was booked; where it has a value date on another day, then (R6: by the bank's value date).
    fn booked_at(&mut self, at: &str, entry: &Element) -> Option<DateTime<Utc>> {
        let mut dates = [None, None];
        for (date, name) in dates.iter_mut().zip(["BookgDt", "ValDt"]) {
            let Some(element) = entry.at(&[name]) else { continue };
            *date = instant(element);
            if date.is_none() {
                let en = format!("{name} is a date or a time");
                self.complain((at, element), "date-malformed", "日期无法读取", &en);
                return None;
            }
        }
        match dates {
            [Some(booked), Some(value)] if calendar::day_of(booked) != calendar::day_of(value) => {
                Some(value)
            }
            [Some(booked), _] => Some(booked),
            [None, Some(value)] => Some(value),
            [None, None] => {
                let en = "an entry has a BookgDt or a ValDt";
                self.complain((at, entry), "date-missing", "缺少入账日期", en);
                None
            }
        }
    }

    fn complain(&mut self, (at, element): (&str, &Element), code: &str, zh: &str, en: &str) {
        self.wrong.error(at, code, zh, format!("line {}: {en}", element.line));
    }
}

/// `DtTm`, without an offset in Shanghai, or `Dt`, a day in Shanghai.
fn instant(date: &Element) -> Option<DateTime<Utc>> {
    if let Some(time) = date.text_at(&["DtTm"]) {
        let local = |time: &str| {
            let local = time.parse::<NaiveDateTime>().ok()?;
            let since_midnight = local - local.date().and_time(chrono::NaiveTime::MIN);
            Some(calendar::start_of(local.date()) + since_midnight)
        };
        return time.parse().ok().or_else(|| local(time));
    }
    let day = date.text_at(&["Dt"])?;
    let day: NaiveDate = day.strip_suffix("+08:00").unwrap_or(day).parse().ok()?;
    Some(calendar::start_of(day))
}
