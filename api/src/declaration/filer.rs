//! Filing, alone or in company.
//!
//! A lone filing goes straight through in its own transaction. While others are under way, filings queue for two
//! writers that take up to a hundred at a time and commit them together: one statement and one flush to disk
//! for all. A batch that fails as a whole is filed one by one, so that nobody suffers for a neighbour.
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use shared::{
    Clock,
    acts::{self, Desk, Filed, Filing},
    kernel::Failure,
    ledger::Tx,
};
use tokio::sync::{Mutex, mpsc, oneshot};

/// How many filings one transaction takes at most.
const BATCH: usize = 100;
/// How many transactions write at once.
const WRITERS: usize = 2;
/// How many filings may wait; more are told to come again.
const QUEUE: usize = 4096;

/// A filing, the desk it is judged at, and who waits for the answer.
struct Waiting {
    filing: Filing,
    desk: Desk,
    reply: oneshot::Sender<Result<Filed, Failure>>,
}

/// Takes filings in.
#[derive(Clone)]
pub struct Filer {
    clock: Clock,
    under_way: Arc<AtomicUsize>,
    queue: mpsc::Sender<Waiting>,
}

impl Filer {
    /// Starts the writers on the current runtime; they end when the last `Filer` is dropped.
    #[must_use]
    pub fn start(clock: &Clock) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..WRITERS {
            tokio::spawn(write(clock.clone(), Arc::clone(&waiting)));
        }
        Self { clock: clock.clone(), under_way: Arc::default(), queue }
    }

    /// Files one declaration. The answer comes after a durable commit, never before.
    pub async fn file(&self, desk: Desk, filing: Filing) -> Result<Filed, Failure> {
        let company = UnderWay::join(&self.under_way);
        if company.others == 0 {
            return file_alone(&self.clock, &desk, filing).await;
        }
        let (reply, answer) = oneshot::channel();
        let waiting = Waiting { filing, desk, reply };
        if self.queue.try_send(waiting).is_err() {
            // Full: the pool has run out long before.
            return Err(sqlx::Error::PoolTimedOut.into());
        }
        answer.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }
}

/// Counts itself among those under way until it is dropped, however its request ends.
struct UnderWay<'a> {
    count: &'a AtomicUsize,
    others: usize,
}

impl<'a> UnderWay<'a> {
    fn join(count: &'a AtomicUsize) -> Self {
        Self { others: count.fetch_add(1, Ordering::Relaxed), count }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn write(clock: Clock, queue: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        // The lock is held while waiting: the other writer takes whatever comes during our transaction.
        let received = queue.lock().await.recv_many(&mut batch, BATCH).await;
        if received == 0 {
            return;
        }
        file_together(&clock, &mut batch).await;
    }
}

async fn file_together(clock: &Clock, batch: &mut Vec<Waiting>) {
    // All are judged at the desk of the last to come: the newest edition of the books.
    let Some(desk) = batch.last().map(|waiting| waiting.desk.clone()) else { return };
    let filings: Vec<Filing> = batch.iter().map(|waiting| waiting.filing.clone()).collect();
    match file_all(clock, &desk, filings).await {
        Ok(answers) => {
            for (waiting, answer) in batch.drain(..).zip(answers) {
                // Nobody waits any more: the act stands all the same, and asking again gives its receipt.
                let _ = waiting.reply.send(Ok(answer));
            }
        }
        Err(failure) => {
            tracing::warn!(filings = batch.len(), "a batch failed, filing one by one: {failure}");
            for waiting in batch.drain(..) {
                let answer = file_alone(clock, &waiting.desk, waiting.filing).await;
                let _ = waiting.reply.send(answer);
            }
        }
    }
}

async fn file_alone(clock: &Clock, desk: &Desk, filing: Filing) -> Result<Filed, Failure> {
    let mut answers = file_all(clock, desk, vec![filing]).await?;
    answers.pop().ok_or_else(|| anyhow::anyhow!("a filing without an answer").into())
}

async fn file_all(clock: &Clock, desk: &Desk, filings: Vec<Filing>) -> Result<Vec<Filed>, Failure> {
    let mut tx = Tx::begin(&desk.pool, clock).await?;
    let answers = acts::file_many(&mut tx, desk, filings).await?;
    tx.commit().await?;
    Ok(answers)
}
