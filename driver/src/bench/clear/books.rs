//! What was sent, office by office, out of the receipts; and the same out of the bureau's statistics.
use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use super::super::{Yard, consignment::OFFICES};
use crate::{wire, world::Post};

/// What a filing was answered, as far as it is counted.
#[derive(Debug, Deserialize)]
pub(crate) struct Receipt<'a> {
    pub(crate) status: &'a str,
    kind: &'a str,
    decl_org: &'a str,
    release_org: &'a str,
    insp_org: Option<&'a str>,
    is_selected: Option<bool>,
    #[serde(borrow)]
    fee_notice: Option<Notice<'a>>,
}

#[derive(Debug, Deserialize)]
struct Notice<'a> {
    #[serde(borrow)]
    total: Amount<'a>,
}

#[derive(Debug, Deserialize)]
struct Amount<'a> {
    amount: &'a str,
}

/// The figures of one office.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) batches: i64,
    outside_catalogue: i64,
    anywhere: i64,
    pub(crate) selected: i64,
    released: i64,
    paid: i64,
    paid_online: i64,
    paid_online_fen: i64,
}

/// By declaring office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Books(BTreeMap<String, Figures>);

impl Books {
    /// As it will stand in the statistics once it is released.
    pub(crate) fn enter(&mut self, receipt: &Receipt<'_>) -> anyhow::Result<()> {
        let office = self.0.entry(receipt.decl_org.to_owned()).or_default();
        let one = i64::from;
        office.batches += 1;
        office.released += 1;
        office.outside_catalogue += one(receipt.kind == "OUTSIDE_CATALOGUE");
        let insp_org = receipt.insp_org.unwrap_or_default();
        office.anywhere += one(receipt.decl_org != insp_org || receipt.release_org != insp_org);
        office.selected += one(receipt.is_selected == Some(true));
        if let Some(notice) = &receipt.fee_notice {
            office.paid += 1;
            office.paid_online += 1;
            office.paid_online_fen += fen(notice.total.amount)?;
        }
        Ok(())
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (office, figures) in &other.0 {
            let sum = self.0.entry(office.clone()).or_default();
            *sum = sum.more(*figures);
        }
    }

    /// What the statistics say of these days, each office asked by its duty chief.
    pub(crate) async fn read(yard: &Yard, from: NaiveDate, to: NaiveDate) -> anyhow::Result<Self> {
        let mut books = Self::default();
        for office in OFFICES {
            let chief = yard.world.officer(office, Post::Chief)?;
            let path = format!("/v1/statistics?from={from}&to={to}&office={office}");
            let read: Value = chief.session.get(&path).await?;
            let total = &read["total"];
            let count = |name: &str| total[name].as_i64().with_context(|| name.to_owned());
            let amount = total["e_payment_amount"]["amount"].as_str();
            let figures = Figures {
                batches: count("batches")?,
                outside_catalogue: count("self_declaration_batches")?,
                anywhere: count("anywhere_batches")?,
                selected: count("selected_batches")?,
                released: count("released_batches")?,
                paid: count("paid_batches")?,
                paid_online: count("e_payment_batches")?,
                paid_online_fen: fen(amount.context("e_payment_amount")?)?,
            };
            books.0.insert(office.to_owned(), figures);
        }
        Ok(books)
    }

    /// Where the statistics grew by other figures than were sent.
    pub(crate) fn differences(&self, before: &Self, after: &Self) -> Vec<String> {
        let of = |books: &Self, office: &str| books.0.get(office).copied().unwrap_or_default();
        let mut found = Vec::new();
        for office in OFFICES {
            let sent = of(self, office);
            let told = of(after, office).less(of(before, office));
            if sent != told {
                found.push(format!("{office}: sent {sent:?}, the statistics say {told:?}"));
            }
        }
        found
    }

    pub(crate) fn total(&self) -> Figures {
        self.0.values().fold(Figures::default(), |sum, office| sum.more(*office))
    }
}

impl Figures {
    fn more(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    fn less(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }

    fn with(self, other: Self, of: fn(i64, i64) -> i64) -> Self {
        Self {
            batches: of(self.batches, other.batches),
            outside_catalogue: of(self.outside_catalogue, other.outside_catalogue),
            anywhere: of(self.anywhere, other.anywhere),
            selected: of(self.selected, other.selected),
            released: of(self.released, other.released),
            paid: of(self.paid, other.paid),
            paid_online: of(self.paid_online, other.paid_online),
            paid_online_fen: of(self.paid_online_fen, other.paid_online_fen),
        }
    }
}

/// `484.00` is 48,400 fen.
fn fen(amount: &str) -> anyhow::Result<i64> {
    wire::fen(amount).with_context(|| format!("{amount} is no amount in yuan"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIPT: &str = r#"{"id":"x","status":"CONFORMING","kind":"CATALOGUE","decl_org":"310900",
        "release_org":"310700","insp_org":"310700","is_selected":false,"defects":[],
        "fee_notice":{"id":"y","total":{"amount":"484.00","currency":"CNY"}}}"#;

    #[test]
    fn a_receipt_is_counted_as_the_statistics_count() {
        let mut books = Books::default();
        books.enter(&serde_json::from_str(RECEIPT).unwrap()).unwrap();
        books.enter(&serde_json::from_str(RECEIPT).unwrap()).unwrap();
        let total = books.total();
        assert_eq!((total.batches, total.anywhere, total.outside_catalogue), (2, 2, 0));
        assert_eq!((total.paid, total.paid_online_fen), (2, 96_800));
    }

    #[test]
    fn a_figure_that_grew_by_another_number_is_told() {
        let mut sent = Books::default();
        sent.enter(&serde_json::from_str(RECEIPT).unwrap()).unwrap();
        let (before, mut after) = (sent.clone(), sent.clone());
        assert_eq!(sent.differences(&before, &after).len(), 1);
        after.enter(&serde_json::from_str(RECEIPT).unwrap()).unwrap();
        assert_eq!(sent.differences(&before, &after), Vec::<String>::new());
    }

    #[test]
    fn amounts_are_in_yuan_and_fen() {
        assert_eq!(fen("0.05").unwrap(), 5);
        assert!(fen("12").is_err());
    }
}
