//! One act at a time: whoever asks for many acts on one record has them done one after the other.
//!
//! They would wait for each other anyway, for the row, and each would hold one of the few connections meanwhile until
//! there is none left for anybody else. So they wait here, before they take one, and no more than a few of them.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use shared::kernel::Failure;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use uuid::Uuid;

use crate::problem::Problem;

/// How many of one caller may be at one record: the one whose turn it is, and those who wait.
const LINE: usize = 16;
/// As long as anybody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// A caller and a record. Others at the same record have lines of their own: a crowd keeps nobody else from it.
type Place = (Uuid, Uuid);

/// The lines of one process.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashMap<Place, Line>>);

#[derive(Debug)]
struct Line {
    length: usize,
    front: Arc<Semaphore>,
}

impl Turns {
    /// Waits until the caller's earlier acts on this record are done. Where too many wait already, or it takes too
    /// long, the caller is told so and nothing was tried.
    pub(crate) async fn wait(&self, caller: Uuid, record: Uuid) -> Result<Turn<'_>, Problem> {
        let (spot, front) = self.join((caller, record)).ok_or_else(busy)?;
        match timeout(PATIENCE, front.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Turn { _permit: permit, _spot: spot }),
            _ => Err(busy()),
        }
    }

    /// A spot in the line, and what opens at its front.
    fn join(&self, place: Place) -> Option<(Spot<'_>, Arc<Semaphore>)> {
        let mut lines = self.lines();
        let line = lines
            .entry(place)
            .or_insert_with(|| Line { length: 0, front: Arc::new(Semaphore::new(1)) });
        if line.length == LINE {
            return None;
        }
        line.length += 1;
        Some((Spot { turns: self, place }, Arc::clone(&line.front)))
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<Place, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn busy() -> Problem {
    let detail = "other acts of yours on this record are under way";
    Failure::refused("record/busy", detail).into()
}

/// The turn of one act; dropping it lets the next one begin.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    _permit: OwnedSemaphorePermit,
    _spot: Spot<'a>,
}

/// Counts in its line until it is dropped, however its request ends. An empty line is forgotten.
#[derive(Debug)]
struct Spot<'a> {
    turns: &'a Turns,
    place: Place,
}

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        let mut lines = self.turns.lines();
        if let Some(line) = lines.get_mut(&self.place) {
            line.length -= 1;
            if line.length == 0 {
                lines.remove(&self.place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const ANN: Uuid = Uuid::from_u128(1);
    const BEN: Uuid = Uuid::from_u128(2);
    const CASE: Uuid = Uuid::from_u128(3);

    #[tokio::test]
    async fn whoever_comes_second_waits_for_the_first() {
        let turns = Turns::default();
        let first = turns.wait(ANN, CASE).await.unwrap();
        let mut second = Box::pin(turns.wait(ANN, CASE));

        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        second.await.unwrap();

        assert!(turns.lines().is_empty());
    }

    #[tokio::test]
    async fn a_caller_waits_for_nobody_elses_acts() {
        let turns = Turns::default();
        let _first = turns.wait(ANN, CASE).await.unwrap();

        turns.wait(BEN, CASE).await.unwrap();
        turns.wait(ANN, Uuid::from_u128(4)).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_line_takes_nobody_until_somebody_leaves() {
        let turns = Turns::default();
        let first = turns.wait(ANN, CASE).await.unwrap();
        let mut line: Vec<_> = (1..LINE).map(|_| Box::pin(turns.wait(ANN, CASE))).collect();
        for waiting in &mut line {
            assert!(waiting.as_mut().now_or_never().is_none());
        }

        let refused = turns.wait(ANN, CASE).await.unwrap_err();
        assert_eq!((refused.status, refused.kind.as_str()), (409, "/problems/record/busy"));

        line.pop();
        assert!(turns.wait(ANN, CASE).now_or_never().is_none());
        drop((first, line));
        assert!(turns.lines().is_empty());
    }
}
