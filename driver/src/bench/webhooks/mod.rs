//! `webhooks`: how many messages a second reach their receivers while filings come in as fast as they can, one receiver
//! of the lot hanging all the time. The limit is a sender that posts the same message over as many connections, with no
//! database, no order and no signature.
mod limit;

use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::{Map, json};

use super::{
    Outcome, Plan, Yard, accept, clear,
    figures::{Rounds, per_second, ratio, rounded},
    processes::Usage,
};
use crate::hooks::{self, Account, Hooks};

/// Connections that file.
const FILERS: usize = 64;
/// How often the rest is counted.
const GLANCE: Duration = Duration::from_millis(20);
/// When nothing was told for so long, nothing will be.
const PATIENCE: Duration = Duration::from_mins(2);

/// All rounds.
#[derive(Default)]
struct Figures {
    accepted: Rounds,
    /// While filings came in.
    meanwhile: Rounds,
    /// From the first filing to the last message.
    told: Rounds,
    /// How long after the last filing the last message was told.
    behind: Rounds,
    plain: Rounds,
    usage: Usage,
}

pub(super) async fn run(yard: &Yard, plan: &Plan) -> anyhow::Result<Outcome> {
    let hooks = Hooks::open().await?;
    for (number, enterprise) in yard.who.iter().enumerate() {
        register(yard, &enterprise.reg_no, &hooks.url(&format!("/good/{number}"))).await?;
    }
    register(yard, &yard.who[0].reg_no, &hooks.url("/hang/0")).await?;
    clear::finish_off(yard).await?;
    all_told(yard).await?;

    let mut figures = Figures::default();
    for round in 1..=plan.rounds {
        eprintln!("driver: webhooks, round {round} of {}", plan.rounds);
        figures.measure(yard, &hooks, plan.round).await?;
        figures.plain.push(limit::run(&hooks, plan.round).await?);
    }
    clear::finish_off(yard).await?;
    all_told(yard).await?;
    let places = yard.database.places().await?;
    let logs = (0..yard.who.len()).map(|number| hooks.log(&format!("/good/{number}")));
    let account = hooks::account(logs, &places);
    Ok(figures.tell(&account, yard.database.untold().await?))
}

/// An endpoint of an enterprise that has met its challenge.
async fn register(yard: &Yard, reg_no: &str, url: &str) -> anyhow::Result<()> {
    hooks::register(yard.world.declarant(reg_no)?, url, PATIENCE).await
}

/// Waits until all that happened is told to every receiver that takes it.
async fn all_told(yard: &Yard) -> anyhow::Result<()> {
    let (mut least, mut since) = (u64::MAX, Instant::now());
    loop {
        let left = yard.database.untold().await?;
        if left == 0 {
            return Ok(());
        }
        if left < least {
            (least, since) = (left, Instant::now());
        } else if since.elapsed() > PATIENCE {
            bail!("{left} messages are not told");
        }
        tokio::time::sleep(GLANCE).await;
    }
}

impl Figures {
    async fn measure(&mut self, yard: &Yard, hooks: &Hooks, time: Duration) -> anyhow::Result<()> {
        let count = || u64::try_from(hooks.count());
        let (before, took_before) = (yard.processes.now()?, count()?);
        let begun = Instant::now();
        let (accepted, _) = accept::file(yard, FILERS, time).await?;
        let (filed, meanwhile) = (Instant::now(), count()? - took_before);
        all_told(yard).await?;
        self.accepted.push(accepted);
        self.meanwhile.push(per_second(meanwhile, filed - begun));
        self.told.push(per_second(count()? - took_before, begun.elapsed()));
        self.behind.push(filed.elapsed().as_secs_f64());
        self.usage.add(&before.until(&yard.processes.now()?));
        Ok(())
    }

    fn tell(&self, account: &Account, stranded: u64) -> Outcome {
        println!(
            "webhooks: one endpoint for each declarant, and one that hangs; filings come in meanwhile"
        );
        println!(
            "  plain sender, {} connections {:>14} /s",
            limit::CONNECTIONS,
            self.plain.told(0)
        );
        println!("  accepted meanwhile {:>24} /s", self.accepted.told(0));
        println!("  told while accepting {:>22} /s", self.meanwhile.told(0));
        println!("  told until all was told {:>19} /s", self.told.told(0));
        println!("  the last one after {:>24} s", self.behind.told(2));
        println!("      {}", self.usage.told());
        println!(
            "  told {}, of these twice {}, out of order {}, never {}, waiting still {stranded}",
            account.told, account.twice, account.disordered, account.missing
        );
        let mut keys = Map::new();
        keys.insert("webhooks_told_per_s".into(), json!(rounded(self.told.median(), 0)));
        keys.insert(
            "webhooks_while_accepting_per_s".into(),
            json!(rounded(self.meanwhile.median(), 0)),
        );
        keys.insert("webhooks_accepted_per_s".into(), json!(rounded(self.accepted.median(), 0)));
        keys.insert("webhooks_behind_s".into(), json!(rounded(self.behind.median(), 2)));
        keys.insert("ratio_to_plain_sender".into(), json!(ratio(&self.told, &self.plain)));
        keys.insert("webhooks_told".into(), account.told.into());
        keys.insert("webhooks_stranded".into(), (account.missing + stranded).into());
        let holds = account.missing + account.disordered + stranded == 0;
        Outcome { holds, keys }
    }
}
