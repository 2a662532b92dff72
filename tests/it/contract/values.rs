//! What a query or a head may say is held to what the contract says of it.
use actix_web::test::TestRequest;
use serde_json::Value;
use sqlx::PgPool;
use tests::Bureau;

use super::{
    must_be_problem, nobody,
    operations::{Operation, contract, operations},
};

/// The parameters of an operation that are sent in that place, as the contract describes them.
fn parameters(operation: &Operation, place: &str) -> Vec<Value> {
    let all = operation.told["parameters"].as_array().into_iter().flatten();
    let described = all.map(|one| match one["$ref"].as_str() {
        Some(target) => contract().pointer(target.trim_start_matches('#')).unwrap().clone(),
        None => one.clone(),
    });
    described.filter(|one| one["in"] == place).collect()
}

/// A value of a length that is right, and that no pattern of the contract takes: a tilde stands in none of those that
/// say something, and U+0000 is taken nowhere.
fn outside(schema: &Value) -> String {
    let least = schema["minLength"].as_u64().unwrap_or(1).max(1);
    let letter = if schema["pattern"] == "^[^\\u0000]*$" { "%00" } else { "~" };
    letter.repeat(usize::try_from(least).unwrap())
}

/// Asks every list with each of the values that `wrong` knows for a parameter; returns how often it was refused.
async fn refused_by_name(pool: PgPool, code: &str, wrong: fn(&Value) -> Vec<String>) -> u32 {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    let mut tried = 0;
    for operation in operations().iter().filter(|one| one.method == "GET") {
        for parameter in parameters(operation, "query") {
            let name = parameter["name"].as_str().unwrap();
            for value in wrong(&parameter["schema"]) {
                let path = format!("{}?{name}={value}", operation.path_of(&nobody()));
                let refused = administrator.get(&path).await;
                must_be_problem(&refused, 400, &path);
                assert_eq!(refused.text("/errors/0/pointer"), format!("/query/{name}"), "{path}");
                assert_eq!(refused.codes(), [code], "{path}");
                tried += 1;
            }
        }
    }
    tried
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_value_that_its_pattern_does_not_take_is_refused_by_name(pool: PgPool) {
    let tried = refused_by_name(pool, "parameter-malformed", |schema| {
        schema.get("pattern").map(|_| outside(schema)).into_iter().collect()
    });

    let tried = tried.await;
    assert!(tried > 30, "{tried}");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_number_out_of_its_bounds_is_refused_by_name(pool: PgPool) {
    let tried = refused_by_name(pool, "out-of-range", |schema| {
        let bounds = schema["minimum"].as_i64().zip(schema["maximum"].as_i64());
        let around = bounds.map(|(least, most)| [least - 1, most + 1].map(|one| one.to_string()));
        around.into_iter().flatten().collect()
    });

    let tried = tried.await;
    assert!(tried > 60, "{tried}");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_header_that_is_too_long_is_refused_by_name(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;
    let endless = format!("\"{}\"", "r".repeat(500));
    let mut tried = 0;
    for operation in operations().iter().filter(|one| one.needs_token()) {
        for parameter in parameters(operation, "header") {
            let name = parameter["name"].as_str().unwrap();
            let request = TestRequest::with_uri(&operation.path_of(&nobody()))
                .method(operation.method.parse().unwrap())
                .insert_header((name, endless.as_str()));
            let refused = administrator.send(request).await;
            must_be_problem(&refused, 400, &operation.name());
            let pointer = format!("/headers/{}", name.to_lowercase());
            assert_eq!(refused.text("/errors/0/pointer"), pointer, "{}", operation.name());
            assert_eq!(refused.codes(), ["header-malformed"], "{}", operation.name());
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_query_is_read_before_it_is_held_to_anything(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    for escaped in ["decl_no=31090011400012%34", "decl%5Fno=310900114000124", "decl_org=310900&"] {
        derui.get(&format!("/v1/declarations?{escaped}")).await.expect(200);
    }
    let repeated = format!("/v1/declarations?{}", "decl_no=1&".repeat(100));
    assert_eq!(derui.get(&repeated).await.expect(400).codes().len(), 20, "told, and not for ever");
}
