use tests::{Caller, DERUI, Durability, Town, screws};

use super::{all_home, file_many};

/// The commands are those of `docs/operating.md`.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_backed_up_is_restored_and_works() {
    let town = Town::build(Durability::Careless).await;
    let dump = format!("/tmp/anyport-{}.dump", std::process::id());
    let file = format!("--file={dump}");
    let (mut api, mut worker) = (town.api().await, town.worker().await.program);
    let erp = town.erp(DERUI).await;
    file_many(&erp, "DONE", 8).await;
    all_home(&town, 8).await;
    worker.kill();
    file_many(&erp, "OWED", 4).await;
    let first = erp.file(&screws("DONE-0").of(DERUI)).await.unwrap().expect(200);
    let administrator = town.administrator().await;
    let before = figures(&town, &administrator).await;

    if town.postgres.tool("pg_dump", &["--format=custom", "--no-owner", &file, "anyport"]).is_none()
    {
        eprintln!("skipped: there is no pg_dump on this machine");
        return;
    }
    file_many(&erp, "LOST", 2).await;
    api.kill();
    town.pool.close().await;
    town.postgres.tool("dropdb", &["--force", "anyport"]).unwrap();
    town.postgres.tool("createdb", &["anyport"]).unwrap();
    town.postgres
        .tool("pg_restore", &["--no-owner", "--exit-on-error", "--dbname=anyport", &dump])
        .unwrap();
    std::fs::remove_file(&dump).unwrap();
    town.redis.empty();

    let town = town.reopened();
    let _api = town.api().await;
    assert_eq!(figures(&town, &administrator).await, before);
    let _worker = town.worker().await;
    all_home(&town, 12).await;
    let erp = town.erp(DERUI).await;
    let again = erp.file(&screws("DONE-0").of(DERUI)).await.unwrap().expect(200);
    assert_eq!(again.body, first.body, "the first receipt");
    let drawn = sqlx::query_scalar("select decl_no from declarations order by decl_no limit 1");
    let drawn: String = drawn.fetch_one(&town.pool).await.unwrap();
    assert!(town.run(&["draw", &drawn], "").status.success(), "the draw can be repeated");
    file_many(&erp, "LOST", 2).await;
    all_home(&town, 14).await;
}

/// What the bureau counts, and how much there is of everything.
async fn figures(town: &Town, administrator: &Caller) -> (serde_json::Value, Vec<i64>) {
    let told = administrator.get("/v1/statistics?from=2014-05-12&to=2014-05-12").await.unwrap();
    let told = told.expect(200).body;
    assert_eq!(told["total"]["batches"], 12, "{told:#}");
    let mut rows = Vec::new();
    for table in [
        "select count(*) from declarations",
        "select count(*) from handoffs",
        "select count(*) from events",
        "select count(*) from jobs where kind in ('handoff.answer', 'clearance.release')",
        "select count(*) from clients",
        "select count(*) from reference_rows",
    ] {
        rows.push(town.count(table).await);
    }
    (told, rows)
}
