//! Files of many declarations: brought, filed in the background, and every line answered.
mod files;
mod going;
mod messages;

use actix_web::test::TestRequest;
use serde_json::{Value, json};
use shared::{declaration::examples, import::table};
use sqlx::PgPool;
use tests::{Bureau, Consignment, DERUI, HAIYUAN, Person, Reply, screws, wine};

const IMPORTS: &str = "/v1/declaration-imports";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const NDJSON: &str = "application/x-ndjson";

/// A table of the head and one goods line of each, with all that the review wants, as CSV.
fn csv(goods: &[Consignment]) -> String {
    let columns = table::columns();
    let names: Vec<_> = columns.iter().map(table::Column::name).collect();
    let mut text = format!("{}\n", names.join(","));
    for one in goods {
        for row in table::rows_of(&columns, &one.0) {
            let cells = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
            text.push_str(&cells.collect::<Vec<_>>().join(","));
            text.push('\n');
        }
    }
    text
}

fn ndjson(goods: &[Consignment]) -> String {
    goods.iter().flat_map(|one| [one.0.to_string(), "\n".to_owned()]).collect()
}

async fn bring(
    who: &Person<'_>,
    query: &str,
    kind: &'static str,
    body: impl Into<Vec<u8>>,
) -> Reply {
    who.post_raw(&format!("{IMPORTS}{query}"), kind, body).await
}

/// What is told of an import now.
async fn told(who: &Person<'_>, import: &Reply) -> Value {
    who.get(import.header("location")).await.expect(200).body
}

async fn results(who: &Person<'_>, import: &Reply) -> Vec<Value> {
    let reply = who.get(&format!("{}/result?limit=200", import.header("location"))).await;
    reply.expect(200).body["data"].as_array().unwrap().clone()
}

fn outcomes(results: &[Value]) -> Vec<&str> {
    results.iter().map(|one| one["outcome"].as_str().unwrap_or("none")).collect()
}

async fn stored(bureau: &Bureau) -> i64 {
    bureau.count("select count(*) from declarations").await
}
