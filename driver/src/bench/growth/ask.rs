//! Asking for what is stored: any of it, not only what was stored last.
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use futures_util::future::try_join_all;
use rand::Rng as _;

use super::stored::{OWNERS, Stored, Stretch, YEARS};
use crate::{
    bench::{Yard, figures::Times, http::Line},
    world::Post,
};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Get,
    ByReference,
    /// An enterprise's newest fifty.
    List,
    /// An office's newest fifty.
    ListOfOffice,
    /// What changed of an enterprise's among the last thousand of all, however long ago that was.
    ChangedSince,
    /// The same of an office's: the newest fifty.
    ChangedSinceOfOffice,
    /// An office's figures of a month, of a year, of ten.
    StatisticsOfMonth,
    StatisticsOfYear,
    StatisticsOfTenYears,
}

impl Question {
    pub(super) const ALL: [Self; 9] = [
        Self::Get,
        Self::ByReference,
        Self::List,
        Self::ListOfOffice,
        Self::ChangedSince,
        Self::ChangedSinceOfOffice,
        Self::StatisticsOfMonth,
        Self::StatisticsOfYear,
        Self::StatisticsOfTenYears,
    ];

    /// As it stands in the report.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::ByReference => "by_reference",
            Self::List => "list",
            Self::ListOfOffice => "list_of_office",
            Self::ChangedSince => "changed_since",
            Self::ChangedSinceOfOffice => "changed_since_of_office",
            Self::StatisticsOfMonth => "statistics_month",
            Self::StatisticsOfYear => "statistics_year",
            Self::StatisticsOfTenYears => "statistics_ten_years",
        }
    }

    const fn is_an_officers(self) -> bool {
        matches!(
            self,
            Self::ListOfOffice
                | Self::ChangedSinceOfOffice
                | Self::StatisticsOfMonth
                | Self::StatisticsOfYear
                | Self::StatisticsOfTenYears
        )
    }

    fn path(self, about: &Stored, archive: &[Stretch]) -> String {
        let first_year = archive[0].since.year();
        let year = about.day().year();
        let month = about.day().month();
        match self {
            Self::Get => format!("/v1/declarations/{}", about.id(0)),
            Self::ByReference => format!("/v1/declarations-by-reference/{}", about.reference()),
            Self::List | Self::ListOfOffice => "/v1/declarations".to_owned(),
            Self::ChangedSince | Self::ChangedSinceOfOffice => {
                let since = last(archive, 1000).format("%Y-%m-%dT%H:%M:%SZ");
                format!("/v1/declarations?updated_since={since}")
            }
            // Every month has a twenty-eighth.
            Self::StatisticsOfMonth => {
                format!("/v1/statistics?from={year}-{month:02}-01&to={year}-{month:02}-28")
            }
            Self::StatisticsOfYear => format!("/v1/statistics?from={year}-01-01&to={year}-12-31"),
            Self::StatisticsOfTenYears => {
                format!(
                    "/v1/statistics?from={first_year}-01-01&to={}-12-31",
                    first_year + YEARS - 1
                )
            }
        }
    }
}

/// What was answered in one round.
pub(super) struct Answers {
    pub(super) count: u64,
    pub(super) times: Times,
    pub(super) took: Duration,
}

/// Asks as fast as so many connections can, each time about another declaration of the archive.
pub(super) async fn ask(
    yard: &Yard,
    archive: &[Stretch],
    question: Question,
    (connections, time): (usize, Duration),
) -> anyhow::Result<Answers> {
    let lines = try_join_all((0..connections).map(|_| Line::open(yard.address))).await?;
    let begun = Instant::now();
    let asked = lines.into_iter().map(|line| go_on(yard, archive, question, line, begun + time));
    let mut times = Times::default();
    for one in try_join_all(asked).await? {
        times.add(&one);
    }
    Ok(Answers { count: u64::try_from(times.count())?, times, took: begun.elapsed() })
}

async fn go_on(
    yard: &Yard,
    archive: &[Stretch],
    question: Question,
    mut line: Line,
    until: Instant,
) -> anyhow::Result<Times> {
    let mut times = Times::default();
    while Instant::now() < until {
        let about = any(archive, u64::try_from(yard.who.len())?)?;
        let bearer = if question.is_an_officers() {
            yard.world.officer(about.decl_org, Post::Chief)?.session.token().await?
        } else {
            yard.world.declarant(&about.owner())?.token().await?
        };
        let path = question.path(&about, archive);
        let asked_at = Instant::now();
        let answer = line.get(&path, &bearer).await?;
        times.note(asked_at.elapsed());
        anyhow::ensure!(answer.status == 200, "{path}: {}", answer.told());
    }
    Ok(times)
}

/// About when the last `count` of the archive began.
fn last(archive: &[Stretch], count: u64) -> DateTime<Utc> {
    let stored = archive.iter().map(|stretch| stretch.count).sum::<u64>();
    let whole = archive[0].end() - archive[0].begin();
    let part = i64::try_from(stored / count).unwrap_or(i64::MAX).max(1);
    archive[0].end() - TimeDelta::seconds(whole.num_seconds() / part)
}

/// Any declaration that belongs to one of the first `owners`.
fn any(archive: &[Stretch], owners: u64) -> anyhow::Result<Stored> {
    let stored = archive.iter().map(|stretch| stretch.count).sum::<u64>();
    let mut dice = rand::rng();
    let number = dice.random_range(0..stored / OWNERS) * OWNERS + dice.random_range(0..owners);
    let stretch = archive.iter().find(|stretch| stretch.holds(number));
    let stretch = stretch.ok_or_else(|| anyhow::anyhow!("nothing was stored under {number}"))?;
    Ok(stretch.stored(number))
}
