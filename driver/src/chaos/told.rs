//! Those who want to be told: a good webhook receiver for each enterprise, and beside them some that fail now and then,
//! fail always, or hang. Afterwards what they took, and what the feed says, is held against what happened.
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Map, Value};
use sqlx::PgPool;
use tokio::time::sleep;

use super::{audit::Audit, strike::move_clock};
use crate::{
    hooks::{self, Hooks, Places},
    session::Session,
    town::Town,
    traffic::{Callers, Pattern},
};

const GLANCE: Duration = Duration::from_millis(250);
/// When nothing was told for so long, only the clock can bring it on.
const PATIENCE: Duration = Duration::from_secs(20);
/// What failed several times is tried again after hours of the town's time; a day is the longest pause.
const HOURS: i64 = 6 * 60 * 60;
const MOVES: usize = 14;

/// Who listens.
pub(super) struct Listeners {
    hooks: Hooks,
    /// Those that take everything sooner or later: for whom, and where.
    sound: Vec<(String, String)>,
}

/// What they heard, all of them.
#[derive(Debug, Default)]
pub(super) struct Heard {
    told: u64,
    twice: u64,
    refused: u64,
    /// How much the feed has of the same enterprises.
    in_feed: usize,
}

impl Heard {
    pub(super) fn add_to(&self, figures: &mut Map<String, Value>) {
        figures.insert("webhooks_told".to_owned(), self.told.into());
        figures.insert("webhooks_told_twice".to_owned(), self.twice.into());
        figures.insert("webhooks_refused".to_owned(), self.refused.into());
        figures.insert("changes_in_feed".to_owned(), self.in_feed.into());
    }
}

impl Listeners {
    /// Registers them, before anything happens.
    pub(super) async fn settle(callers: &Callers) -> anyhow::Result<Self> {
        let hooks = Hooks::open().await?;
        let mut sound = Vec::new();
        for (number, enterprise) in Pattern::new()?.who.iter().enumerate() {
            let reg_no = &enterprise.reg_no;
            let owner = callers.world.declarant(reg_no)?;
            let mut paths = vec![format!("/good/{reg_no}")];
            let bad = match number % 4 {
                0 => {
                    paths.push(format!("/flaky/{reg_no}"));
                    None
                }
                1 => Some(format!("/hang/{reg_no}")),
                2 => Some(format!("/broken/{reg_no}")),
                _ => None,
            };
            if let Some(path) = bad {
                hooks::register(owner, &hooks.url(&path), PATIENCE).await?;
            }
            for path in paths {
                hooks::register(owner, &hooks.url(&path), PATIENCE).await?;
                sound.push((reg_no.clone(), path));
            }
        }
        Ok(Self { hooks, sound })
    }

    /// Holds what was heard against what happened. What is not told yet is waited for, and the clock helps.
    pub(super) async fn account(
        self,
        audit: &mut Audit,
        town: &Town,
        callers: &Callers,
        pool: &PgPool,
    ) -> anyhow::Result<Heard> {
        for _ in 0..MOVES {
            if come_to_rest(pool).await? == 0 {
                break;
            }
            move_clock(town, HOURS)?;
        }
        let mut heard = Heard::default();
        for (reg_no, path) in &self.sound {
            let log = self.hooks.log(path);
            heard.refused += log.refused;
            let places = happened(pool, reg_no).await?;
            let found = hooks::account([log].into_iter(), &places);
            heard.told += found.told;
            heard.twice += found.twice;
            if found.missing > 0 {
                audit.lost.push(format!("{path} was not told of {} events", found.missing));
            }
            if found.disordered > 0 {
                let told = format!("{path} was told of {} events too early", found.disordered);
                audit.unbalanced.push(told);
            }
        }
        let silent = untold(pool).await?;
        if silent > 0 {
            audit.lost.push(format!("{silent} events that concern somebody are not in the feed"));
        }
        let mut owners: Vec<_> = self.sound.iter().map(|(reg_no, _)| reg_no).collect();
        owners.dedup();
        for reg_no in owners {
            heard.in_feed += feed(audit, callers.world.declarant(reg_no)?, pool, reg_no).await?;
        }
        Ok(heard)
    }
}

/// Waits until the sound ones have all, or nothing moves; returns how much they lack.
async fn come_to_rest(pool: &PgPool) -> anyhow::Result<i64> {
    let (mut before, mut moved) = (i64::MAX, Instant::now());
    loop {
        let left: i64 = sqlx::query_scalar(
            "select (select count(*) from events where seq > (select seq from change_feed))
                + (select count(*) from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id
                   where d.state = 'WAITING' and (w.url like '%/good/%' or w.url like '%/flaky/%'))",
        )
        .fetch_one(pool)
        .await?;
        if left == 0 || moved.elapsed() > PATIENCE {
            return Ok(left);
        }
        if left != before {
            (before, moved) = (left, Instant::now());
        }
        sleep(GLANCE).await;
    }
}

/// Everything of an enterprise that the feed has a place for.
async fn happened(pool: &PgPool, reg_no: &str) -> anyhow::Result<Places> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select event_id::text, position from changes c join events e on e.id = c.event_id
         where reg_no = $1 and e.kind <> 'webhook.endpoint_disabled'",
    )
    .bind(reg_no)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(event, place)| (event, (place, 1))).collect())
}

/// Committed steps of declarations that have no place: a sample of what is public.
async fn untold(pool: &PgPool) -> anyhow::Result<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from events e join declarations d on d.id = e.subject
         where e.kind in ('declaration.filed', 'declaration.accepted', 'declaration.released',
                'payment.notice_issued', 'payment.succeeded', 'payment.failed', 'inspection.passed',
                'clearance_form.issued', 'declaration.cancelled', 'amendment.approved')
            and not exists (select from changes c where c.reg_no = d.decl_reg_no and c.event_id = e.id)",
    );
    Ok(count.fetch_one(pool).await?)
}

/// Reads the feed from its beginning; it must be what is stored, each thing once and in its place.
async fn feed(
    audit: &mut Audit,
    owner: &Session,
    pool: &PgPool,
    reg_no: &str,
) -> anyhow::Result<usize> {
    let stored: Vec<String> = sqlx::query_scalar(
        "select event_id::text from changes where reg_no = $1 order by position",
    )
    .bind(reg_no)
    .fetch_all(pool)
    .await?;
    let (mut read, mut after) = (Vec::new(), 0);
    loop {
        let page: Value = owner.get(&format!("/v1/changes?limit=200&after={after}")).await?;
        let data = page["data"].as_array().context("no data in the feed")?;
        read.extend(data.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)));
        after = page["next_after"].as_i64().context("no next_after in the feed")?;
        if page["has_more"] != true {
            break;
        }
    }
    if read != stored {
        let told = format!("the feed of {reg_no} has {} of {} changes", read.len(), stored.len());
        audit.unbalanced.push(told);
    }
    Ok(read.len())
}
