//! A neighbour bureau beside the town: while everything falls here, the two speak with each other, and cases go there
//! and come home. Nothing befalls the neighbour but what befalls the line.
mod account;
mod talk;
mod watch;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use anyhow::Context as _;
use sqlx::PgPool;
use uuid::Uuid;

use watch::Watch;

use super::load::{PATIENCE, Work};
use crate::{
    bureaus::{Bureau, FLOW_MAP, Place, befriend, call_at},
    client::Server,
    ledgers::Ledger,
    town::{BUREAU, Neighbour, Town},
    traffic::{self, Callers},
};

/// A case sets out after each pause of so long.
const FLOW: Duration = Duration::from_secs(2);

/// The two bureaus.
pub(super) struct Pair {
    /// The town's, and the neighbour's.
    bureaus: [Bureau; 2],
    ledgers: [Ledger; 2],
    /// A look into the neighbour's tables.
    pub(super) pool: PgPool,
}

/// What goes on between the two.
pub(super) struct Exchange {
    pub(super) pair: Arc<Pair>,
    /// Says something new.
    speakers: Vec<Work>,
    /// Brings to an end what was begun.
    hands: Vec<Work>,
    watch: Watch,
}

impl Pair {
    /// Makes partners of them, each to be found past a line that can be spoilt.
    pub(super) async fn befriend(town: &Town, neighbour: &Neighbour) -> anyhow::Result<Arc<Self>> {
        eprintln!("chaos: the neighbour's offices and officers, keys and memoranda");
        let at = async |code: &str, url, folder: &std::path::Path| {
            let place = Place { code: code.to_owned(), url, folder: folder.to_owned() };
            Bureau::of(&place, &Server::within(&place.url, PATIENCE)?).await
        };
        let home = at(BUREAU, town.url(), town.folder()).await?;
        let there = at(neighbour.code, neighbour.url(), &neighbour.folder).await?;
        let bureaus = [home, there];
        befriend(&bureaus).await?;
        for (own, (partner, url)) in bureaus.iter().zip(neighbour.lines()) {
            call_at(own, partner, &url).await?;
        }
        let map = bureaus[0].admin.import("inspection_office_map", FLOW_MAP).await;
        map.context("the map of offices")?;
        let ledgers = [
            Ledger::open(BUREAU, &town.postgres.address())?,
            Ledger::open(neighbour.code, &neighbour.postgres.address())?,
        ];
        Ok(Arc::new(Self { bureaus, ledgers, pool: neighbour.postgres.look()? }))
    }

    /// A side, and the other one.
    fn sides(&self, side: usize) -> (&Bureau, &Bureau) {
        (&self.bureaus[side], &self.bureaus[1 - side])
    }
}

impl Exchange {
    pub(super) fn begin(pair: Arc<Pair>, callers: &Arc<Callers>, seed: u64) -> Self {
        let mut speakers = talk::begin(&pair, seed);
        let callers = Arc::clone(callers);
        speakers.push(Work::begin(|stop| callers.file_flowing(FLOW, stop)));
        let (world, pool) = (Arc::clone(&pair.bureaus[1].world), pair.pool.clone());
        let hands = vec![
            talk::take_over(&pair, seed),
            Work::begin(|stop| traffic::officers(world, pool, stop)),
        ];
        let watch = Watch::begin(&pair.ledgers);
        Self { pair, speakers, hands, watch }
    }

    /// From here on nobody begins anything new.
    pub(super) async fn hush(&mut self) {
        for speaker in self.speakers.drain(..) {
            speaker.end().await;
        }
    }

    /// Everybody goes home. Returns the two, and the cases that both had at one moment.
    pub(super) async fn end(self) -> (Arc<Pair>, BTreeSet<Uuid>) {
        for hand in self.hands {
            hand.end().await;
        }
        (self.pair, self.watch.end().await)
    }
}
