//! Whether a case ever lies with two bureaus at one moment, looked at again and again while everything falls.
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::sleep};
use uuid::Uuid;

use crate::{chaos::load::Work, ledgers::Ledger};

const GLANCE: Duration = Duration::from_millis(300);
/// A look that took longer says nothing: a case may have gone there and come home meanwhile.
const QUICK: Duration = Duration::from_millis(500);

pub(super) struct Watch {
    work: Work,
    seen: Arc<Mutex<BTreeSet<Uuid>>>,
}

impl Watch {
    pub(super) fn begin(ledgers: &[Ledger; 2]) -> Self {
        let seen = Arc::default();
        let work = Work::begin(|stop| look(ledgers.clone(), Arc::clone(&seen), stop));
        Self { work, seen }
    }

    /// The cases that were seen with two owners.
    pub(super) async fn end(self) -> BTreeSet<Uuid> {
        self.work.end().await;
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn look(ledgers: [Ledger; 2], seen: Arc<Mutex<BTreeSet<Uuid>>>, stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // While a ledger is away nothing can be told.
        if let Ok(two_owners) = at_one_moment(&ledgers).await {
            seen.lock().unwrap_or_else(PoisonError::into_inner).extend(two_owners);
        }
        sleep(GLANCE).await;
    }
}

/// Two ledgers cannot be read at one moment. What the town holds before and after the neighbour was asked, it held
/// meanwhile.
async fn at_one_moment([home, there]: &[Ledger; 2]) -> anyhow::Result<Vec<Uuid>> {
    let begun = Instant::now();
    let known: Vec<_> = there.standing().await?.known.into_iter().collect();
    let before = home.holds(&known).await?;
    let held_there = there.holds(&known).await?;
    let after = home.holds(&known).await?;
    if begun.elapsed() > QUICK {
        return Ok(Vec::new());
    }
    Ok(held_there.into_iter().filter(|id| before.contains(id) && after.contains(id)).collect())
}
