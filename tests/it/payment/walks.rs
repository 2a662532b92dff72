//! Whatever is done in whatever order: properties of whole walks at a real desk.
use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use tokio::{runtime::Handle, task::spawn_blocking};

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
