//! The little of the network that a starter needs: free ports and "are you there?".

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(2);

/// A port that was free a moment ago.
pub fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
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
