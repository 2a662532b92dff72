//! What recurs, what is forgotten, and whether work flows.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn anybody_may_ask_whether_work_flows(pool: PgPool) {
    let bureau = Bureau::open(pool.clone()).await;
    let (anybody, now) = (bureau.stranger(), bureau.ctx.clock.now());
    let red = anybody.get("/health/flow").await.expect(503);
    assert_eq!(red.body["troubles"], json!(["WORKER_GONE", "REDIS_GONE"]));

    flow::beat(&mut pool.acquire().await.unwrap(), "worker-1", now, Some(now)).await.unwrap();

    assert_eq!(anybody.get("/health/flow").await.expect(200).body["is_flowing"], true);
    assert_eq!(anybody.get("/health/live").await.expect(200).text("/status"), "OK");
    assert_eq!(anybody.get("/health/ready").await.expect(200).text("/status"), "OK");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn done_jobs_are_forgotten_after_a_week_and_dead_ones_kept(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing, Mood::Refusing]).await;
    run::drain(&ctx).await.unwrap();
    let mut conn = pool.acquire().await.unwrap();

    let week = noon() + reap::KEPT;
    assert_eq!(reap::jobs(&mut conn, week).await.unwrap(), 0);
    assert_eq!(reap::jobs(&mut conn, week + Duration::seconds(1)).await.unwrap(), 1);

    assert_eq!(count(&pool, "dead").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_recurs_is_promised_once_by_two_workers(pool: PgPool) {
    let (one, other) = (at_noon(&pool), at_noon(&pool));
    schedule::know_all(&one).await.unwrap();
    schedule::know_all(&other).await.unwrap();

    let (first, second) = tokio::join!(schedule::tick(&one), schedule::tick(&other));

    assert_eq!(first.unwrap() + second.unwrap(), schedule::RECURRING.len());
    assert_eq!(promises(&pool).await, schedule::RECURRING.len());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_recurs_does_not_pile_up_while_nobody_works(pool: PgPool) {
    let ctx = at_noon(&pool);
    schedule::know_all(&ctx).await.unwrap();

    for _ in 0..5 {
        schedule::tick(&ctx).await.unwrap();
        pass(&ctx, 24 * 3600);
    }

    assert_eq!(promises(&pool).await, schedule::RECURRING.len());
}

async fn promises(pool: &PgPool) -> usize {
    let count: i64 = sqlx::query_scalar("select count(*) from jobs").fetch_one(pool).await.unwrap();
    usize::try_from(count).unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_flow_is_told_from_postgres_alone(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing, Mood::Failing]).await;
    let mut conn = pool.acquire().await.unwrap();
    let nobody = flow::read(&mut conn, noon()).await.unwrap();
    assert_eq!(flow::judge(&nobody, noon()), [Trouble::WorkerGone, Trouble::RedisGone]);

    flow::beat(&mut conn, "worker-1", noon(), Some(noon())).await.unwrap();
    let later = noon() + Duration::seconds(4);
    let flowing = flow::read(&mut conn, later).await.unwrap();

    assert_eq!(flow::judge(&flowing, later), []);
    assert_eq!((flowing.ready, flowing.oldest_age(later)), (2, Duration::seconds(4)));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_older_schema_is_refused(pool: PgPool) {
    shared::refuse_older_schema(&pool).await.unwrap();
    sqlx::query("delete from _sqlx_migrations where version = 8").execute(&pool).await.unwrap();

    let refused = shared::refuse_older_schema(&pool).await.unwrap_err().to_string();

    assert!(refused.contains("run `api migrate`") && refused.contains('8'), "{refused}");
}
