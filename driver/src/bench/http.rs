//! HTTP/1.1 as a load generator speaks it: one connection that stays open, one request at a time, and nothing that
//! costs more than it must. The generator shares the machine with what it measures.
use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Heads of answers are a few hundred bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// The server lets go of connections that were idle for five seconds: one that may be about to is opened anew. It
/// counts from its answer, which we may read late; so we count from our request.
const IDLE: Duration = Duration::from_secs(3);

/// One connection.
pub(crate) struct Line {
    stream: TcpStream,
    /// When it was last written to.
    used: Instant,
    address: SocketAddr,
    host: String,
    written: Vec<u8>,
    read: Vec<u8>,
    /// Of the latest answer.
    head: Head,
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    pub(crate) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Status and body, for whoever has to find out what went wrong.
    pub(crate) fn told(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(self.body))
    }
}

impl Line {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = connect(address).await?;
        let (host, used) = (address.to_string(), Instant::now());
        let (written, read) = (Vec::with_capacity(4096), Vec::with_capacity(4096));
        let head = Head { status: 0, size: 0, body: 0 };
        Ok(Self { stream, used, address, host, written, read, head })
    }

    /// The latest answer once more.
    pub(crate) fn latest(&self) -> Answer<'_> {
        let Head { status, size, body } = self.head;
        Answer { status, body: &self.read[size..size + body] }
    }

    pub(crate) async fn get(&mut self, path: &str, bearer: &str) -> io::Result<Answer<'_>> {
        self.begin("GET", path, bearer);
        self.written.extend_from_slice(b"\r\n");
        self.answered().await
    }

    /// Posts what `write` appends: a JSON document, or nothing.
    pub(crate) async fn post(
        &mut self,
        path: &str,
        bearer: &str,
        body: &[u8],
    ) -> io::Result<Answer<'_>> {
        self.begin("POST", path, bearer);
        if !body.is_empty() {
            self.written.extend_from_slice(b"Content-Type: application/json\r\n");
        }
        let length = format!("Content-Length: {}\r\n\r\n", body.len());
        self.written.extend_from_slice(length.as_bytes());
        self.written.extend_from_slice(body);
        self.answered().await
    }

    fn begin(&mut self, method: &str, path: &str, bearer: &str) {
        self.written.clear();
        let words = [
            method,
            " ",
            path,
            " HTTP/1.1\r\nHost: ",
            &self.host,
            "\r\nAccept: application/json\r\nAuthorization: Bearer ",
            bearer,
            "\r\n",
        ];
        for word in words {
            self.written.extend_from_slice(word.as_bytes());
        }
    }

    async fn answered(&mut self) -> io::Result<Answer<'_>> {
        let idle = self.used.elapsed();
        if idle > IDLE {
            self.stream = connect(self.address).await?;
        }
        self.used = Instant::now();
        match self.exchange().await {
            Ok(head) => {
                self.head = head;
                Ok(self.latest())
            }
            Err(error) => {
                let asked = String::from_utf8_lossy(&self.written);
                let (asked, waited) =
                    (asked.lines().next().unwrap_or_default(), self.used.elapsed());
                let told =
                    format!("{error}, {waited:.1?} after {asked}, idle {idle:.1?} before it");
                Err(io::Error::new(error.kind(), told))
            }
        }
    }

    /// Writes the request and reads the whole answer.
    async fn exchange(&mut self) -> io::Result<Head> {
        self.stream.write_all(&self.written).await?;
        self.read.clear();
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(head) = Head::of(&self.read)? {
                while self.read.len() < head.size + head.body {
                    if self.stream.read_buf(&mut self.read).await? == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                return Ok(head);
            }
        }
    }
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// What the head of an answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Bytes up to the body, and of the body.
    size: usize,
    body: usize,
}

impl Head {
    /// `None` as long as there is more to come.
    fn of(bytes: &[u8]) -> io::Result<Option<Self>> {
        let strange = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return if bytes.len() > LONGEST_HEAD {
                Err(strange("no end of head"))
            } else {
                Ok(None)
            };
        };
        let head =
            std::str::from_utf8(&bytes[..end]).map_err(|_| strange("a head not in UTF-8"))?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 "));
        let status = status.and_then(|line| line.get(..3)?.parse().ok());
        let body = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        Ok(Some(Self {
            status: status.ok_or_else(|| strange("no status"))?,
            size: end + 4,
            body: body.ok_or_else(|| strange("no Content-Length"))?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_whole() {
        let whole = b"HTTP/1.1 201 Created\r\nContent-length: 2\r\nx: y\r\n\r\n{}";
        assert_eq!(Head::of(&whole[..30]).unwrap(), None);
        let head = Head::of(whole).unwrap().unwrap();
        assert_eq!((head.status, &whole[head.size..], head.body), (201, &b"{}"[..], 2));
    }

    #[test]
    fn what_is_no_http_or_has_no_length_is_an_error() {
        assert!(Head::of(b"SSH-2.0\r\n\r\n").is_err());
        assert!(Head::of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
    }
}
