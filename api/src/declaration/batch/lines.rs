//! Lines out of a body that is still coming. No more than one line and one chunk are held at a time.
use actix_web::web::{self, Bytes, BytesMut};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use crate::{
    body::{PATIENCE, unreadable},
    declaration::file::DECLARATION_LIMIT,
    problem::Problem,
};

/// How many lines are taken at a time, if so many are there.
const TOGETHER: usize = 50;

/// One line, or why it is none.
pub(super) struct Line {
    /// Counted from one.
    pub number: u64,
    /// `None`: longer than a declaration may be, and not kept.
    pub bytes: Option<Bytes>,
}

/// The lines of a body.
pub(super) struct Lines {
    payload: web::Payload,
    held: BytesMut,
    /// How far `held` was looked through for the end of a line.
    looked: usize,
    /// Within a line that is too long already.
    is_skipping: bool,
    is_over: bool,
    number: u64,
}

impl Lines {
    pub(super) fn of(payload: web::Payload) -> Self {
        let held = BytesMut::new();
        Self { payload, held, looked: 0, is_skipping: false, is_over: false, number: 0 }
    }

    /// The lines that have come, at least one; none at the end. Blank lines are counted, and are no lines.
    pub(super) async fn next(&mut self) -> Result<Vec<Line>, Problem> {
        loop {
            let mut lines = Vec::new();
            while lines.len() < TOGETHER
                && let Some(line) = self.take()
            {
                lines.push(line);
            }
            if !lines.is_empty() || self.is_over && self.held.is_empty() {
                return Ok(lines);
            }
            match timeout(PATIENCE, self.payload.next()).await {
                Err(_) => return Err(Problem::too_slow()),
                Ok(None) => self.is_over = true,
                Ok(Some(Ok(chunk))) => self.held.extend_from_slice(&chunk),
                Ok(Some(Err(error))) => return Err(unreadable(&error)),
            }
        }
    }

    /// The next whole line, where there is one. Blank ones are counted and passed over.
    fn take(&mut self) -> Option<Line> {
        loop {
            let end = self.held[self.looked..].iter().position(|byte| *byte == b'\n');
            let end = end.map(|end| self.looked + end);
            if end.is_none() && self.held.len() > DECLARATION_LIMIT {
                self.is_skipping = true;
                self.held.clear();
            }
            let is_left = self.is_over && (self.is_skipping || !self.held.is_empty());
            self.looked = self.held.len();
            let end = end.or(is_left.then_some(self.held.len()))?;
            if let Some(line) = self.line(end) {
                return Some(line);
            }
        }
    }

    fn line(&mut self, end: usize) -> Option<Line> {
        let bytes = self.held.split_to(end).freeze();
        if !self.held.is_empty() {
            let _ = self.held.split_to(1);
        }
        self.looked = 0;
        self.number += 1;
        let is_long = std::mem::take(&mut self.is_skipping) || bytes.len() > DECLARATION_LIMIT;
        if !is_long && bytes.trim_ascii().is_empty() {
            return None;
        }
        Some(Line { number: self.number, bytes: (!is_long).then_some(bytes) })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{FromRequest as _, dev::Payload, error::PayloadError, test::TestRequest};
    use futures_util::stream;

    use super::*;

    async fn lines(chunks: Vec<Vec<u8>>) -> Lines {
        let chunks = chunks.into_iter().map(|chunk| Ok::<_, PayloadError>(Bytes::from(chunk)));
        let stream: std::pin::Pin<Box<dyn futures_util::Stream<Item = _>>> =
            Box::pin(stream::iter(chunks));
        let mut payload = Payload::Stream { payload: stream };
        let request = TestRequest::post().to_http_request();
        Lines::of(web::Payload::from_request(&request, &mut payload).await.unwrap())
    }

    async fn all(chunks: Vec<Vec<u8>>) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut lines = lines(chunks).await;
        let mut found = Vec::new();
        loop {
            let some = lines.next().await.unwrap();
            assert!(lines.held.len() <= 2 * DECLARATION_LIMIT, "memory is bounded");
            if some.is_empty() {
                return found;
            }
            found.extend(some.into_iter().map(|one| (one.number, one.bytes.map(|b| b.to_vec()))));
        }
    }

    #[actix_web::test]
    async fn lines_are_the_same_however_the_body_is_cut() {
        let whole = b"{\"a\":1}\r\n\n  \n[2]\n\"last\"".to_vec();
        let expected = all(vec![whole.clone()]).await;

        assert_eq!(expected.len(), 3);
        assert_eq!(expected.iter().map(|line| line.0).collect::<Vec<_>>(), [1, 4, 5]);
        for size in 1..whole.len() {
            let chunks = whole.chunks(size).map(<[u8]>::to_vec).collect();
            assert_eq!(all(chunks).await, expected, "in chunks of {size}");
        }
    }

    #[actix_web::test]
    async fn a_line_that_is_too_long_is_told_and_the_next_one_is_read() {
        let long = vec![b'x'; DECLARATION_LIMIT + 1];
        let mut chunks: Vec<_> = long.chunks(100_000).map(<[u8]>::to_vec).collect();
        chunks.push(b"yyy\n{}\n".to_vec());

        assert_eq!(all(chunks).await, [(1, None), (2, Some(b"{}".to_vec()))]);
    }
}
