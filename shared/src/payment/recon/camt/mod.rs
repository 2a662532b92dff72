//! A day's statement as ISO 20022 `camt.053` (bank-to-customer statement), versions 2 to 8.
//!
//! Read for what `docs/bank.md` says of it; the rest is passed over. All that is wrong is told at once, by entry or by line;
//! of a statement with one bad entry nothing is taken.
mod booking;
#[cfg(test)]
mod tests;

use super::{
    days::Days,
    defects::Defects,
    statement::Line,
    xml::{self, Defect, Element, Part},
};
use crate::kernel::{Fen, Violations, money::Amount};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.";
const VERSIONS: [&str; 7] = ["02", "03", "04", "05", "06", "07", "08"];

/// Reads the statement of a day, or tells all that is wrong with it.
pub fn parse(days: &Days, bytes: &[u8]) -> Result<Vec<Line>, Violations> {
    let mut reading = Reading::of(days);
    let read = match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text = text.trim_start_matches('\u{feff}');
            let containers = &["Document", "BkToCstmrStmt", "Stmt"];
            xml::read(text, containers, is_known, &mut |part| reading.take(part))
        }
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            Err(xml::charset(good.split(|byte| *byte == b'\n').count()))
        }
    };
    match read {
        Ok(()) => reading.close(),
        Err(Defect { line, code, zh, en }) => reading.wrong.error(lines(line), code, zh, en),
    }
    reading.wrong.finish(reading.lines)
}

fn is_known(namespace: &str) -> bool {
    namespace.strip_prefix(NAMESPACE).is_some_and(|version| VERSIONS.contains(&version))
}

fn lines(line: usize) -> String {
    format!("/lines/{line}")
}

/// What was read so far.
struct Reading<'a> {
    days: &'a Days,
    wrong: Defects,
    lines: Vec<Line>,
    /// How many statements began.
    statements: usize,
    has_id: bool,
    /// Of the balances, in fen; owed to the bank where negative.
    opening: Option<i128>,
    closing: Option<i128>,
    /// What the summary says: number of entries, credits, debits.
    summary: [Option<String>; 3],
    /// Entries, booked or not.
    entries: usize,
    /// Entries that are not booked (yet).
    unbooked: usize,
    /// Sums of the booked entries, in fen.
    credits: i128,
    debits: i128,
}

impl<'a> Reading<'a> {
    fn of(days: &'a Days) -> Self {
        Self {
            days,
            wrong: Defects::default(),
            lines: Vec::new(),
            statements: 0,
            has_id: false,
            opening: None,
            closing: None,
            summary: [None, None, None],
            entries: 0,
            unbooked: 0,
            credits: 0,
            debits: 0,
        }
    }

    fn take(&mut self, part: Part) {
        match part {
            Part::Opens("Stmt", line) => {
                self.statements += 1;
                if self.statements == 2 {
                    let en = "there is one statement in a file: that of one account and day";
                    self.wrong.error(
                        lines(line),
                        "statements-several",
                        "一个文件只能有一份对账单",
                        en,
                    );
                }
            }
            Part::Opens(..) => {}
            Part::Holds(element) => match element.name.as_str() {
                "GrpHdr" => self.must_be_whole(element.at(&["MsgPgntn"])),
                "StmtPgntn" => self.must_be_whole(Some(&element)),
                "Id" => self.has_id |= !element.text.trim().is_empty(),
                "Acct" => self.account(&element),
                "Bal" => self.balance(&element),
                "TxsSummry" => {
                    let paths: [&[&str]; 3] = [
                        &["TtlNtries", "NbOfNtries"],
                        &["TtlCdtNtries", "Sum"],
                        &["TtlDbtNtries", "Sum"],
                    ];
                    self.summary = paths.map(|path| element.text_at(path).map(str::to_owned));
                }
                "Ntry" => self.entry(&element),
                _ => {}
            },
        }
    }

    /// A statement in pages is one only when it is whole.
    fn must_be_whole(&mut self, pagination: Option<&Element>) {
        let Some(pages) = pagination else { return };
        let is_first = pages.text_at(&["PgNb"]).is_none_or(|page| page == "1");
        let is_last = pages.text_at(&["LastPgInd"]).is_none_or(|last| matches!(last, "true" | "1"));
        if !is_first || !is_last {
            let en = "this is one page of several: bring the statement in one file";
            self.wrong.error(
                lines(pages.line),
                "statement-paged",
                "对账单不完整，分页文件须合并",
                en,
            );
        }
    }

    fn account(&mut self, account: &Element) {
        if account.text_at(&["Ccy"]).is_some_and(|currency| currency != "CNY") {
            let en = "the account is one of yuan (CNY)";
            self.wrong.error(lines(account.line), "currency-wrong", "币种须为人民币", en);
        }
    }

    fn balance(&mut self, balance: &Element) {
        let place = match balance.text_at(&["Tp", "CdOrPrtry", "Cd"]) {
            Some("OPBD" | "PRCD") => &mut self.opening,
            Some("CLBD") => &mut self.closing,
            _ => return,
        };
        let amount = balance.at(&["Amt"]).and_then(fen);
        let signed = match balance.text_at(&["CdtDbtInd"]) {
            Some("CRDT") => amount.map(|fen| i128::from(fen.0)),
            Some("DBIT") => amount.map(|fen| -i128::from(fen.0)),
            _ => None,
        };
        let (code, zh, en) = match signed {
            Some(_) if place.is_some() => {
                ("balance-doubled", "余额重复", "there are two opening or two closing balances")
            }
            Some(signed) => {
                *place = Some(signed);
                return;
            }
            None => {
                ("balance-malformed", "余额无法读取", "a balance is an amount of CNY, CRDT or DBIT")
            }
        };
        // Not missing as well.
        *place = place.or(Some(0));
        self.wrong.error(lines(balance.line), code, zh, en);
    }

    /// Everything was read: is it a statement, and is it whole?
    fn close(&mut self) {
        if self.statements == 0 {
            let en = "there is no statement (Stmt) in this file";
            return self.wrong.error(lines(1), "statement-missing", "文件中没有对账单", en);
        }
        if !self.has_id {
            let en = "the statement has no Id";
            self.wrong.error(lines(1), "id-missing", "对账单没有编号", en);
        }
        let (Some(opening), Some(closing)) = (self.opening, self.closing) else {
            let en = "a statement has its opening (OPBD) and its closing balance (CLBD)";
            return self.wrong.error(lines(1), "balance-missing", "缺少期初或期末余额", en);
        };
        if !self.wrong.is_empty() {
            return;
        }
        if opening + self.credits - self.debits != closing {
            let made = opening + self.credits - self.debits;
            let en = format!("the entries make a closing balance of {}", yuan(made));
            self.wrong.error(lines(1), "balances-differ", "余额与明细不符", en);
        }
        self.check_summary();
    }

    /// What the bank counted itself, where it did, and of what is booked alone.
    fn check_summary(&mut self) {
        let [number, credits, debits] = &self.summary;
        let sum =
            |told: &Option<String>| told.as_ref().map(|sum| exact(sum).map(|fen| fen.0.into()));
        let count = number.as_ref().map(|number| number.parse().ok());
        let is_right = count.is_none_or(|count| count == Some(self.entries))
            && sum(credits).is_none_or(|sum| sum == Some(self.credits))
            && sum(debits).is_none_or(|sum| sum == Some(self.debits));
        if self.unbooked == 0 && !is_right {
            let (credits, debits) = (yuan(self.credits), yuan(self.debits));
            let en = format!("there are {} entries of {credits} in, {debits} out", self.entries);
            self.wrong.error(lines(1), "totals-differ", "合计与明细不符", en);
        }
    }
}

/// Exact decimal yuan, for people.
fn yuan(fen: i128) -> String {
    let (sign, fen) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// The amount of an element whose currency is CNY, not below zero.
fn fen(amount: &Element) -> Option<Fen> {
    exact(amount.text.trim()).filter(|_| amount.currency.as_deref() == Some("CNY"))
}

/// Digits with at most one point among them, as XML Schema has decimals, in fen.
fn exact(text: &str) -> Option<Fen> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    Amount { amount: text.to_owned(), currency: "CNY".to_owned() }.in_fen().filter(|_| is_plain)
}
