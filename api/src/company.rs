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
            let mut is_away = is_timeout(&failure);
            // For whom nobody waits any more, nothing was done: that is what a call without an answer may mean.
            for waiting in batch.drain(..).filter(|waiting| !waiting.reply.is_closed()) {
                // Without a database each would wait for it in turn, and all who come after them as well.
                let answer = if is_away {
                    Err(sqlx::Error::PoolTimedOut.into())
                } else {
                    alone(together, waiting.act).await
                };
                is_away |= answer.as_ref().is_err_and(is_timeout);
                let _ = waiting.reply.send(answer);
            }
        }
    }
}

/// Whether no connection was to be had for as long as one is waited for.
fn is_timeout(failure: &Failure) -> bool {
    let Failure::Fault(error) = failure else { return false };
    matches!(error.downcast_ref(), Some(sqlx::Error::PoolTimedOut))
}

async fn alone<A, R>(together: &Together<A, R>, act: A) -> Result<R, Failure> {
    let mut answers = together(vec![act]).await?;
    answers.pop().ok_or_else(|| anyhow::anyhow!("an act without an answer").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Reply = oneshot::Receiver<Result<u32, Failure>>;

    /// Acts 0, 1, 2 in a batch, and who waits for them.
    fn three() -> (Vec<Waiting<u32, u32>>, Vec<Reply>) {
        let waiting = |act| {
            let (reply, answer) = oneshot::channel();
            (Waiting { act, reply }, answer)
        };
        (0..3).map(waiting).unzip()
    }

    /// Does what `one` says with each lone act, and fails with `reason` whenever there are more.
    async fn go_through(
        batch: &mut Vec<Waiting<u32, u32>>,
        reason: fn() -> Failure,
        one: fn(u32) -> Result<u32, Failure>,
    ) -> usize {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let together: Arc<Together<u32, u32>> = Arc::new(move |acts| {
            counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                match acts[..] {
                    [act] => one(act).map(|answer| vec![answer]),
                    _ => Err(reason()),
                }
            })
        });
        all(&*together, batch).await;
        calls.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn nobody_suffers_for_a_neighbour() {
        let (mut batch, answers) = three();
        let one = |act| if act == 1 { Err(Failure::Stale) } else { Ok(act) };

        go_through(&mut batch, || Failure::Stale, one).await;

        let mut held = Vec::new();
        for answer in answers {
            held.push(answer.await.unwrap().is_ok());
        }
        assert_eq!(held, [true, false, true]);
    }

    #[tokio::test]
    async fn without_a_database_nobody_waits_for_it_in_turn() {
        let (mut batch, answers) = three();

        let calls = go_through(&mut batch, || sqlx::Error::PoolTimedOut.into(), Ok).await;

        assert_eq!(calls, 1);
        for answer in answers {
            assert!(is_timeout(&answer.await.unwrap().unwrap_err()));
        }
    }

    #[tokio::test]
    async fn of_a_batch_that_failed_nothing_is_done_for_whoever_is_gone() {
        let (mut batch, mut answers) = three();
        answers.remove(0);

        let calls = go_through(&mut batch, || Failure::Stale, Ok).await;

        assert_eq!(calls, 1 + 2);
    }
}
