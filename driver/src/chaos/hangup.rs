//! Callers who go away: after any byte of their request, or before the answer.
use std::time::Duration;

use futures_util::future::join_all;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

use crate::{
    town::Town,
    traffic::{Callers, Made},
};

/// How many of them.
const CALLERS: usize = 24;

/// Each sends a different part of a filing; the last ones send all of it. Nobody reads an answer.
pub(super) async fn hang_up(town: &Town, callers: &Callers) -> anyhow::Result<()> {
    let mut calls = Vec::new();
    for place in 1..=CALLERS {
        let made = callers.make()?;
        calls.push((made, (place * 4 / 3 * 100 / CALLERS).min(100)));
    }
    join_all(calls.iter().map(|(made, percent)| one(town, callers, made, *percent))).await;
    Ok(())
}

async fn one(town: &Town, callers: &Callers, made: &Made, percent: usize) {
    callers.book.sending(&made.reg_no, &made.content);
    let Ok(declarant) = callers.world.declarant(&made.reg_no) else { return };
    let Ok(token) = declarant.token().await else { return };
    let body = made.content.to_string();
    let request = format!(
        "POST /v1/declarations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let bytes = &request.as_bytes()[..request.len() * percent / 100];
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", town.front_port())).await else { return };
    if stream.write_all(bytes).await.is_ok() {
        // Some are gone at once, some while the answer is being made.
        sleep(Duration::from_millis(percent as u64 % 7)).await;
    }
}
