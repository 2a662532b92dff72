//! Workers that die, and bells that ring twice.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_dead_workers_job_is_done_by_another_after_its_lease(pool: PgPool) {
    let ctx = at_noon(&pool);
    let chore = promise(&ctx, &[Mood::Willing]).await[0];
    let dead_workers = claim(&ctx, &ring(&ctx).await).await;
    assert_eq!(dead_workers.len(), 1);
    pass(&ctx, 4);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0, "the lease still holds");

    pass(&ctx, 1);
    let done = run::drain(&ctx).await.unwrap();

    assert_eq!(done, 1);
    assert_eq!(effects(&pool, chore).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_lease_that_is_renewed_does_not_end(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing]).await;
    let job = claim(&ctx, &ring(&ctx).await).await.remove(0);
    pass(&ctx, 4);

    let mut conn = pool.acquire().await.unwrap();
    let runs = [(job.id, job.attempt)];
    assert_eq!(jobs::renew(&mut conn, &runs, ctx.clock.now() + LEASE).await.unwrap(), 1);

    pass(&ctx, 4);
    assert_eq!(ring(&ctx).await, []);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_worker_that_lost_its_lease_settles_nothing(pool: PgPool) {
    let ctx = at_noon(&pool);
    promise(&ctx, &[Mood::Willing]).await;
    let slow = claim(&ctx, &ring(&ctx).await).await;
    pass(&ctx, 5);
    let quick = claim(&ctx, &ring(&ctx).await).await;
    let runs = [(slow[0].id, slow[0].attempt)];

    let mut tx = Tx::begin(&pool, &ctx.clock).await.unwrap();
    assert_eq!(jobs::hold(&mut tx, &runs).await.unwrap(), [], "nor may it leave effects");
    tx.commit().await.unwrap();
    assert_eq!(settle(&ctx, &slow, &Outcome::Done).await, []);

    assert_eq!(count(&pool, "running").await, 1);
    assert_eq!(settle(&ctx, &quick, &Outcome::Done).await, [quick[0].id]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_bad_job_never_fails_its_neighbours(pool: PgPool) {
    let ctx = at_noon(&pool);
    let mut moods = [Mood::Willing; 60];
    (moods[3], moods[20], moods[57]) = (Mood::Failing, Mood::Refusing, Mood::Clumsy);
    let chores = promise(&ctx, &moods).await;

    run::drain(&ctx).await.unwrap();

    for (chore, mood) in chores.into_iter().zip(moods) {
        let (state, left) = (state_of(&pool, chore).await, effects(&pool, chore).await);
        match mood {
            Mood::Willing => assert_eq!((state.as_str(), left), ("done", 1)),
            Mood::Refusing => assert_eq!((state.as_str(), left), ("dead", 0)),
            _ => assert_eq!((state.as_str(), left), ("ready", 0), "{mood:?}"),
        }
    }
    let kept: i64 =
        sqlx::query_scalar("select count(*) from idempotency_keys").fetch_one(&pool).await.unwrap();
    assert_eq!(kept, 57, "what the bad ones wrote is undone");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn one_that_cannot_proceed_holds_up_none_of_those_it_would_be_done_with(pool: PgPool) {
    let ctx = at_noon(&pool);
    let mut moods = [Mood::Willing; 40];
    (moods[3], moods[20], moods[37]) = (Mood::Failing, Mood::Refusing, Mood::Clumsy);
    (moods[11], moods[12]) = (Mood::Panicking, Mood::Deadlocked);
    let shares = chores::promise_shares(&ctx, &moods).await;

    run::drain(&ctx).await.unwrap();

    for (share, mood) in shares.into_iter().zip(moods) {
        let (state, left) = (state_of(&pool, share).await, effects(&pool, share).await);
        match mood {
            Mood::Willing => assert_eq!((state.as_str(), left), ("done", 1)),
            Mood::Refusing => assert_eq!((state.as_str(), left), ("dead", 0)),
            _ => assert_eq!((state.as_str(), left), ("ready", 0), "{mood:?}"),
        }
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bell_answered_by_two_at_once_does_nothing_twice(pool: PgPool) {
    let ctx = at_noon(&pool);
    let shares = chores::promise_shares(&ctx, &[Mood::Willing; 20]).await;
    let bell = Bell { kind: "test.share".into(), jobs: ring(&ctx).await };

    let (one, other) = tokio::join!(run::answer(&ctx, &bell), run::answer(&ctx, &bell));

    assert_eq!(one.unwrap() + other.unwrap(), 20);
    assert_eq!(run::answer(&ctx, &bell).await.unwrap(), 0);
    for share in shares {
        assert_eq!(effects(&pool, share).await, 1);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_worker_held_on_trust_when_it_died_is_rung_for_again(pool: PgPool) {
    let ctx = at_noon(&pool);
    let share = chores::promise_shares(&ctx, &[Mood::Willing]).await[0];
    assert!(die_with(&ctx, &ring(&ctx).await).await);
    pass(&ctx, 2);
    assert_eq!(run::drain(&ctx).await.unwrap(), 0, "the bell may still be heard");

    pass(&ctx, 1);
    assert_eq!(run::drain(&ctx).await.unwrap(), 1);

    assert_eq!(effects(&pool, share).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_job_that_takes_worker_after_worker_down_is_trusted_no_longer(pool: PgPool) {
    let ctx = at_noon(&pool);
    chores::promise_shares(&ctx, &[Mood::Willing]).await;
    for _ in 0..jobs::TRUSTED_RINGS {
        assert!(die_with(&ctx, &ring(&ctx).await).await);
        pass(&ctx, 3);
    }

    // From now on each try is written down before it begins, and they come to an end.
    let ids = ring(&ctx).await;
    assert!(!die_with(&ctx, &ids).await, "not on trust");
    for attempt in 1..=3 {
        assert_eq!(claim(&ctx, &ids).await[0].attempt, attempt);
        pass(&ctx, 5);
        ring(&ctx).await;
    }
    run::answer(&ctx, &Bell { kind: "test.share".into(), jobs: ids }).await.unwrap();

    assert_eq!(count(&pool, "dead").await, 1);
}

/// Takes jobs on trust and dies; says whether there were any.
async fn die_with(ctx: &Context, ids: &[JobId]) -> bool {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await.unwrap();
    let now = tx.now;
    let taken = jobs::take(&mut tx, now, ids).await.unwrap();
    tx.roll_back().await.unwrap();
    !taken.is_empty()
}
