//! What the bureaus do while their links are cut: file, offer, accept, refuse, recall, inspect, ping. Whoever does it
//! knows nothing of the cuts.
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde::Deserialize;
use serde_json::json;
use tokio::{sync::watch, task::JoinSet, time::sleep};
use uuid::Uuid;

use super::cast::{self, Inland};
use crate::{bureaus::Bureau, client::Fault, ledgers::Ledger, session::Session, world::Post};

/// How often people look at their lists.
const GLANCE: Duration = Duration::from_millis(300);
/// Milliseconds between two filings, and between two pings.
const FILING: std::ops::Range<u64> = 600..1800;
const PINGING: std::ops::Range<u64> = 600..2500;

/// Everybody, and everything they look at.
pub(super) struct Scene {
    pub(super) bureaus: Vec<Bureau>,
    pub(super) ledgers: Vec<Ledger>,
    pub(super) inland: Vec<Inland>,
}

impl Scene {
    fn chief_of_the_port(&self) -> anyhow::Result<&Session> {
        cast::chief_of_the_port(&self.bureaus)
    }

    /// Who answers at an inland office.
    fn chief_of(&self, inland: usize) -> anyhow::Result<&Session> {
        let Inland { place, office, .. } = &self.inland[inland];
        self.bureaus[*place].who(office, Post::Chief)
    }
}

/// A handoff in a work list.
#[derive(Clone, Debug, Deserialize)]
struct Offer {
    id: String,
    declaration_id: String,
    state: String,
}

/// Under way until it is told to end.
pub(super) struct Business {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Business {
    pub(super) fn begin(scene: &Arc<Scene>, seed: u64) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let mut part = 0;
        let mut player = || {
            part += 1;
            let luck = StdRng::seed_from_u64(seed ^ (part << 32));
            Player {
                scene: Arc::clone(scene),
                luck,
                stop: stopped.clone(),
                errands: JoinSet::new(),
            }
        };
        tasks.spawn(player().file());
        tasks.spawn(player().take_back());
        tasks.spawn(player().ping());
        for place in 0..scene.inland.len() {
            tasks.spawn(player().answer(place));
            tasks.spawn(player().inspect(place));
        }
        Self { stop, tasks }
    }

    /// Everybody finishes what is in their hands.
    pub(super) async fn end(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

struct Player {
    scene: Arc<Scene>,
    luck: StdRng,
    stop: watch::Receiver<bool>,
    /// What they do a little later.
    errands: JoinSet<()>,
}

impl Player {
    /// Waits; false when it is time to go home.
    async fn wait(&mut self, time: Duration) -> bool {
        while self.errands.try_join_next().is_some() {}
        if *self.stop.borrow() {
            return false;
        }
        tokio::select! {
            () = sleep(time) => true,
            _ = self.stop.changed() => false,
        }
    }

    fn millis(&mut self, range: std::ops::Range<u64>) -> Duration {
        Duration::from_millis(self.luck.random_range(range))
    }

    async fn file(mut self) {
        let scene = Arc::clone(&self.scene);
        for (number, inland) in (1..).zip(scene.inland.iter().cycle()) {
            let pause = self.millis(FILING);
            if !self.wait(pause).await {
                return;
            }
            let filed = cast::file(&scene.bureaus[0], number, inland.destination).await;
            if let Err(error) = filed {
                eprintln!("partition: filing: {error:#}");
            }
        }
    }

    /// The port's chief recalls some offers, whatever the other side is about to answer, and offers again what was
    /// recalled, refused or expired.
    async fn take_back(mut self) {
        let scene = Arc::clone(&self.scene);
        let Ok(chief) = scene.chief_of_the_port() else { return };
        let mut seen = BTreeSet::new();
        while self.wait(GLANCE).await {
            let list = chief.list::<Offer>("/v1/worklists/handoffs-out").await;
            for offer in told("the list of offers", list).unwrap_or_default() {
                if !seen.insert((offer.id.clone(), offer.state.clone())) {
                    continue;
                }
                let (soon, later) = (self.millis(0..4000), self.millis(300..3000));
                let is_open = offer.state == "OFFERED";
                if is_open && !self.luck.random_bool(0.3) {
                    continue;
                }
                let scene = Arc::clone(&self.scene);
                self.errands.spawn(async move {
                    let Ok(chief) = scene.chief_of_the_port() else { return };
                    sleep(soon).await;
                    let recall = format!("/v1/handoffs/{}/recall", offer.id);
                    if is_open && told("a recall", chief.act(&recall, None).await).is_none() {
                        return;
                    }
                    sleep(later).await;
                    told("an offer", chief.offer_handoff(&offer.declaration_id).await);
                });
            }
        }
    }

    /// The chief of an inland office answers what is offered to it: mostly yes, sometimes late, sometimes no.
    async fn answer(mut self, place: usize) {
        let scene = Arc::clone(&self.scene);
        let Ok(chief) = scene.chief_of(place) else { return };
        let mut seen = BTreeSet::new();
        while self.wait(GLANCE).await {
            let list = chief.list::<Offer>("/v1/worklists/handoffs-in").await;
            for offer in told("the list of what is offered", list).unwrap_or_default() {
                if offer.state != "OFFERED" || !seen.insert(offer.id.clone()) {
                    continue;
                }
                let is_late = self.luck.random_bool(0.2);
                let pause = self.millis(if is_late { 4000..7000 } else { 0..2500 });
                let says_no = self.luck.random_bool(0.12);
                let scene = Arc::clone(&self.scene);
                self.errands.spawn(async move {
                    sleep(pause).await;
                    let Ok(chief) = scene.chief_of(place) else { return };
                    answer(chief, &offer.id, says_no).await;
                });
            }
        }
    }

    /// Inspectors of an inland office pass most of what lies there, so that it goes home again.
    async fn inspect(mut self, place: usize) {
        let scene = Arc::clone(&self.scene);
        let inland = &scene.inland[place];
        let ledger = &scene.ledgers[inland.place];
        let mut seen: BTreeMap<Uuid, bool> = BTreeMap::new();
        while self.wait(GLANCE).await {
            let waiting = match ledger.to_inspect().await {
                Ok(waiting) => waiting,
                Err(error) => {
                    eprintln!("partition: looking for inspections: {error:#}");
                    continue;
                }
            };
            for case in waiting {
                let is_new = !seen.contains_key(&case);
                let goes = *seen.entry(case).or_insert_with(|| self.luck.random_bool(0.6));
                if !is_new || !goes {
                    continue;
                }
                let bureau = &scene.bureaus[inland.place];
                if let Err(error) = bureau.inspect(inland.office, &case.to_string()).await {
                    eprintln!("partition: an inspection: {error:#}");
                }
            }
        }
    }

    async fn ping(mut self) {
        let scene = Arc::clone(&self.scene);
        let bureaus = scene.bureaus.len();
        loop {
            let pause = self.millis(PINGING);
            if !self.wait(pause).await {
                return;
            }
            let from = self.luck.random_range(0..bureaus);
            let to = (from + self.luck.random_range(1..bureaus)) % bureaus;
            told("a ping", ping(&scene.bureaus[from], &scene.bureaus[to]).await);
        }
    }
}

/// Says something harmless from one bureau to another.
pub(super) async fn ping(from: &Bureau, to: &Bureau) -> Result<(), Fault> {
    let path = format!("/v1/partners/{}/ping", to.code);
    from.admin.act(&path, Some(&json!({ "note": "线路测试" }))).await.map(drop)
}

async fn answer(chief: &Session, handoff: &str, says_no: bool) {
    if says_no {
        let why = json!({ "code": "OTHER", "text": "今日无查验力量" });
        let refuse = format!("/v1/handoffs/{handoff}/refuse");
        told("a refusal", chief.act(&refuse, Some(&why)).await);
    } else {
        told("an acceptance", chief.accept_handoff(handoff).await);
    }
}

/// Refusals are part of the play: mostly the other side was quicker. Anything else is told.
pub(super) fn told<T>(what: &str, done: Result<T, Fault>) -> Option<T> {
    match done {
        Ok(done) => Some(done),
        Err(fault) => {
            if !matches!(fault.status(), Some(404 | 409)) {
                eprintln!("partition: {what}: {fault}");
            }
            None
        }
    }
}
