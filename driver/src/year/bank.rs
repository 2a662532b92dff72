//! The sandbox bank's own doors, which no real bank has: what is to be wrong with its next statements, and its books.
use anyhow::Context as _;
use chrono::{Datelike as _, NaiveDate};
use reqwest::header;
use serde::Deserialize;

/// Planted on some days of a fortnight: a booking that nobody ordered, one that is missing, one of another amount,
/// one that stands there twice.
const PLANTS: [(u32, &str); 4] =
    [(2, "orphan-bank"), (5, "orphan-own"), (9, "amount"), (12, "duplicate")];

pub(super) struct Bank {
    http: reqwest::Client,
    url: String,
}

#[derive(Deserialize)]
struct Booked {
    debits: u64,
    total_fen: i64,
}

/// All that the bank booked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Books {
    pub(super) fen: i64,
    /// Payments for which it took money more than once.
    pub(super) doubled: u64,
}

impl Bank {
    pub(super) fn at(url: &str) -> Self {
        Self { http: reqwest::Client::new(), url: url.to_owned() }
    }

    /// What is wrong with the statement of a day, by its date alone.
    pub(super) fn planted(day: NaiveDate) -> Option<&'static str> {
        PLANTS.iter().find(|(at, _)| day.ordinal() % 14 == *at).map(|(_, plant)| *plant)
    }

    /// Lets the statements that are given out from now on have what is planted on that day.
    pub(super) async fn plant(&self, day: NaiveDate) -> anyhow::Result<()> {
        let plants: Vec<_> = Self::planted(day).into_iter().collect();
        let body = serde_json::to_vec(&plants)?;
        let request = self.http.post(format!("{}/sandbox/plants", self.url));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        request.send().await?.error_for_status().context("planting differences")?;
        Ok(())
    }

    pub(super) async fn books(&self) -> anyhow::Result<Books> {
        let answer = self.http.get(format!("{}/sandbox/ledger", self.url)).send().await?;
        let booked: Vec<Booked> = answer.error_for_status()?.json().await?;
        Ok(booked.iter().fold(Books::default(), |books, one| Books {
            fen: books.fen + one.total_fen,
            doubled: books.doubled + u64::from(one.debits > 1),
        }))
    }
}
