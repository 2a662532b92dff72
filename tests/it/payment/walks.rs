//! Whatever is done in whatever order: properties of whole walks at a real desk.
use std::fmt::Debug;

use proptest::{
    prop_assert,
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use shared::payment::FeeNotice;
use tokio::{runtime::Handle, task::spawn_blocking};

use super::desk::Desk;

/// Takes so many walks, the same ones every time. What failed is not made smaller: the desk remembers what was before.
pub(super) async fn every_walk_holds<S: Strategy>(
    cases: u32,
    turns: impl FnOnce() -> S + Send + 'static,
    walk: impl AsyncFn(S::Value) -> Result<(), TestCaseError> + Send + 'static,
) {
    let here = Handle::current();
    let walked = spawn_blocking(move || {
        let config =
            Config { failure_persistence: None, max_shrink_iters: 0, ..Config::with_cases(cases) };
        let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config, seed);
        let walked = runner.run(&turns(), |turns| here.block_on(walk(turns)));
        walked.map_err(|error| error.to_string())
    });
    if let Err(error) = walked.await.unwrap() {
        panic!("{error}");
    }
}

/// What somebody does at the desk.
pub(super) trait Act: Debug {
    /// Another notice goes out first.
    fn issues(&self) -> bool;

    /// Time goes by. It does not jump while others act: an old seal of the bank's is not believed.
    fn takes_time(&self) -> bool;

    async fn take(&self, desk: &Desk, notices: &[FeeNotice]);
}

/// What must hold after each step, and a count of what breaks it.
pub(super) type Law = (&'static str, &'static str);

/// Takes one step after the other, two acts at once where there are two; after each all laws hold.
pub(super) async fn take_all<A: Act>(
    desk: &Desk,
    steps: &[(A, Option<A>)],
    laws: &[Law],
) -> Result<(), TestCaseError> {
    let mut notices = vec![desk.next_notice().await];
    for (number, (one, other)) in steps.iter().enumerate() {
        if one.issues() {
            notices.push(desk.next_notice().await);
        }
        match other {
            Some(other) if !one.takes_time() && !other.takes_time() => {
                tokio::join!(one.take(desk, &notices), other.take(desk, &notices));
            }
            Some(other) => {
                one.take(desk, &notices).await;
                other.take(desk, &notices).await;
            }
            None => one.take(desk, &notices).await,
        }
        for (law, sql) in laws {
            let broken = desk.count(sql).await;
            prop_assert!(broken == 0, "step {number}, {one:?} and {other:?}: {law}: {broken}");
        }
    }
    Ok(())
}
