//! Reference tables in the database: seeds, imports, and two of them at once.
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::json;
use shared::{
    Clock,
    kernel::{Actor, Failure, PageRequest, Role},
    ledger::Tx,
    reference::{self, Books, Counts, Diff, Filter, Shelf, Upload, file::SIZE_LIMIT, layout_of},
};
use sqlx::PgPool;
use tests::{Bureau, SSE};
use uuid::Uuid;

fn clock() -> Clock {
    let noon: DateTime<Utc> = "2014-05-12T04:00:00Z".parse().unwrap();
    Clock::fixed(noon)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn file<'a>(book: &'a str, text: &'a str) -> Upload<'a> {
    Upload { book, file: text.as_bytes(), effective_from: None, is_complete: false }
}

async fn seed(pool: &PgPool) -> u64 {
    let mut tx = Tx::begin(pool, &clock()).await.unwrap();
    let rows = reference::seed(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    rows
}

async fn import(pool: &PgPool, upload: &Upload<'_>) -> Result<Diff, Failure> {
    let mut tx = Tx::begin(pool, &clock()).await?;
    let diff = reference::import(&mut tx, &Actor::system(), upload).await?;
    tx.commit().await?;
    Ok(diff)
}

async fn books(pool: &PgPool) -> Books {
    Books::load(&mut pool.acquire().await.unwrap()).await.unwrap()
}

/// The kinds of what happened, by name: the clock stands still here.
async fn history(pool: &PgPool) -> Vec<String> {
    let kinds = sqlx::query_scalar("select kind from events order by kind");
    kinds.fetch_all(pool).await.unwrap()
}

async fn all_rows(pool: &PgPool) -> Vec<String> {
    let rows = sqlx::query_scalar(
        "select concat_ws(' ', id, book, key, valid_from, valid_to, data) from reference_rows order by id",
    );
    rows.fetch_all(pool).await.unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_tables_we_ship_are_in_the_database_as_they_are_in_the_program(pool: PgPool) {
    let rows = seed(&pool).await;

    let (stored, ours) = (books(&pool).await, Books::seeded());
    assert_eq!(stored.edition, 1);
    assert_eq!(usize::try_from(rows).unwrap(), reference::file::seed_rows().len());
    let on = day("2014-05-12");
    assert_eq!(stored.offices(on), ours.offices(on));
    assert_eq!(stored.catalogue("2204210000", None, on), ours.catalogue("2204210000", None, on));
    assert_eq!(stored.rate("JPY", on), ours.rate("JPY", on));
    assert_eq!(seed(&pool).await, 0, "a second time there is nothing to add");
    assert_eq!(history(&pool).await, ["reference.seeded"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn seeding_leaves_alone_what_an_administrator_imported(pool: PgPool) {
    let rates = file("exchange_rates", "currency,cny_per_unit,valid_from\nUSD,6.99,2014-01-01\n");
    import(&pool, &rates).await.unwrap();

    seed(&pool).await;

    let books = books(&pool).await;
    assert_eq!(books.rate("USD", day("2013-12-31")), None);
    assert_eq!(books.rate("USD", day("2014-01-01")), Some(Decimal::new(699, 2)));
    assert_eq!(books.rate("EUR", day("2014-01-01")), Some(Decimal::new(84, 1)));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_rate_from_june_leaves_may_as_it_was(pool: PgPool) {
    seed(&pool).await;
    let rates = file("exchange_rates", "currency,cny_per_unit,valid_from\nUSD,6.17,2014-06-01\n");

    let diff = import(&pool, &rates).await.unwrap();

    let counts = Counts { added: 1, ended: 1, ..Counts::default() };
    assert_eq!(diff.counts(), counts);
    let books = books(&pool).await;
    assert_eq!(books.rate("USD", day("2014-05-31")), Some(Decimal::new(615, 2)));
    assert_eq!(books.rate("USD", day("2014-06-01")), Some(Decimal::new(617, 2)));
    assert_eq!(history(&pool).await, ["reference.imported", "reference.seeded"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_dry_run_changes_nothing_and_tells_what_the_import_would(pool: PgPool) {
    seed(&pool).await;
    let before = all_rows(&pool).await;
    let rates = file("exchange_rates", "currency,cny_per_unit,valid_from\nUSD,6.17,2014-06-01\n");

    let tried = reference::compare(&mut pool.acquire().await.unwrap(), &rates).await.unwrap();

    assert_eq!(all_rows(&pool).await, before);
    assert_eq!(books(&pool).await.edition, 1);
    assert_eq!(import(&pool, &rates).await.unwrap(), tried);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_same_file_twice_changes_nothing(pool: PgPool) {
    seed(&pool).await;
    let text = "currency,cny_per_unit,valid_from,valid_to\n\
        USD,6.17,2014-06-01,2014-06-30\nUSD,6.18,2014-07-01,\nNOK,1.03,2004-04-01,\nBRL,2.8,2014-01-01,\n";
    import(&pool, &file("exchange_rates", text)).await.unwrap();
    let before = (all_rows(&pool).await, books(&pool).await.edition, history(&pool).await);

    let again = import(&pool, &file("exchange_rates", text)).await.unwrap();

    assert_eq!(again.counts(), Counts { unchanged: 4, ..Counts::default() });
    let after = (all_rows(&pool).await, books(&pool).await.edition, history(&pool).await);
    assert_eq!(after, before);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_file_with_one_defect_changes_nothing_at_all(pool: PgPool) {
    seed(&pool).await;
    let before = all_rows(&pool).await;
    let text = "currency,cny_per_unit,valid_from\nUSD,6.17,2014-06-01\nEUR,eight,2014-06-01\n";

    let refused = import(&pool, &file("exchange_rates", text)).await;

    let Err(Failure::Invalid(defects)) = refused else { panic!("{refused:?}") };
    assert_eq!(defects.iter().next().unwrap().pointer, "/lines/3/cny_per_unit");
    assert_eq!(all_rows(&pool).await, before);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_complete_file_ends_what_it_does_not_list(pool: PgPool) {
    seed(&pool).await;
    let classes = "code,factor,is_mandatory,min_score\nA,0.5,false,89\nB,1,false,77\nD,,true,0\n";
    let upload = Upload {
        effective_from: Some(day("2015-01-01")),
        is_complete: true,
        ..file("credit_classes", classes)
    };

    let diff = import(&pool, &upload).await.unwrap();

    assert_eq!(diff.counts().ended, 5, "AA and C, and the three that begin anew");
    let books = books(&pool).await;
    assert!(books.credit_class("AA", day("2014-12-31")).is_some());
    assert!(books.credit_class("AA", day("2015-01-01")).is_none());
    assert!(books.credit_class("B", day("2015-01-01")).is_some());
    assert_eq!(import(&pool, &upload).await.unwrap().counts().unchanged, 3);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_file_without_rows_or_without_its_day_is_refused(pool: PgPool) {
    let empty =
        import(&pool, &file("alerts", "code,country,hs_prefix,level,name_zh,name_en\n")).await;
    let Err(Failure::Invalid(defects)) = empty else { panic!("{empty:?}") };
    assert_eq!(defects.iter().next().unwrap().code, "no-rows");

    let rates = "currency,cny_per_unit,valid_from\nUSD,6.17,2014-06-01\n";
    let upload = Upload { is_complete: true, ..file("exchange_rates", rates) };
    let undated = import(&pool, &upload).await;
    let Err(Failure::Invalid(defects)) = undated else { panic!("{undated:?}") };
    assert_eq!(defects.iter().next().unwrap().pointer, "/query/effective_from");

    assert!(matches!(import(&pool, &file("tides", rates)).await, Err(Failure::Missing(_))));
}

/// Two administrators load rows that would overlap; the second waits for the first and then sees its rows.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn two_imports_at_once_leave_no_overlap(pool: PgPool) {
    seed(&pool).await;
    let texts: Vec<String> = (1..=8)
        .map(|n| {
            format!(
                "currency,cny_per_unit,valid_from,valid_to\nUSD,6.{n},2014-0{n}-01,2014-1{}-15\n",
                n % 3
            )
        })
        .collect();

    let imports = texts.iter().map(|text| {
        let (pool, text) = (pool.clone(), text.clone());
        tokio::spawn(async move { import(&pool, &file("exchange_rates", &text)).await.map(drop) })
    });
    for import in imports.collect::<Vec<_>>() {
        import.await.unwrap().unwrap();
    }

    let overlaps: i64 = sqlx::query_scalar(
        "select count(*) from reference_rows a join reference_rows b
         on a.book = b.book and a.key = b.key and a.id < b.id
         and daterange(a.valid_from, a.valid_to, '[]') && daterange(b.valid_from, b.valid_to, '[]')",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(overlaps, 0);
    assert_eq!(books(&pool).await.edition, 9);
}

/// The table itself refuses what a careless hand would write, also when two hands write at once.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_table_refuses_overlapping_rows(pool: PgPool) {
    const WRITE: &str =
        "insert into reference_rows (id, book, key, valid_from, valid_to, data, loaded_at)
        values ($1, 'exchange_rates', 'USD', $2, $3, '{}', now())";
    let write = |id: u128, from: &str, to: Option<&str>| {
        sqlx::query(WRITE).bind(Uuid::from_u128(id)).bind(day(from)).bind(to.map(day))
    };
    let constraint = |error: sqlx::Error| {
        error.into_database_error().and_then(|e| e.constraint().map(str::to_owned))
    };
    write(1, "2014-01-01", Some("2014-06-30")).execute(&pool).await.unwrap();

    let refused = write(2, "2014-06-30", None).execute(&pool).await.unwrap_err();
    assert_eq!(constraint(refused).as_deref(), Some("reference_rows_no_overlap"));
    write(3, "2014-07-01", None).execute(&pool).await.unwrap();
    let stretched = "update reference_rows set valid_to = '2014-07-01' where id = $1";
    let refused = sqlx::query(stretched).bind(Uuid::from_u128(1)).execute(&pool).await.unwrap_err();
    assert_eq!(constraint(refused).as_deref(), Some("reference_rows_no_overlap"));

    sqlx::query("delete from reference_rows").execute(&pool).await.unwrap();
    let mut first = pool.begin().await.unwrap();
    write(4, "2014-01-01", None).execute(&mut *first).await.unwrap();
    let second = tokio::spawn({
        let pool = pool.clone();
        let query = write(5, "2014-03-01", None);
        async move { query.execute(&pool).await }
    });
    wait_for_a_lock(&pool).await;
    first.commit().await.unwrap();
    let refused = second.await.unwrap().unwrap_err();
    assert_eq!(constraint(refused).as_deref(), Some("reference_rows_no_overlap"));
}

/// Until somebody waits for an advisory lock in this database.
async fn wait_for_a_lock(pool: &PgPool) {
    let waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database()))";
    while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(pool).await.unwrap() {
        tokio::task::yield_now().await;
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_shelf_reads_again_only_when_somebody_imported(pool: PgPool) {
    seed(&pool).await;
    let mut conn = pool.acquire().await.unwrap();
    let shelf = Shelf::load(&mut conn).await.unwrap();
    let taken = shelf.books();
    assert!(!shelf.refresh(&mut conn).await.unwrap());

    let rates = file("exchange_rates", "currency,cny_per_unit,valid_from\nUSD,6.17,2014-06-01\n");
    import(&pool, &rates).await.unwrap();

    assert!(shelf.refresh(&mut conn).await.unwrap());
    assert_eq!(shelf.books().rate("USD", day("2014-06-01")), Some(Decimal::new(617, 2)));
    assert_eq!(taken.rate("USD", day("2014-06-01")), Some(Decimal::new(615, 2)), "taken before");
    assert!(!shelf.refresh(&mut conn).await.unwrap());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_table_is_read_page_by_page(pool: PgPool) {
    seed(&pool).await;
    let mut conn = pool.acquire().await.unwrap();
    let filter = Filter { on: Some(day("2014-05-12")), key: Some("31".into()) };
    let mut keys = Vec::new();
    let mut request = PageRequest { limit: 7, after: None, since: None };

    loop {
        let page = reference::list(&mut conn, "offices", &filter, request).await.unwrap();
        keys.extend(page.data.iter().map(|listed| listed.row.key.clone()));
        request.after = page.data.last().map(|listed| listed.id);
        if !page.has_more {
            break;
        }
    }

    assert_eq!(keys.len(), 19, "the bureau and its eighteen offices");
    assert!(keys.is_sorted());
    let lost = PageRequest { after: Some(Uuid::nil()), ..request };
    let refused = reference::list(&mut conn, "offices", &filter, lost).await;
    assert!(matches!(refused, Err(Failure::Invalid(_))));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_exported_is_unchanged_when_it_is_imported(pool: PgPool) {
    seed(&pool).await;
    for layout in reference::LAYOUTS.iter().filter(|layout| layout.book != "alerts") {
        let rows: Vec<_> = reference::file::seed_rows()
            .iter()
            .filter(|row| row.book == layout.book)
            .cloned()
            .collect();
        let text = reference::file::export(layout_of(layout.book).unwrap(), &rows).unwrap();
        let diff = import(&pool, &file(layout.book, &text)).await.unwrap();
        assert_eq!(
            diff.counts(),
            Counts { unchanged: rows.len(), ..Counts::default() },
            "{}",
            layout.book
        );
    }
}

const RATES: &str = "currency,cny_per_unit,valid_from\nUSD,6.17,2014-06-01\n";

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_administrator_tries_a_file_and_then_loads_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    let dry_run = "/v1/reference/exchange_rates/import?dry_run=true";

    let tried = administrator.post_raw(dry_run, "text/csv", RATES).await.expect(200).body;
    let loaded = administrator.import("exchange_rates", RATES).await.expect(200).body;
    let again = administrator.import("exchange_rates", RATES).await.expect(200).body;

    assert_eq!((&tried["dry_run"], &tried["counts"]["added"]), (&json!(true), &json!(1)));
    assert_eq!(tried["changes"][0]["kind"], "ENDED");
    assert_eq!(tried["changes"][0]["after"]["valid_to"], "2014-05-31");
    assert_eq!(tried["changes"][1]["after"]["data"]["cny_per_unit"], "6.17");
    assert_eq!(loaded["changes"], tried["changes"]);
    assert_eq!((&again["counts"]["unchanged"], &again["changes"]), (&json!(1), &json!([])));
    let rows = administrator.get("/v1/reference/exchange_rates?key=USD&on=2014-06-01").await.body;
    let values: Vec<_> = rows["data"].as_array().unwrap().iter().map(|row| &row["data"]).collect();
    assert_eq!(values, [&json!({ "currency": "USD", "cny_per_unit": "6.17" })]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_file_with_defects_is_answered_with_all_of_them(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let text = "currency,cny_per_unit,valid_from\nusd,6.17,2014-06-01\nEUR,,2014-06-31\n";

    let refused = bureau.administrator().await.import("exchange_rates", text).await.expect(422);

    assert_eq!(refused.codes(), ["value-malformed", "value-malformed", "value-missing"]);
    assert_eq!(refused.text("/errors/0/pointer"), "/lines/2/currency");
    assert_eq!(refused.text("/errors/1/pointer"), "/lines/3/valid_from");
    assert_eq!(refused.text("/errors/2/pointer"), "/lines/3/cny_per_unit");
    assert!(refused.text("/errors/0/message_zh").contains("3位大写字母"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_file_must_say_that_it_is_csv_and_be_of_a_bearable_size(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    let url = "/v1/reference/exchange_rates/import";
    let send = async |url: &str, kind, body: Vec<u8>| {
        administrator.post_raw(url, kind, body).await.status.as_u16()
    };

    assert_eq!(send(url, "application/json", b"{}".into()).await, 415);
    assert_eq!(send(url, "text/csv; charset=iso-8859-1", RATES.into()).await, 415);
    assert_eq!(send(url, "text/csv", vec![b'x'; SIZE_LIMIT + 1]).await, 413);
    assert_eq!(send("/v1/reference/tides/import", "text/csv", RATES.into()).await, 404);
    assert_eq!(send(&format!("{url}?dryrun=true"), "text/csv", RATES.into()).await, 400);
    assert_eq!(books(bureau.pool()).await.edition, 1, "nothing was loaded");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn everybody_may_look_at_the_tables_and_only_administrators_load_them(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (declarant, officer) =
        (bureau.derui().await, bureau.officer(SSE, Role::AcceptanceOfficer).await);

    let tables = declarant.get("/v1/reference").await.expect(200).body;
    assert_eq!(tables["data"].as_array().unwrap().len(), reference::LAYOUTS.len());
    let first = officer.get("/v1/reference/countries?limit=200").await.expect(200);
    let next = format!("/v1/reference/countries?limit=200&cursor={}", first.text("/next_cursor"));
    let second = officer.get(&next).await.expect(200).body;
    assert_eq!(second["data"].as_array().unwrap().len(), 49);
    assert_eq!(second["has_more"], false);

    assert_eq!(officer.get("/v1/reference/countries?limit=201").await.status, 400);
    assert_eq!(officer.get("/v1/reference/tides").await.status, 404);
    assert_eq!(bureau.stranger().get("/v1/reference").await.status, 401);
    for person in [&declarant, &officer] {
        assert_eq!(person.import("exchange_rates", RATES).await.status, 403);
    }
}
