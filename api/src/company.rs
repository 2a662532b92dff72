//! Acts of one kind that commit alone or in company.
//!
//! A lone act goes straight through in its own transaction. While others are under way, acts queue for two writers
//! that take up to a hundred at a time and commit them together: one flush to disk for all, and no more statements
//! than for one. A batch that fails as a whole is done one by one, so that nobody suffers for a neighbour.
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use shared::kernel::Failure;
use tokio::sync::{Mutex, mpsc, oneshot};

/// How many acts one transaction takes at most.
const BATCH: usize = 100;
/// How many transactions write at once.
const WRITERS: usize = 2;
/// How many acts may wait; more are told to come again.
const QUEUE: usize = 4096;

/// What does many acts in one transaction; the answers come in their order, after a durable commit.
type Together<A, R> =
    dyn Fn(Vec<A>) -> Pin<Box<dyn Future<Output = Answers<R>> + Send>> + Send + Sync;
type Answers<R> = Result<Vec<R>, Failure>;

/// An act, and who waits for its answer.
struct Waiting<A, R> {
    act: A,
    reply: oneshot::Sender<Result<R, Failure>>,
}

/// Takes acts in.
pub(crate) struct Company<A, R> {
    together: Arc<Together<A, R>>,
    under_way: Arc<AtomicUsize>,
    queue: mpsc::Sender<Waiting<A, R>>,
}

impl<A, R> Clone for Company<A, R> {
    fn clone(&self) -> Self {
        Self {
            together: Arc::clone(&self.together),
            under_way: Arc::clone(&self.under_way),
            queue: self.queue.clone(),
        }
    }
}

impl<A: Clone + Send + 'static, R: Send + 'static> Company<A, R> {
    /// Starts the writers on the current runtime; they end when the last `Company` is dropped.
    pub(crate) fn start<F>(together: impl Fn(Vec<A>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Answers<R>> + Send + 'static,
    {
        let together: Arc<Together<A, R>> = Arc::new(move |acts| Box::pin(together(acts)));
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..WRITERS {
            tokio::spawn(write(Arc::clone(&together), Arc::clone(&waiting)));
        }
        Self { together, under_way: Arc::default(), queue }
    }

    /// Does one act. The answer comes after a durable commit, never before.
    pub(crate) async fn join(&self, act: A) -> Result<R, Failure> {
        let company = UnderWay::join(&self.under_way);
        if company.others == 0 {
            return alone(&*self.together, act).await;
        }
        let (reply, answer) = oneshot::channel();
        if self.queue.try_send(Waiting { act, reply }).is_err() {
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

async fn write<A: Clone, R>(
    together: Arc<Together<A, R>>,
    queue: Arc<Mutex<mpsc::Receiver<Waiting<A, R>>>>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        // The lock is held while waiting: the other writer takes whatever comes during our transaction.
        let received = queue.lock().await.recv_many(&mut batch, BATCH).await;
        if received == 0 {
            return;
        }
        all(&*together, &mut batch).await;
    }
}

async fn all<A: Clone, R>(together: &Together<A, R>, batch: &mut Vec<Waiting<A, R>>) {
    match together(batch.iter().map(|waiting| waiting.act.clone()).collect()).await {
        Ok(answers) => {
            for (waiting, answer) in batch.drain(..).zip(answers) {
                // Nobody waits any more: the act stands all the same, and asking again gives its receipt.
                let _ = waiting.reply.send(Ok(answer));
            }
        }
        Err(failure) => {
            tracing::warn!(acts = batch.len(), "a batch failed, going one by one: {failure}");
            for waiting in batch.drain(..) {
                let _ = waiting.reply.send(alone(together, waiting.act).await);
            }
        }
    }
}

async fn alone<A, R>(together: &Together<A, R>, act: A) -> Result<R, Failure> {
    let mut answers = together(vec![act]).await?;
    answers.pop().ok_or_else(|| anyhow::anyhow!("an act without an answer").into())
}
