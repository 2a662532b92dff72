use serde_json::json;
use sqlx::migrate::Migrator;
use tests::{Durability, Program, Town, run_alone};

#[tokio::test(flavor = "multi_thread")]
async fn an_older_schema_is_refused() {
    let town = Town::bare(Durability::Careless).await;
    refused(&town, "run `api migrate`").await;

    let all: Vec<_> = shared::MIGRATOR.iter().cloned().collect();
    let older = Migrator::with_migrations(all[..all.len() - 1].to_vec());
    older.run(&town.pool).await.unwrap();
    refused(&town, "older than this program").await;

    assert!(town.run(&["migrate"], "").status.success());
    let _api: Program = town.api().await;
    let _worker = town.worker().await;
}

async fn refused(town: &Town, why: &str) {
    for name in ["api", "worker"] {
        let done = town.command(name).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(why), "{name}: {said}");
    }
    let left = "select count(*) from pg_stat_activity where application_name = 'api'";
    assert_eq!(town.count(left).await, 0);
}

#[test]
fn wrong_settings_are_all_told_at_once() {
    let wrong = [
        ("ANYPORT_MODE", "prod"),
        ("DATABASE_URL", "mysql://anyport:secret@localhost"),
        ("ANYPORT_BIND", "8080"),
        ("ANYPORT_WORKER_BIND", "8081"),
        ("ANYPORT_BANK_URL", "bank"),
        ("ANYPORT_TOKEN_KEYS", "/no/such/folder"),
        ("ANYPORT_DRAW_KEYS", "/no/such/file"),
        ("SANDBOX_BIND", "8090"),
        ("SANDBOX_LATE_SECONDS", "soon"),
    ];
    let (mode, database, draw) = ("ANYPORT_MODE", "DATABASE_URL", "ANYPORT_DRAW_KEYS");
    let (code, bank) = ("ANYPORT_BANK_CODE", "ANYPORT_BANK_PUBLIC_KEY");
    let api = [mode, database, "ANYPORT_BIND", "ANYPORT_TOKEN_KEYS", draw, code, bank];
    let (door, url, own) = ("ANYPORT_WORKER_BIND", "ANYPORT_BANK_URL", "ANYPORT_BANK_SIGNING_KEY");
    let worker = [mode, database, "REDIS_URL", door, draw, code, url, bank, own];
    let (key, client) = ("SANDBOX_SIGNING_KEY", "SANDBOX_CLIENT_PUBLIC_KEY");
    let (callback, late) = ("SANDBOX_CALLBACK_URL", "SANDBOX_LATE_SECONDS");
    let sandbox = ["SANDBOX_BIND", key, client, callback, late];
    for (name, settings) in [("api", &api[..]), ("worker", &worker), ("sandbox", &sandbox)] {
        let done = run_alone(name, &wrong);

        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{name}: {said}");
        assert!(said.starts_with(&format!("{} wrong settings", settings.len())), "{name}: {said}");
        for setting in settings {
            assert!(said.contains(setting), "{name} does not name {setting}: {said}");
        }
        assert!(!said.contains("secret"), "{name}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_cannot_be_moved_in_production() {
    let town = Town::build(Durability::Careless).await;
    let ahead = json!({ "advance_seconds": 60 });
    let mut test = town.api().await;
    let administrator = town.administrator().await;
    administrator.get("/v1/test/clock").await.unwrap().expect(200);
    administrator.post("/v1/test/clock", &ahead).await.unwrap().expect(200);
    test.kill();

    let mut command = town.command("api");
    let told = command.env("ANYPORT_MODE", "production").output().unwrap();
    assert_eq!(told.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&told.stderr).contains("ANYPORT_CLOCK_FILE"));

    let mut command = town.command("api");
    command.env_remove("ANYPORT_MODE").env_remove("ANYPORT_CLOCK_FILE");
    let _production = town.start("api", &mut command, &town.url()).await;
    let administrator = town.administrator().await;
    administrator.get("/v1/jobs").await.unwrap().expect(200);
    administrator.get("/v1/test/clock").await.unwrap().expect(404);
    administrator.post("/v1/test/clock", &ahead).await.unwrap().expect(404);
    let contract = town.run(&["openapi"], "").stdout;
    assert!(!String::from_utf8_lossy(&contract).contains("/v1/test/"));
}
