//! Random acts by random actors, through the front door, with everything that must hold checked after each.
//!
//! Each case begins in an empty bureau at the same time of the same day, so that the same acts always do the same and a
//! failing case can be made smaller. `PROPTEST_CASES` says how many are tried.
mod acts;
mod laws;

use acts::{Act, By, Goods, Step};
use laws::Laws;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use sqlx::{Executor as _, PgPool};
use tests::Bureau;

/// Cases where nobody asks for more.
const CASES: u32 = 24;

fn goods() -> impl Strategy<Value = Goods> {
    select(&[Goods::Screws, Goods::Wine, Goods::Toys, Goods::Doubtful, Goods::Faulty][..])
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (goods(), 0..3_u8).prop_map(|(goods, order)| Act::File { goods, order }),
        6 => select(Act::OF_DECLARANTS),
        12 => select(Act::OF_REVIEW),
        24 => select(Act::OF_INSPECTION),
        12 => select(Act::OF_RELEASE),
        8 => select(Act::OF_OTHERS),
    ]
}

/// Mostly whoever should, or the walk gets nowhere.
fn by() -> impl Strategy<Value = By> {
    prop_oneof![3 => Just(By::Rightful), 1 => (0..acts::PEOPLE).prop_map(By::Anyone)]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (act(), by(), any::<prop::sample::Index>());
    let step = step.prop_map(|(act, by, case)| Step { act, by, case });
    prop::collection::vec(step, 20..60)
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whatever_anybody_does_in_whatever_order_the_laws_hold(pool: PgPool) {
    acts::furnish(&Bureau::open(pool.clone()).await).await;
    let here = tokio::runtime::Handle::current();

    let walked = tokio::task::spawn_blocking(move || {
        let config = Config {
            failure_persistence: None,
            max_shrink_iters: 300,
            ..Config::with_cases(CASES)
        };
        let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(contextualised(config), seed);
        runner.run(&steps(), |steps| here.block_on(walk(&pool, &steps)))
    });

    if let Err(error) = walked.await.unwrap() {
        panic!("{error}");
    }
}

/// As the environment wants it: `PROPTEST_CASES`.
fn contextualised(config: Config) -> Config {
    #[expect(clippy::disallowed_methods, reason = "how the operator of the tests asks for more")]
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    Config { cases: wanted.unwrap_or(config.cases), ..config }
}

/// What the cases of a bureau leave behind.
const LEFT_BEHIND: [&str; 23] = [
    "events",
    "jobs",
    "idempotency_keys",
    "declarations",
    "declaration_versions",
    "decl_no_series",
    "amendments",
    "fee_notices",
    "payments",
    "bank_words",
    "refunds",
    "postings",
    "selections",
    "selection_changes",
    "appointments",
    "inspections",
    "samples",
    "signatures",
    "treatments",
    "disposals",
    "handoffs",
    "clearance_forms",
    "releases",
];

/// Empties the bureau as no act could: not even history stays. The same acts then do the same again.
async fn forget_everything(pool: &PgPool) {
    let mut tx = pool.begin().await.unwrap();
    tx.execute("set local session_replication_role = replica").await.unwrap();
    let deletes: String = LEFT_BEHIND.map(|table| format!("delete from {table};")).concat();
    tx.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(deletes))).await.unwrap();
    tx.commit().await.unwrap();
}

/// One case, from an empty bureau on.
async fn walk(pool: &PgPool, steps: &[Step]) -> Result<(), TestCaseError> {
    forget_everything(pool).await;
    walk_in(&Bureau::reopen(pool.clone()).await, steps).await
}

async fn walk_in(bureau: &Bureau, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut laws = Laws::of(bureau).await;
    for (number, step) in steps.iter().enumerate() {
        let done = acts::take(bureau, number, step).await;
        let told = |law: String| TestCaseError::fail(format!("step {number}, {step:?}: {law}"));
        laws.after(bureau, &done).await.map_err(told)?;
    }
    Ok(())
}
