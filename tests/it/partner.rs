//! Another bureau across the wire: the sandbox's partner and a real bureau with a real door, which speak over HTTP as
//! processes do, both ways, well and badly.
mod hears;
mod input;
mod lost;
mod says;

use std::{sync::Arc, time::Duration};

use actix_web::HttpServer;
use sandbox::partner::{self, Manner, Saying};
use serde_json::{Value, json};
use shared::{
    exchange::{MemorandumKind, MessageId, Outgoing, service::outbox},
    ledger::Tx,
};
use tests::{Bureau, Neighbour, SHANGHAI, keys_of};
use uuid::Uuid;

const ZHEJIANG: &str = "330000";
const JIANGSU: &str = "320000";
const PING: &str = "exchange.ping";

/// Serves a bureau; where its door is.
fn serve(bureau: &Bureau) -> String {
    let ctx = (*bureau.ctx).clone();
    let server = HttpServer::new(move || api::app(ctx.clone())).workers(1).disable_signals();
    let server = server.shutdown_timeout(0).bind("127.0.0.1:0").unwrap();
    let door = format!("http://{}", server.addrs()[0]);
    tokio::spawn(server.run());
    door
}

/// Opens a partner that can be called, and enters it as one.
async fn play(
    bureau: &Bureau,
    door: &str,
    code: &str,
    memoranda: &[MemorandumKind],
) -> Arc<partner::Bureau> {
    let settings = partner::Settings {
        bind: "127.0.0.1:0".parse().unwrap(),
        keys: keys_of(code, "2014-a"),
        anyport_url: door.to_owned(),
        anyport_bureau: SHANGHAI.to_owned(),
        late: Duration::from_millis(300),
        clock: bureau.ctx.clock.clone(),
    };
    let partner::Open { address, bureau: played, server } = partner::open(settings).unwrap();
    tokio::spawn(server);
    Neighbour::at(bureau, code, memoranda, Some(format!("http://{address}"))).await;
    played
}

/// A ping in a conversation, or in one of its own.
fn ping(talk: Option<u128>, sequence: i32) -> Saying {
    let correlation_id = talk.map(Uuid::from_u128);
    Saying { kind: PING.to_owned(), correlation_id, sequence, payload: json!({}) }
}

/// Says something to a partner, as a room would.
async fn tell(bureau: &Bureau, receiver: &str) -> MessageId {
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    let correlation = bureau.nobody();
    let (receiver, payload) = (receiver.to_owned(), json!({ "note": "线路测试" }));
    let message = Outgoing { receiver, kind: PING, version: 1, correlation, payload };
    let id = outbox::send(&mut tx, message).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Where a message of ours stands.
async fn stands(bureau: &Bureau, id: MessageId) -> String {
    let state = sqlx::query_scalar("select state from outbox where id = $1");
    state.bind(id.0).fetch_one(bureau.pool()).await.unwrap()
}

/// How often a partner was called in vain since it last behaved.
async fn failures(bureau: &Bureau, code: &str) -> i32 {
    let failures = sqlx::query_scalar("select failures from partners where code = $1");
    failures.bind(code).fetch_one(bureau.pool()).await.unwrap()
}

/// How often a message was brought to a partner that kept it; nought of what it does not hold.
fn times(partner: &partner::Bureau, id: MessageId) -> u32 {
    partner.inbox().iter().find(|kept| kept.id == id).map_or(0, |kept| kept.times)
}

/// The outcomes and codes of an answer's receipts: `STORED`, `REFUSED receiver-wrong`.
fn verdicts(body: &Value) -> Vec<String> {
    let receipts = body["receipts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let verdict = |receipt: &Value| {
        let errors = receipt["errors"].as_array().unwrap();
        let codes = errors.iter().map(|error| error["code"].as_str().unwrap());
        let words: Vec<_> =
            [receipt["outcome"].as_str().unwrap()].into_iter().chain(codes).collect();
        words.join(" ")
    };
    receipts.iter().map(verdict).collect()
}

/// Every way of taking messages that leaves the sender without receipts to be trusted.
const BAD_MANNERS: [Manner; 12] = [
    Manner::Silent,
    Manner::Forgetful,
    Manner::Busy,
    Manner::Redirecting,
    Manner::Withholding,
    Manner::Halving,
    Manner::Forging,
    Manner::Misdirecting,
    Manner::Misquoting,
    Manner::Garbling,
    Manner::Truncating,
    Manner::Flooding,
];
