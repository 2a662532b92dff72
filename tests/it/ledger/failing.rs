//! Jobs that fail: tried again, then dead, then redriven.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_deadlock_takes_the_batch_apart_and_loses_nothing(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chores = promise(&ctx, &[Mood::Willing, Mood::Deadlocked, Mood::Willing]).await;

    run::drain(&ctx).await.unwrap();

    assert_eq!(state_of(&pool, chores[1]).await, "ready");
    for willing in [chores[0], chores[2]] {
        assert_eq!(state_of(&pool, willing).await, "done");
        assert_eq!(effects(&pool, willing).await, 1);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_panicking_handler_is_retried_then_dead(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chores = promise(&ctx, &[Mood::Willing, Mood::Panicking]).await;

    assert_eq!(run::drain(&ctx).await.unwrap(), 2);
    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 1, "after a second");
    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0);
    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 1, "after two");

    assert_eq!(effects(&pool, chores[0]).await, 1);
    assert_eq!(effects(&pool, chores[1]).await, 0);
    let mut conn = pool.acquire().await.unwrap();
    let page = PageRequest { limit: 10, after: None, since: None };
    let dead = desk::list(&mut conn, Some(State::Dead), None, page).await.unwrap().data;
    assert_eq!(dead[0].subject, chores[1]);
    assert_eq!(dead[0].attempt, 3);
    assert_eq!(dead[0].error.as_deref(), Some("the handler panicked: spiders"));
}

/// As long as a disk was full, and no longer: what recurs is tried again until it can be done, and never given up.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_recurs_outlives_a_minute_in_which_nothing_can_be_written(pool: PgPool) {
    let ctx = at_noon(&pool);
    let write = |sql: &'static str| sqlx::raw_sql(sql).execute(&pool);
    write("create function is_full() returns trigger language plpgsql as $$
         begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
         create trigger full_disk before delete on statistics_deltas
             for each statement execute function is_full()")
    .await
    .unwrap();
    schedule::know_all(&ctx).await.unwrap();
    schedule::tick(&ctx).await.unwrap();
    let done = "select count(*) from jobs where kind = 'statistics.fold' and state = 'done'";
    let folded = || sqlx::query_scalar::<_, i64>(done).fetch_one(&pool);

    for _ in 0..60 {
        run::drain(&ctx).await.unwrap();
        pass(&ctx, 1);
    }
    assert_eq!(folded().await.unwrap(), 0);
    write("drop trigger full_disk on statistics_deltas").await.unwrap();
    pass(&ctx, 3);
    run::drain(&ctx).await.unwrap();

    assert_eq!(folded().await.unwrap(), 1);
    assert_eq!(count(&pool, "dead").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_kind_that_nobody_answers_is_dead_at_once(pool: PgPool) {
    let ctx = at_noon(&pool);
    let mut tx = Tx::begin(&pool, &ctx.clock).await.unwrap();
    tx.enqueue(&Riddle { id: id::mint(tx.now) }).unwrap();
    tx.commit().await.unwrap();

    run::drain(&ctx).await.unwrap();

    assert_eq!(count(&pool, "dead").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_job_that_takes_every_worker_down_is_dead_in_the_end(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing]).await;
    for _ in 0..3 {
        assert_eq!(claim(&ctx, &ring(&ctx).await).await.len(), 1);
        pass(&ctx, 5);
    }

    run::drain(&ctx).await.unwrap();

    assert_eq!(count(&pool, "dead").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_dead_job_comes_back_with_new_attempts_and_leaves_an_event(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chore = promise(&ctx, &[Mood::Refusing]).await[0];
    run::drain(&ctx).await.unwrap();
    sqlx::query("update jobs set data = jsonb_set(data, '{mood}', '\"Willing\"')")
        .execute(&pool)
        .await
        .unwrap();
    let id: JobId = sqlx::query_scalar("select id from jobs").fetch_one(&pool).await.unwrap();

    let mut tx = Tx::begin(&pool, &ctx.clock).await.unwrap();
    let job = desk::redrive(&mut tx, &Actor::system(), id).await.unwrap();
    let again = desk::redrive(&mut tx, &Actor::system(), id).await;
    tx.commit().await.unwrap();

    assert_eq!((job.state, job.attempt, job.max_attempts), (State::Ready, 1, 13));
    assert!(matches!(again, Err(Failure::Refused(no)) if no.code == "ledger/job-not-dead"));
    assert_eq!(run::drain(&ctx).await.unwrap(), 1);
    assert_eq!(effects(&pool, chore).await, 1);
    let mut conn = pool.acquire().await.unwrap();
    let history = shared::ledger::event::timeline(&mut conn, chore).await.unwrap();
    assert!(history.iter().any(|event| event.kind == "ledger.job_redriven"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_dead_job_is_redriven_over_http(pool: PgPool) {
    let bureau = Bureau::open(pool.clone()).await;
    let ctx = context(&pool, &bureau.ctx.clock);
    promise(&ctx, &[Mood::Refusing]).await;
    run::drain(&ctx).await.unwrap();
    let administrator = bureau.administrator().await;
    let dead = administrator.get("/v1/jobs?state=DEAD&kind=test.chore").await.expect(200);
    let url = format!("/v1/jobs/{}", dead.text("/data/0/id"));

    let redriven = administrator.post(&format!("{url}/redrive"), Value::Null).await.expect(200);
    let again = administrator.post(&format!("{url}/redrive"), Value::Null).await.expect(409);

    assert_eq!(redriven.text("/state"), "READY");
    assert_eq!(again.problem(), "ledger/job-not-dead");
    assert_eq!(run::drain(&ctx).await.unwrap(), 1, "it is tried again at once");
    let job = administrator.get(&url).await.expect(200);
    assert_eq!((job.text("/state"), job.text("/error")), ("DEAD", "never"));
    assert_eq!(job.body["attempt"], 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn jobs_are_for_administrators_only(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let url = format!("/v1/jobs/{}", bureau.nobody());

    bureau.derui().await.get("/v1/jobs").await.expect(403);
    bureau.officer("310900", Role::DutyChief).await.get("/v1/jobs").await.expect(403);
    bureau.stranger().get("/v1/jobs").await.expect(401);
    bureau.administrator().await.get(&url).await.expect(404);
}
