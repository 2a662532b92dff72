//! Did it arrive? A line that breaks at any byte of a filing or of its receipt leaves the caller in doubt. Asking again
//! ends the doubt, and never makes a second act.
use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicUsize, atomic::Ordering},
};

use actix_web::HttpServer;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use shared::declaration::numbers::NumberBook;
use sqlx::PgPool;
use tests::{Bureau, screws};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// So many callers at a time: filings that come together commit together.
const CALLERS: usize = 24;

/// Where the line breaks.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// So many bytes of the request leave.
    Request(usize),
    /// So many bytes of the answer come back.
    Answer(usize),
}

/// A bureau behind a real socket.
struct Door {
    bureau: Bureau,
    address: SocketAddr,
    token: String,
}

impl Door {
    async fn open(pool: PgPool) -> Self {
        let mut bureau = Bureau::open(pool.clone()).await;
        bureau.refit(|ctx| ctx.numbers = Arc::new(NumberBook::new(50, &pool)));
        let token = bureau.derui().await.token().to_owned();
        let ctx = (*bureau.ctx).clone();
        let server = HttpServer::new(move || api::app(ctx.clone())).workers(2).disable_signals();
        let server = server.shutdown_timeout(0).bind("127.0.0.1:0").unwrap();
        let address = server.addrs()[0];
        tokio::spawn(server.run());
        Self { bureau, address, token }
    }

    /// A filing, byte by byte as it goes over the line. All of them are of one length.
    fn filing(&self, number: usize) -> Vec<u8> {
        let body = screws(&format!("ARRIVE-{number:05}")).0.to_string();
        let head = format!(
            "POST /v1/declarations HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.token,
            body.len(),
        );
        [head.into_bytes(), body.into_bytes()].concat()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Files and hears the whole answer: its status, its length on the line, its body.
    async fn ask(&self, filing: &[u8]) -> (String, usize, Value) {
        let mut line = self.connect().await;
        line.write_all(filing).await.unwrap();
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).await.unwrap();
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().to_owned();
        (status, text.len(), serde_json::from_str(body).unwrap())
    }

    /// Files over a line that breaks.
    async fn lose(&self, filing: &[u8], cut: Cut) {
        let mut line = self.connect().await;
        match cut {
            Cut::Request(bytes) => line.write_all(&filing[..bytes]).await.unwrap(),
            Cut::Answer(bytes) => {
                line.write_all(filing).await.unwrap();
                // What was drawn has a shorter receipt than what was not: the last bytes may not be there.
                line.take(bytes as u64).read_to_end(&mut Vec::new()).await.unwrap();
            }
        }
    }

    async fn count(&self, sql: &'static str) -> usize {
        usize::try_from(self.bureau.count(sql).await).unwrap()
    }
}

/// Breaks the line at each of those places, asks again each time, and counts.
async fn break_and_ask_again(door: &Door, cuts: Vec<Cut>) {
    let asked = cuts.len();
    let made_anew = AtomicUsize::new(0);
    let before = door.count("select count(*) from declarations").await;
    let counted = &made_anew;

    stream::iter(cuts.into_iter().enumerate())
        .for_each_concurrent(CALLERS, |(place, cut)| async move {
            let filing = door.filing(before + place);
            door.lose(&filing, cut).await;

            let (status, _, receipt) = door.ask(&filing).await;

            let is_new = match status.as_str() {
                "201" => true,
                "200" => false,
                other => panic!("{cut:?}: {other} {receipt:#}"),
            };
            counted.fetch_add(usize::from(is_new), Ordering::Relaxed);
            let is_whole = matches!(cut, Cut::Request(bytes) if bytes == filing.len());
            let has_arrived = matches!(cut, Cut::Answer(1..));
            assert!(is_new != has_arrived || is_whole || matches!(cut, Cut::Answer(0)), "{cut:?}");
            if place.is_multiple_of(16) {
                let (again, _, same) = door.ask(&filing).await;
                assert_eq!((again.as_str(), same), ("200", receipt), "{cut:?}: one receipt");
            }
        })
        .await;

    let total = before + asked;
    for one_each in [
        "select count(*) from declarations",
        "select count(distinct (decl_reg_no, ent_decl_no)) from declarations",
        "select count(distinct decl_no) from declarations",
        "select count(*) from declaration_versions",
        "select count(*) from events where kind = 'declaration.filed'",
        "select count(*) from events where kind = 'declaration.accepted'",
        "select count(*) from selections",
    ] {
        assert_eq!(door.count(one_each).await, total, "{one_each}");
    }
    assert!(made_anew.into_inner() <= asked);
    let notices = "select count(*) - count(distinct declaration_id) from fee_notices";
    assert_eq!(door.count(notices).await, 0, "{notices}");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_filing_cut_off_after_any_byte_of_its_request_is_one_act_when_asked_again(pool: PgPool) {
    let door = Door::open(pool).await;
    let length = door.filing(0).len();

    break_and_ask_again(&door, (0..=length).map(Cut::Request).collect()).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_filing_cut_off_after_any_byte_of_its_answer_is_one_act_when_asked_again(pool: PgPool) {
    let door = Door::open(pool).await;
    let (status, length, _) = door.ask(&door.filing(0)).await;
    assert_eq!(status, "201");

    break_and_ask_again(&door, (0..=length).map(Cut::Answer).collect()).await;
}
