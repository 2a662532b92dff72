//! How an import goes: whose it is, how far it is, how it ends.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_file_is_filed_in_the_background_and_every_declaration_is_answered(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    derui.post("/v1/declarations", screws("IM-0").0).await.expect(201);
    let goods = [
        screws("IM-1"),
        wine("IM-2").of(DERUI),
        screws("IM-0"),
        screws("IM-3").without("/goods_place"),
        screws("IM-0").with("/mark_no", json!("other")),
        screws("IM-4").of(HAIYUAN),
        screws("IM-5").without("/decl_code"),
    ];

    let import = bring(&derui, "", "text/csv", csv(&goods)).await.expect(202);

    assert_eq!((import.text("/state"), &import.body["percent"]), ("RUNNING", &json!(0)));
    assert_eq!(import.header("retry-after"), "1");
    assert_eq!(stored(&bureau).await, 1, "nothing is filed while it is brought");
    bureau.settle().await;
    let now = told(&derui, &import).await;
    assert_eq!(
        (&now["state"], &now["percent"], &now["done"]),
        (&json!("DONE"), &json!(100), &json!(7))
    );
    assert_eq!(
        now["counts"],
        json!({ "accepted": 2, "in_review": 0, "needs_correction": 1, "repeated": 1, "refused": 2,
            "unreadable": 1 }),
    );
    let results = results(&derui, &import).await;
    assert_eq!(
        outcomes(&results),
        [
            "ACCEPTED",
            "ACCEPTED",
            "REPEATED",
            "NEEDS_CORRECTION",
            "REFUSED",
            "REFUSED",
            "UNREADABLE"
        ],
    );
    assert_eq!(results[4]["problem"], "/problems/declaration/ent-decl-no-reused");
    assert_eq!(results[5]["problem"], "/problems/forbidden");
    let id = results[0]["declaration_id"].as_str().unwrap();
    let filed = derui.get(&format!("/v1/declarations/{id}")).await.expect(200);
    assert_eq!(filed.body["decl_no"], results[0]["decl_no"]);
    assert_eq!(results[6]["defects"][0]["column"], "decl_code");
    let filed_by =
        "select count(*) from events where kind = 'declaration.filed' and actor_kind = 'CLIENT'";
    assert_eq!(bureau.count(filed_by).await, 4, "in the name of who asked");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_dry_run_says_the_same_and_files_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    derui.post("/v1/declarations", screws("ID-0").0).await.expect(201);
    let goods = [
        screws("ID-1"),
        screws("ID-0"),
        screws("ID-0").with("/mark_no", json!("other")),
        screws("ID-2").without("/goods_place"),
        screws("ID-3").of(HAIYUAN),
        screws("ID-4").without("/decl_org"),
    ];

    let series = "select max(next_serial)::int8 from decl_no_series";
    let before = bureau.count(series).await;

    let dry = bring(&derui, "?dry_run=true", NDJSON, ndjson(&goods)).await.expect(202);
    bureau.settle().await;
    let foreseen = results(&derui, &dry).await;
    assert_eq!(stored(&bureau).await, 1);
    assert_eq!(bureau.count(series).await, before, "no number is taken");
    let real = bring(&derui, "", NDJSON, ndjson(&goods)).await.expect(202);
    bureau.settle().await;

    let happened = results(&derui, &real).await;
    assert_eq!(outcomes(&foreseen), outcomes(&happened));
    for (foreseen, happened) in foreseen.iter().zip(&happened) {
        assert_eq!(foreseen["defects"], happened["defects"]);
        assert_eq!(foreseen["problem"], happened["problem"]);
    }
    assert_eq!(told(&derui, &dry).await["dry_run"], true);
}

/// One bell of one job, so that an import can be seen in its middle.
async fn one_step(bureau: &Bureau) {
    let mut conn = bureau.pool().acquire().await.unwrap();
    let (now, lane) = (bureau.worker.clock.now(), shared::ledger::Lane::Inward);
    let due = shared::ledger::jobs::ring(&mut conn, now, lane, 500).await.unwrap();
    let due = due.into_iter().filter(|job| job.kind == "import.file").map(|job| job.id);
    let bell = worker::bell::Bell { kind: "import.file".into(), jobs: due.collect() };
    worker::run::answer(&bureau.worker, &bell).await.unwrap();
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_long_import_tells_percent_counts_and_time_left(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods: Vec<_> = (0..200).map(|number| screws(&format!("IL-{number}"))).collect();
    let import = bring(&derui, "", NDJSON, ndjson(&goods)).await.expect(202);
    let begun = told(&derui, &import).await;
    assert!(begun["seconds_left"].is_null() && begun["expected_at"].is_null());

    bureau.wait(chrono::Duration::seconds(10));
    one_step(&bureau).await;

    let now = told(&derui, &import).await;
    assert_eq!((&now["percent"], &now["done"]), (&json!(25), &json!(50)));
    assert_eq!(now["counts"]["accepted"], 50);
    assert_eq!(now["seconds_left"], 30, "fifty in ten seconds, a hundred and fifty are left");
    assert_eq!(now["expected_at"], "2014-05-12T02:20:40Z");
    let half = results(&derui, &import).await;
    assert_eq!(outcomes(&half)[49..51], ["ACCEPTED", "none"]);
    bureau.settle().await;
    assert_eq!(told(&derui, &import).await["state"], "DONE");
    assert_eq!(stored(&bureau).await, 200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_import_that_is_interrupted_goes_on_where_it_was(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods: Vec<_> = (0..120).map(|number| screws(&format!("IR-{number}"))).collect();
    let import = bring(&derui, "", NDJSON, ndjson(&goods)).await.expect(202);
    one_step(&bureau).await;
    // A batch that breaks in its middle leaves nothing: neither declarations nor a position.
    let id = import.text("/id").parse().unwrap();
    let mut tx = shared::ledger::Tx::begin(bureau.pool(), &bureau.worker.clock).await.unwrap();
    let desk = bureau.worker.desk();
    let id = shared::import::ImportId(id);
    shared::acts::go_on_importing(&mut tx, &desk, id).await.unwrap();
    tx.roll_back().await.unwrap();
    assert_eq!((stored(&bureau).await, &told(&derui, &import).await["done"]), (50, &json!(50)));

    // Once more than promised.
    let mut tx = shared::ledger::Tx::begin(bureau.pool(), &bureau.worker.clock).await.unwrap();
    shared::acts::go_on_importing(&mut tx, &desk, id).await.unwrap();
    tx.commit().await.unwrap();
    bureau.settle().await;

    let now = told(&derui, &import).await;
    assert_eq!((&now["state"], &now["counts"]["accepted"]), (&json!("DONE"), &json!(120)));
    assert_eq!(stored(&bureau).await, 120);
    let again = bring(&derui, "", NDJSON, ndjson(&goods)).await.expect(202);
    bureau.settle().await;
    assert_eq!(told(&derui, &again).await["counts"]["repeated"], 120);
    assert_eq!(stored(&bureau).await, 120);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_cancelled_import_files_no_more_and_keeps_what_is_filed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods: Vec<_> = (0..60).map(|number| screws(&format!("IC-{number}"))).collect();
    let import = bring(&derui, "", NDJSON, ndjson(&goods)).await.expect(202);
    one_step(&bureau).await;
    let cancel = format!("{}/cancel", import.header("location"));

    let cancelled = derui.post(&cancel, Value::Null).await.expect(200);

    assert_eq!(cancelled.text("/state"), "CANCELLED");
    bureau.settle().await;
    assert_eq!((stored(&bureau).await, &told(&derui, &import).await["done"]), (50, &json!(50)));
    let again = derui.post(&cancel, Value::Null).await.expect(409);
    assert_eq!(again.problem(), "import/wrong-status");
    let history = bureau.history(import.text("/id")).await;
    assert_eq!(history, ["import.asked", "import.cancelled"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_import_stops_when_its_client_may_file_no_more(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let import = bring(&derui, "", NDJSON, ndjson(&[screws("IS-1")])).await.expect(202);
    sqlx::query("update clients set state = 'REVOKED' where id = $1")
        .bind(derui.id)
        .execute(bureau.pool())
        .await
        .unwrap();

    bureau.settle().await;

    let state = "select count(*) from declaration_imports where state = 'STOPPED'";
    assert_eq!((bureau.count(state).await, stored(&bureau).await), (1, 0));
    assert_eq!(bureau.history(import.text("/id")).await, ["import.asked", "import.stopped"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_import_is_seen_by_its_owner_alone(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (derui, haiyuan) = (bureau.derui().await, bureau.declarant(HAIYUAN).await);
    let import = bring(&derui, "", NDJSON, ndjson(&[screws("IO-1")])).await.expect(202);
    let location = import.header("location").to_owned();

    for path in ["", "/result", "/result?format=CSV", "/original"] {
        haiyuan.get(&format!("{location}{path}")).await.expect(404);
        derui.get(&format!("{location}{path}")).await.expect(200);
    }
    haiyuan.post(&format!("{location}/cancel"), Value::Null).await.expect(404);
    assert_eq!(haiyuan.get(IMPORTS).await.expect(200).body["data"], json!([]));
    assert_eq!(derui.get(IMPORTS).await.expect(200).body["data"][0]["id"], import.body["id"]);
    let later = "?updated_since=2014-05-12T02:20:01Z";
    let none = derui.get(&format!("{IMPORTS}{later}")).await.expect(200);
    assert_eq!(none.body["data"], json!([]));
    bureau.idler().await.get(IMPORTS).await.expect(403);
    bureau.settle().await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_import_under_a_key_is_brought_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let send = async |query: &str| {
        let request = TestRequest::post().uri(&format!("{IMPORTS}{query}"));
        let request = request.insert_header(("content-type", NDJSON));
        let request = request.insert_header(("idempotency-key", "file-1"));
        derui.send(request.set_payload(ndjson(&[screws("IK-1")]))).await
    };

    let first = send("").await.expect(202);
    let again = send("").await.expect(202);
    let dry = send("?dry_run=true").await.expect(409);

    assert_eq!(first.body, again.body);
    assert_eq!(dry.problem(), "idempotency/key-reused");
    assert_eq!(bureau.count("select count(*) from declaration_imports").await, 1);
    bureau.settle().await;
}
