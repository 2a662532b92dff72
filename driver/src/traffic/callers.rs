//! Callers who file at a steady rate, whatever happens to their calls.
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use super::{
    book::Book,
    pattern::{Made, Pattern},
};
use crate::{client::Fault, keys::random_hex, world::World};

/// How often a caller asks for one receipt before he leaves it.
const TRIES: u32 = 4;
/// How many calls may be under way: whoever is not let in waits.
const AT_ONCE: usize = 256;

/// The callers' side of a run.
pub(crate) struct Callers {
    pub(crate) world: Arc<World>,
    pub(crate) pattern: Pattern,
    pub(crate) book: Book,
    next: AtomicU64,
    seed: u64,
}

impl Callers {
    pub(crate) fn new(world: Arc<World>, pattern: Pattern, seed: u64) -> Arc<Self> {
        Arc::new(Self { world, pattern, book: Book::default(), next: AtomicU64::new(1), seed })
    }

    /// The next declaration. Its content depends on the seed and on its number only.
    pub(crate) fn make(&self) -> anyhow::Result<Made> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut luck =
            StdRng::seed_from_u64(self.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Ok(self.pattern.make(number, self.world.server.clock.today()?, &mut luck))
    }

    /// The next one that needs no person.
    pub(crate) fn make_plain(&self) -> anyhow::Result<Made> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Ok(self.pattern.plain(number, self.world.server.clock.today()?))
    }

    /// The next one that another bureau inspects.
    fn make_flowing(&self) -> anyhow::Result<Made> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Ok(self.pattern.flowing(number, self.world.server.clock.today()?))
    }

    /// Files one that flows after each pause, until told to stop.
    pub(crate) async fn file_flowing(
        self: Arc<Self>,
        pause: Duration,
        mut stop: watch::Receiver<bool>,
    ) {
        loop {
            tokio::select! {
                () = sleep(pause) => {}
                _ = stop.changed() => return,
            }
            if let Ok(made) = self.make_flowing() {
                self.file_one(&made).await;
            }
        }
    }

    /// Files `per_second` declarations until told to stop, then waits for the last answers.
    pub(crate) async fn file(self: Arc<Self>, per_second: u32, mut stop: watch::Receiver<bool>) {
        let free = Arc::new(Semaphore::new(AT_ONCE));
        let mut beat = interval(Duration::from_secs(1) / per_second);
        beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut calls = JoinSet::new();
        loop {
            tokio::select! {
                _ = beat.tick() => {}
                _ = stop.changed() => break,
            }
            while calls.try_join_next().is_some() {}
            let Ok(place) = Arc::clone(&free).acquire_owned().await else { break };
            let callers = Arc::clone(&self);
            calls.spawn(async move {
                if let Ok(made) = callers.make() {
                    callers.file_one(&made).await;
                }
                drop(place);
            });
        }
        calls.join_all().await;
    }

    /// Asks for a receipt until there is one, or patience ends: then nobody knows whether it was filed.
    async fn file_one(&self, made: &Made) {
        let place = self.book.sending(&made.reg_no, &made.content);
        let Ok(declarant) = self.world.declarant(&made.reg_no) else { return };
        // One in two asks as a careful client does, with a key of its own.
        let key = rand::rng().random_bool(0.5).then(|| random_hex(16));
        for again in 0..TRIES {
            let at = Instant::now();
            let heard = declarant.attempt("/v1/declarations", &made.content, key.as_deref()).await;
            self.book.called(at, heard.is_ok());
            match heard {
                Ok(reply) => return self.book.heard(place, reply.body),
                Err(fault) if is_passing(&fault) => {}
                Err(fault) => return self.book.refused(place, fault.to_string()),
            }
            sleep(Duration::from_millis(200) * 2_u32.pow(again)).await;
        }
    }
}

/// Worth another try: nobody answered, or somebody who cannot at the moment.
pub(crate) fn is_passing(fault: &Fault) -> bool {
    match fault {
        // 401: the server's clock was moved, the token of a moment ago is over. In flight: the call of a moment
        // ago, whose answer did not come, is not over.
        Fault::Refused(problem) => {
            matches!(problem.status, 401 | 408 | 429 | 500..)
                || problem.code() == "idempotency/in-flight"
        }
        Fault::Unreachable(_) | Fault::Unexpected(_) => true,
    }
}
