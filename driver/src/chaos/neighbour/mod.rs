//! A second bureau beside the town: it says things to it and is told things by it, through lines that are spoilt and
//! while everything falls. Afterwards both books must say the same.
mod account;
mod desk;
mod door;

use std::{
    fs,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use chrono::TimeDelta;
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::{sync::watch, task::JoinHandle, time::sleep};

use desk::Desk;

use super::Work;
use crate::{
    client::Server,
    keys::new_key_pair,
    protocol::{Call, Door, Signer},
    session::{Credential, Session},
    town::{BUREAU, Town},
};

/// Zhejiang.
const CODE: &str = "330000";
const KEY: &str = "neighbour-0001";
/// How often each side pings the other.
const BEAT: Duration = Duration::from_millis(500);
/// How often what has no receipt is brought again.
const AGAIN: Duration = Duration::from_millis(300);
/// After the last fault, how long messages may take to arrive.
const PATIENCE: Duration = Duration::from_mins(2);

pub(super) struct Neighbour {
    town: Arc<Town>,
    admin: Session,
    door: Door,
    desk: Arc<Mutex<Desk>>,
}

/// The neighbour at work.
pub(super) struct Talk {
    pub(super) neighbour: Arc<Neighbour>,
    pings: Work,
    bringing: Work,
}

impl Neighbour {
    /// Becomes a partner of the town's bureau, and opens its own door.
    pub(super) async fn move_in(town: &Arc<Town>) -> anyhow::Result<Arc<Self>> {
        let server = Server::at(&town.url())?;
        let password = fs::read_to_string(town.password_file())?;
        let (login, password) = ("admin".to_owned(), password.trim_end().to_owned());
        let admin = Session::new(&server, Credential::Password { login, password });
        admin.sign_in().await.context("signing in as the administrator")?;

        let signer = Signer::from_pem(CODE, KEY, &new_key_pair()?.0)?;
        let partner = json!({ "code": CODE, "name_zh": "浙江出入境检验检疫局",
            "base_url": town.neighbour_url() });
        admin.act("/v1/partners", Some(&partner)).await?;
        let key = json!({ "key_id": KEY, "public_key": signer.public_key(),
            "valid_from": "2010-01-01T00:00:00Z" });
        admin.act(&format!("/v1/partners/{CODE}/keys"), Some(&key)).await?;
        let published: Value = admin.get("/v1/exchange/keys").await?;
        let theirs = published["keys"][0]["public_key"].as_str().context("no key of the town")?;

        let desk = Desk::new(signer.clone(), (BUREAU.to_owned(), theirs.to_owned()));
        let desk = Arc::new(Mutex::new(desk));
        door::open(town.neighbour_port(), Arc::clone(&desk)).await?;
        let door = Door::new(&town.url(), signer)?;
        Ok(Arc::new(Self { town: Arc::clone(town), admin, door, desk }))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pings both ways until told to stop. A ping that the town did not answer may have been said or not: its own
    /// outbox knows.
    async fn ping(self: Arc<Self>, stop: watch::Receiver<bool>) {
        let path = format!("/v1/partners/{CODE}/ping");
        while !*stop.borrow() {
            self.desk().ping();
            let _ = self.admin.attempt(&path, &json!({}), None).await;
            sleep(BEAT).await;
        }
    }

    /// Brings what has no receipt, again and again.
    async fn bring(self: Arc<Self>, seed: u64, stop: watch::Receiver<bool>) {
        let mut luck = StdRng::seed_from_u64(seed);
        while !*stop.borrow() {
            let batch = self.desk().to_bring(&mut luck);
            if !batch.is_empty() {
                let call = Call::bring(&batch);
                // The town lives by a clock that is moved.
                let seal = call.seal(&self.door.signer, self.offset());
                if let Ok(answer) = self.door.send(call, Some(seal)).await
                    && answer.status == 200
                {
                    self.desk().acknowledged(answer.receipts());
                }
            }
            sleep(AGAIN).await;
        }
    }

    fn offset(&self) -> TimeDelta {
        let text = fs::read_to_string(self.town.clock_file()).unwrap_or_default();
        TimeDelta::milliseconds(text.trim().parse().unwrap_or_default())
    }
}

impl Talk {
    pub(super) fn begin(neighbour: &Arc<Neighbour>, seed: u64) -> Self {
        let begin = |task: &dyn Fn(watch::Receiver<bool>) -> JoinHandle<()>| {
            let (stop, stopped) = watch::channel(false);
            Work { stop, task: task(stopped) }
        };
        let own = || Arc::clone(neighbour);
        let pings = begin(&|stop| tokio::spawn(own().ping(stop)));
        let bringing = begin(&|stop| tokio::spawn(own().bring(seed, stop)));
        Self { neighbour: own(), pings, bringing }
    }

    /// Says nothing new any more, and waits until everything that was said has arrived.
    pub(super) async fn end(self, pool: &PgPool) -> anyhow::Result<Arc<Neighbour>> {
        let Self { neighbour, pings, bringing } = self;
        pings.end().await;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let open: i64 = sqlx::query_scalar(
                "select (select count(*) from outbox where state = 'WAITING')
                      + (select count(*) from inbox where state = 'STORED')",
            )
            .fetch_one(pool)
            .await?;
            if open == 0 && neighbour.desk().is_done() {
                break;
            }
            sleep(AGAIN).await;
        }
        bringing.end().await;
        Ok(neighbour)
    }
}
