//! The neighbour's own door: the little of HTTP that a bureau needs to be told something.
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use super::desk::Desk;
use crate::protocol::Message;

/// Opens it; whatever is brought to it is for `POST /v1/exchange/messages`.
pub(super) async fn open(port: u16, desk: Arc<Mutex<Desk>>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.context("the neighbour's door")?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let desk = Arc::clone(&desk);
            // A line that breaks ends the talk; the other side comes again.
            tokio::spawn(async move { talk(stream, &desk).await.ok() });
        }
    });
    Ok(())
}

/// Call after call on one connection.
async fn talk(stream: TcpStream, desk: &Mutex<Desk>) -> anyhow::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(length) = head(&mut stream).await? {
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let body: Value = serde_json::from_slice(&body)?;
        let messages = body["messages"].as_array().cloned().unwrap_or_default();
        let messages = messages.into_iter().map(Message).collect();
        let receipts = desk.lock().unwrap_or_else(PoisonError::into_inner).take(messages);
        let answer = json!({ "receipts": receipts }).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(answer.as_bytes()).await?;
        stream.flush().await?;
    }
    Ok(())
}

/// Reads the head of a request: the length of what follows; `None` where the connection ends.
async fn head(stream: &mut BufReader<TcpStream>) -> anyhow::Result<Option<usize>> {
    let (mut length, mut line) = (0, String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse()?;
            }
            None if line.trim_end().is_empty() => return Ok(Some(length)),
            _ => {}
        }
    }
}
