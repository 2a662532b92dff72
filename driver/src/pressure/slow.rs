//! Connections that send a byte a second: half of them never end the head of a request, half never end its body.
use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

/// What became of them.
pub(crate) struct Trickles {
    /// Connections that were made.
    pub(crate) held: usize,
    /// Those that the server ended while it was still being written to them.
    pub(crate) closed: usize,
}

const HEAD: &[u8] = b"GET /v1/declarations HTTP/1.1\r\nhost: anyport\r\nx-slow: ";
const BODY: &[u8] =
    b"POST /v1/sign-in HTTP/1.1\r\nhost: anyport\r\ncontent-type: application/json\r\n\
    content-length: 4096\r\n\r\n";

pub(crate) async fn trickle(url: &str, many: usize, time: Duration) -> anyhow::Result<Trickles> {
    let place = url.strip_prefix("http://").context("a plain http:// address")?;
    let place: SocketAddr = place.trim_end_matches('/').parse().context("an address and a port")?;
    let until = Instant::now() + time;
    let mut hands = JoinSet::new();
    for number in 0..many {
        let start = if number % 2 == 0 { HEAD } else { BODY };
        hands.spawn(async move {
            let Ok(line) = connect(place).await else { return (false, false) };
            (true, is_ended(line, start, until).await)
        });
    }
    let mut trickles = Trickles { held: 0, closed: 0 };
    while let Some(Ok((held, closed))) = hands.join_next().await {
        trickles.held += usize::from(held);
        trickles.closed += usize::from(closed);
    }
    Ok(trickles)
}

async fn connect(place: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::new(127, 0, 0, 7), 0).into())?;
    socket.connect(place).await
}

/// Writes on and on; whether the other side ends it first.
async fn is_ended(mut line: TcpStream, start: &[u8], until: Instant) -> bool {
    let mut piece = start;
    while Instant::now() < until {
        if line.write_all(piece).await.is_err() || hears_the_end(&line) {
            return true;
        }
        piece = b"a";
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    false
}

fn hears_the_end(line: &TcpStream) -> bool {
    let mut answer = [0; 1024];
    loop {
        match line.try_read(&mut answer) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != ErrorKind::WouldBlock,
        }
    }
}
