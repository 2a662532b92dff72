//! Callers who hang up.
use super::*;

/// Drives a future for so many steps and lets it go; whether it had ended by then.
async fn abandoned<F: Future>(future: F, steps: usize) -> bool {
    let mut future = pin!(future);
    let mut taken = 0;
    poll_fn(|cx| {
        taken += 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if taken >= steps => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_caller_who_hangs_up_at_any_moment_finds_nothing_or_one_declaration(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut ended = false;
    for steps in 1..200 {
        let name = format!("L-{steps}");
        ended = abandoned(derui.post(FILE, screws(&name).0), steps).await;

        let asked_again = derui.post(FILE, screws(&name).0).await;
        let and_again = derui.post(FILE, screws(&name).0).await.expect(200);

        assert!(matches!(asked_again.status.as_u16(), 200 | 201), "{:#}", asked_again.body);
        assert_eq!(asked_again.body, and_again.body, "one receipt");
        let count = i64::try_from(steps).unwrap();
        assert_eq!(stored(&bureau).await, count);
        if ended {
            break;
        }
    }
    assert!(ended, "a filing takes fewer steps than that");
    let drawn = "select count(*) from declarations d join selections s on s.declaration_id = d.id";
    assert_eq!(bureau.count(drawn).await, stored(&bureau).await, "each one is whole");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_hangs_up_while_waiting_in_the_queue_is_filed_all_the_same(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut brake = bureau.pool().begin().await.unwrap();
    sqlx::query("lock table declarations in exclusive mode").execute(&mut *brake).await.unwrap();
    let waiters = async |count| {
        let pool = bureau.pool();
        eventually("filings are held up", async || waiting_for_locks(pool).await == count).await;
    };

    let (first, goods) = (screws("Q-1"), screws("Q-2"));
    let (first, ()) = tokio::join!(file_through(&bureau, &first), async {
        waiters(1).await;
        tokio::select! {
            _ = file_through(&bureau, &goods) => panic!("it cannot have ended"),
            () = waiters(2) => {}
        }
        brake.rollback().await.unwrap();
    });

    assert!(is_new(&first));
    eventually("both are stored", async || stored(&bureau).await == 2).await;
    derui.post(FILE, screws("Q-2").0).await.expect(200);
}
