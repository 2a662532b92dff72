//! Filings as lines of a stream: answered line by line while they come.
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::*;

const BATCH: &str = "/v1/declarations/batch";
const NDJSON: &str = "application/x-ndjson";

fn lines(bytes: &[u8]) -> Vec<Value> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn ndjson(goods: &[Consignment]) -> String {
    goods.iter().flat_map(|one| [one.0.to_string(), "\n".to_owned()]).collect()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_stream_answers_line_by_line_in_order(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let first = screws("ST-1");
    let body = [
        ndjson(&[first.clone(), first.clone().with("/mark_no", json!("other"))]),
        "\n{\"ent_decl_no\":\n".to_owned(),
        format!("{}\n", "x".repeat(1024 * 1024 + 1)),
        ndjson(&[screws("ST-2").of(MODEL), first]),
        wine("ST-3").of(DERUI).0.to_string(),
    ]
    .concat();

    let reply = derui.post_raw(BATCH, NDJSON, body).await.expect(200);

    let told = lines(&reply.bytes);
    let brief: Vec<_> = told
        .iter()
        .map(|line| (line["line"].as_u64().unwrap(), line["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        brief,
        [(1, 201), (2, 409), (4, 400), (5, 413), (6, 403), (7, 200), (8, 201)],
        "the third is blank",
    );
    assert_eq!(reply.header("content-type"), NDJSON);
    assert_eq!(told[1]["problem"]["type"], "/problems/declaration/ent-decl-no-reused");
    assert_eq!(told[1]["problem"]["request_id"], reply.header("x-request-id"));
    assert_eq!(told[1]["problem"]["instance"], BATCH);
    assert_eq!(stored(&bureau).await, 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_stream_takes_no_key_and_turns_away_who_may_not_file(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let request = TestRequest::post().uri(BATCH).insert_header(("content-type", NDJSON));
    let request = request.insert_header(("idempotency-key", "k")).set_payload("{}\n");

    let keyed = derui.send(request).await.expect(400);

    assert_eq!(keyed.codes(), ["header-not-expected"]);
    bureau.idler().await.post_raw(BATCH, NDJSON, "{}\n").await.expect(403);
    bureau.stranger().post_raw(BATCH, NDJSON, "{}\n").await.expect(401);
    let empty = derui.post_raw(BATCH, NDJSON, "\n\n").await.expect(200);
    assert!(empty.bytes.is_empty());
}

/// A connection to a door of the bureau's own, on which a stream has begun.
async fn connect(bureau: &Bureau, authorization: &str) -> TcpStream {
    let ctx = (*bureau.ctx).clone();
    let server = actix_web::HttpServer::new(move || api::app(ctx.clone())).workers(1);
    let server = server.disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {BATCH} HTTP/1.1\r\nhost: localhost\r\nauthorization: {authorization}\r\n\
         content-type: {NDJSON}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn send(stream: &mut TcpStream, text: &str) {
    let chunk = format!("{:x}\r\n{text}\r\n", text.len());
    stream.write_all(chunk.as_bytes()).await.unwrap();
}

/// Reads until that stands in what was read.
async fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(wanted) {
        let mut some = [0; 4096];
        let count = stream.read(&mut some).await.unwrap();
        assert!(count > 0, "ended before {wanted}: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&some[..count]);
    }
    String::from_utf8(read).unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_line_is_answered_before_the_next_one_is_sent(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut stream = connect(&bureau, &derui.authorization()).await;

    for number in 1..=3 {
        send(&mut stream, &ndjson(&[screws(&format!("SN-{number}"))])).await;
        let told = until(&mut stream, &format!("\"line\":{number}")).await;
        assert!(told.contains("\"status\":201"), "{told}");
        assert_eq!(stored(&bureau).await, number, "what is answered is kept");
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    until(&mut stream, "0\r\n\r\n").await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_caller_that_hangs_up_leaves_whole_records_and_sends_the_same_again(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods: Vec<_> = (0..120).map(|number| screws(&format!("SH-{number}"))).collect();
    let mut stream = connect(&bureau, &derui.authorization()).await;
    let begun = format!("{}{{\"ent_decl_no\":", ndjson(&goods[..60]));
    send(&mut stream, &begun).await;
    until(&mut stream, "\"line\":1").await;
    drop(stream);

    let again = derui.post_raw(BATCH, NDJSON, ndjson(&goods)).await.expect(200);

    let told = lines(&again.bytes);
    assert_eq!(told.len(), 120);
    assert!(told.iter().all(|line| [200, 201].contains(&line["status"].as_u64().unwrap())));
    assert_eq!(stored(&bureau).await, 120);
    let drawn = "select count(*) from declarations d join selections s on s.declaration_id = d.id";
    assert_eq!(bureau.count(drawn).await, 120, "each one is whole");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_client_that_is_revoked_is_heard_no_longer_in_the_middle_of_a_stream(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let mut stream = connect(&bureau, &derui.authorization()).await;
    send(&mut stream, &ndjson(&[screws("SR-1")])).await;
    until(&mut stream, "\"line\":1").await;

    sqlx::query("update clients set state = 'REVOKED' where id = $1")
        .bind(derui.id)
        .execute(bureau.pool())
        .await
        .unwrap();
    bureau.wait(chrono::Duration::seconds(31));
    send(&mut stream, &ndjson(&[screws("SR-2")])).await;

    let told = until(&mut stream, "\"line\":null").await;
    assert!(told.contains("\"status\":401"), "{told}");
    assert_eq!(stored(&bureau).await, 1);
}
