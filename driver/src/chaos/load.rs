//! Callers and officers at work, until they are told to stop.
use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    client::Server,
    keys::Keys,
    town::Town,
    traffic::{self, Callers, Pattern},
    world::{self, Cast, World},
};

/// Filings a second: far below the limit, so that what a fault holds up is soon caught up with. A run of one minute is a
/// check with programs that no optimiser saw, whose limit is nearer.
const fn rate_of_a_run(minutes: u64) -> u32 {
    if minutes == 1 { 10 } else { 25 }
}
/// How long a caller waits for an answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The town at work.
pub(crate) struct Load {
    pub(crate) pool: PgPool,
    pub(crate) filing: Work,
    pub(crate) officers: Work,
}

/// Something that goes on until it is told to end.
pub(crate) struct Work {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Work {
    pub(super) fn begin<W>(work: impl FnOnce(watch::Receiver<bool>) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(work(stopped)) }
    }

    pub(crate) async fn end(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }
}

/// Settles everybody in.
pub(crate) async fn settle(town: &Town, seed: u64) -> anyhow::Result<Arc<Callers>> {
    let pattern = Pattern::new()?;
    let (server, keys) = (Server::within(&town.url(), PATIENCE)?, Keys::open(&town.keys())?);
    eprintln!("town: setting up offices, enterprises and their clients");
    let mut cast = Cast::of_shanghai(&pattern.who);
    cast.posts.extend(traffic::REFUNDING);
    let admin = world::administrator(&server, &town.password_file()).await?;
    let world = World::of(&admin, keys, &cast).await?;
    for enterprise in &pattern.who {
        world.declarant(&enterprise.reg_no)?.sign_in().await?;
    }
    Ok(Callers::new(Arc::new(world), pattern, seed))
}

impl Load {
    pub(crate) fn begin(town: &Town, callers: &Arc<Callers>, minutes: u64) -> anyhow::Result<Self> {
        let rate = rate_of_a_run(minutes);
        eprintln!("town: {rate} filings a second");
        let (world, pool) = (Arc::clone(&callers.world), town.postgres.look()?);
        let refunds = (Arc::clone(&world), pool.clone());
        let filing = Work::begin(|stop| {
            let file = Arc::clone(callers).file(rate, stop.clone());
            let give_back = traffic::propose_refunds(refunds.0, refunds.1, stop);
            async { tokio::join!(file, give_back).0 }
        });
        let officers = Work::begin(|stop| traffic::officers(world, pool.clone(), stop));
        Ok(Self { pool, filing, officers })
    }
}
