//! The account as it is gathered and told.
use anyhow::Context as _;
use reqwest::Client;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::business::Scene;
use crate::ledgers::account::{self, Messages, Owners};

/// Everything that is asked afterwards.
pub(super) struct Account {
    messages: Messages,
    owners: Owners,
    acts_elsewhere: Vec<String>,
    repeated: u64,
    /// What happened between the bureaus, so that nobody mistakes silence for order.
    story: Vec<(&'static str, i64)>,
}

impl Account {
    pub(super) async fn of(scene: &Scene) -> anyhow::Result<Self> {
        let (mut said, mut heard) = (Vec::new(), Vec::new());
        let (mut standings, mut deeds) = (Vec::new(), Vec::new());
        for ledger in &scene.ledgers {
            said.extend(ledger.said().await?);
            heard.extend(ledger.heard().await?);
            standings.push(ledger.standing().await?);
            deeds.extend(ledger.deeds().await?);
        }
        let mut story = Vec::new();
        for (name, kind) in [
            ("accepted", "handoff.accepted"),
            ("recalled", "handoff.recalled"),
            ("turned_away", "handoff.refused"),
        ] {
            story.push((name, scene.ledgers[0].happened(kind).await?));
        }
        let mut repeated = 0;
        for bureau in &scene.bureaus {
            repeated += repetitions(&bureau.url).await?;
        }
        Ok(Self {
            messages: account::reconcile(&said, &heard),
            owners: account::owners(&standings),
            acts_elsewhere: account::acts_elsewhere(&scene.ledgers[0].bureau, deeds),
            repeated,
            story,
        })
    }

    pub(super) fn is_clean(&self) -> bool {
        let Self { messages, owners, acts_elsewhere, .. } = self;
        messages.applied > 0
            && messages.lost.is_empty()
            && messages.waiting.is_empty()
            && messages.contradicted.is_empty()
            && messages.unsaid.is_empty()
            && owners.two.is_empty()
            && owners.none.is_empty()
            && acts_elsewhere.is_empty()
    }

    /// Every offence by its name.
    pub(super) fn tell(&self) {
        let Self { messages, owners, acts_elsewhere, .. } = self;
        let named = |which: &[Uuid]| which.iter().map(Uuid::to_string).collect::<Vec<_>>();
        for (what, which) in [
            ("lost", &messages.lost),
            ("waiting", &messages.waiting),
            ("contradicted", &messages.contradicted),
            ("refused", &messages.refused),
            ("never said", &messages.unsaid),
            ("acted elsewhere", acts_elsewhere),
            ("two owners", &named(&owners.two)),
            ("no owner", &named(&owners.none)),
        ] {
            for one in which {
                eprintln!("partition: {what}: {one}");
            }
        }
    }

    pub(super) fn figures(&self) -> Map<String, Value> {
        let Self { messages, owners, acts_elsewhere, repeated, story } = self;
        let mut figures: Map<_, _> = [
            ("sent", json!(messages.sent)),
            ("applied", json!(messages.applied)),
            ("duplicates_dropped", json!(repeated)),
            ("refused", json!(messages.refused.len())),
            ("lost", json!(messages.lost.len())),
            ("waiting", json!(messages.waiting.len())),
            ("contradicted", json!(messages.contradicted.len())),
            ("unsaid", json!(messages.unsaid.len())),
            ("cases", json!(owners.cases)),
            ("two_owners", json!(owners.two.len())),
            ("no_owner", json!(owners.none.len())),
            ("acts_elsewhere", json!(acts_elsewhere.len())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
        figures.extend(story.iter().map(|(name, count)| ((*name).to_owned(), json!(count))));
        figures
    }
}

/// Messages that came to a bureau though it had them: its api counts them.
async fn repetitions(url: &str) -> anyhow::Result<u64> {
    let http = Client::builder().no_proxy().build()?;
    let metrics = http.get(format!("{url}/metrics")).send().await?.text().await;
    Ok(repeated(&metrics.context("metrics")?))
}

fn repeated(metrics: &str) -> u64 {
    let lines = metrics.lines().filter(|line| {
        line.starts_with("exchange_messages_total{") && line.contains("outcome=\"repeated\"")
    });
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_from_all_partners_are_added_up() {
        let metrics = "# TYPE exchange_messages_total counter\n\
            exchange_messages_total{partner=\"330000\",outcome=\"stored\"} 40\n\
            exchange_messages_total{partner=\"330000\",outcome=\"repeated\"} 3\n\
            exchange_messages_total{partner=\"320000\",outcome=\"repeated\"} 2\n";

        assert_eq!(repeated(metrics), 5);
        assert_eq!(repeated(""), 0);
    }
}
