//! Any interleaving of workers, relays and lost bells.
use super::*;

/// What can happen between the relay, two workers and a clock.
#[derive(Clone, Debug)]
enum Step {
    Ring,
    /// A worker answers one of the bells that were rung so far, perhaps an old one.
    Claim {
        worker: usize,
        bell: prop::sample::Index,
    },
    Settle {
        worker: usize,
    },
    SetBack {
        worker: usize,
    },
    /// The worker forgets what it had claimed; in truth it may only be slow.
    Crash {
        worker: usize,
    },
    LoseBells,
    Pass {
        seconds: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let worker = 0..2_usize;
    prop_oneof![
        4 => Just(Step::Ring),
        4 => (worker.clone(), any::<prop::sample::Index>())
            .prop_map(|(worker, bell)| Step::Claim { worker, bell }),
        3 => worker.clone().prop_map(|worker| Step::Settle { worker }),
        1 => worker.clone().prop_map(|worker| Step::SetBack { worker }),
        1 => worker.prop_map(|worker| Step::Crash { worker }),
        1 => Just(Step::LoseBells),
        3 => (1..7_i64).prop_map(|seconds| Step::Pass { seconds }),
    ]
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_interleaving_runs_a_settled_job_again_or_loses_one(pool: PgPool) {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        prop::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    for _ in 0..40 {
        let steps = prop::collection::vec(step(), 1..60).new_tree(&mut runner).unwrap().current();
        sqlx::query("truncate jobs").execute(&pool).await.unwrap();
        walk(&at_noon(&pool), &steps).await;
    }
}

async fn walk(ctx: &Context, steps: &[Step]) {
    promise(ctx, &[Mood::Willing; 5]).await;
    let (mut bells, mut done) = (Vec::new(), Vec::new());
    let mut hands: [Vec<Claimed>; 2] = Default::default();
    // What crashed workers held: they may come back late and settle after all.
    let mut ghosts: Vec<Claimed> = Vec::new();
    for step in steps {
        match step {
            Step::Ring => bells.push(ring(ctx).await),
            Step::Claim { worker, bell } if !bells.is_empty() => {
                let claimed = claim(ctx, &bells[bell.index(bells.len())]).await;
                assert!(claimed.iter().all(|job| !done.contains(&job.id)), "ran again: {steps:?}");
                hands[*worker].extend(claimed);
            }
            Step::Settle { worker } => {
                let runs = std::mem::take(&mut hands[*worker]);
                let settled = settle(ctx, &runs, &Outcome::Done).await;
                assert!(settled.iter().all(|id| !done.contains(id)), "settled again: {steps:?}");
                done.extend(settled);
            }
            Step::SetBack { worker } => {
                let runs = std::mem::take(&mut hands[*worker]);
                let at = ctx.clock.now() + Duration::seconds(2);
                settle(ctx, &runs, &Outcome::Retry { at, error: "later".into() }).await;
            }
            Step::Crash { worker } => ghosts.append(&mut hands[*worker]),
            Step::LoseBells => bells.clear(),
            Step::Pass { seconds } => pass(ctx, *seconds),
            Step::Claim { .. } => {}
        }
    }
    // In the end somebody does the rest, and the ghosts find nothing left to settle.
    pass(ctx, 60);
    let rest = claim(ctx, &ring(ctx).await).await;
    done.extend(settle(ctx, &rest, &Outcome::Done).await);
    assert_eq!(settle(ctx, &ghosts, &Outcome::Done).await, [], "a ghost settled: {steps:?}");
    done.sort();
    assert_eq!(done.len(), 5, "lost or done twice: {steps:?}");
    assert_eq!(chores::count(&ctx.pool, "done").await, 5);
}
