//! The little of the network that a starter needs: free ports and "are you there?".

use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Below are the ports that programs are known by.
const FIRST: u16 = 15_000;
const PATIENCE: Duration = Duration::from_secs(2);

/// A port that is free, and that the kernel gives to nobody of its own accord: programs may be built before somebody
/// listens there, and meanwhile others connect and are given ports.
pub fn free_port() -> std::io::Result<u16> {
    static NEXT: OnceLock<AtomicU32> = OnceLock::new();
    let next = NEXT.get_or_init(|| AtomicU32::new(random()));
    let given = first_given();
    for _ in 0..1000 {
        let step = next.fetch_add(1, Ordering::Relaxed) % u32::from(given - FIRST);
        let port = FIRST + u16::try_from(step).unwrap_or(0);
        if is_free(port) {
            return Ok(port);
        }
    }
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Where to begin, so that two of us do not try the same ports at once.
fn random() -> u32 {
    u32::try_from(RandomState::new().hash_one(0) >> 40).unwrap_or(0)
}

/// The first port that whoever connects may be given.
fn first_given() -> u16 {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
    let first = range.ok().and_then(|range| range.split_whitespace().next()?.parse().ok());
    first.filter(|first| *first > FIRST + 1000).unwrap_or(32_768)
}

pub fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// This port, or another one where it is taken.
pub fn port_near(wanted: u16) -> std::io::Result<u16> {
    if is_free(wanted) { Ok(wanted) } else { free_port() }
}

/// A port of this machine's own.
pub const fn here(port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}

/// Says something on a new connection and reads what comes until the end or the first silence.
pub fn ask(place: SocketAddrV4, question: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&place.into(), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(question.as_bytes())?;
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        answer.extend_from_slice(&chunk[..count]);
        if answer.len() > 64 * 1024 || answer.ends_with(b"\n") {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// The status code of a GET, or nothing where nobody answers.
pub fn get_status(place: SocketAddrV4, path: &str) -> Option<u16> {
    let host = place.ip();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let answer = ask(place, &request).ok()?;
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}
