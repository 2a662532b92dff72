//! What the two bureaus say to each other: pings both ways, the classes of their enterprises, and cases that are taken
//! over. Calls to the town may fail: then it was said or was not, and the town's own ledger knows.
use std::{ops::Range, sync::Arc, time::Duration};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use tokio::{sync::watch, time::sleep};

use super::Pair;
use crate::{bureaus::XIAOSHAN, chaos::load::Work, wire::Handoff, world::Post};

/// Milliseconds between two of a kind.
const PINGING: Range<u64> = 500..1500;
const PUSHING: Range<u64> = 3000..7000;
const TAKING_OVER: Range<u64> = 200..1000;

/// When something happens again.
struct Beat {
    pauses: Range<u64>,
    luck: StdRng,
    stop: watch::Receiver<bool>,
}

impl Beat {
    /// Waits; false when it is time to stop.
    async fn next(&mut self) -> bool {
        let pause = Duration::from_millis(self.luck.random_range(self.pauses.clone()));
        tokio::select! {
            () = sleep(pause) => true,
            _ = self.stop.changed() => false,
        }
    }
}

/// Both sides begin to speak.
pub(super) fn begin(pair: &Arc<Pair>, seed: u64) -> Vec<Work> {
    let mut works = Vec::new();
    for (side, luck) in (0..2).zip(seed..) {
        let beat = |pauses, stop| Beat { pauses, luck: StdRng::seed_from_u64(luck), stop };
        works.push(Work::begin(|stop| ping(Arc::clone(pair), side, beat(PINGING, stop))));
        works.push(Work::begin(|stop| push_credit(Arc::clone(pair), side, beat(PUSHING, stop))));
    }
    works
}

async fn ping(pair: Arc<Pair>, side: usize, mut beat: Beat) {
    let (own, other) = pair.sides(side);
    let path = format!("/v1/partners/{}/ping", other.code);
    while beat.next().await {
        let _ = own.admin.attempt(&path, &json!({ "note": "线路测试" }), None).await;
    }
}

async fn push_credit(pair: Arc<Pair>, side: usize, mut beat: Beat) {
    let (own, other) = pair.sides(side);
    let path = format!("/v1/partners/{}/push-credit", other.code);
    while beat.next().await {
        let _ = own.admin.act(&path, None).await;
    }
}

/// The chief at the neighbour's office takes over what is offered to it.
pub(super) fn take_over(pair: &Arc<Pair>, seed: u64) -> Work {
    let pair = Arc::clone(pair);
    Work::begin(|stop| async move {
        let luck = StdRng::seed_from_u64(seed);
        let mut beat = Beat { pauses: TAKING_OVER, luck, stop };
        let Ok(chief) = pair.bureaus[1].who(XIAOSHAN, Post::Chief) else { return };
        while beat.next().await {
            let offers = chief.list::<Handoff>("/v1/worklists/handoffs-in").await;
            let offers = offers.unwrap_or_else(|fault| {
                eprintln!("neighbour: the list of what is offered: {fault}");
                Vec::new()
            });
            for offer in offers.iter().filter(|offer| offer.state == "OFFERED") {
                // Refused, it was voided a moment ago.
                let _ = chief.accept_handoff(&offer.id).await;
            }
        }
    })
}
