//! Ports that nobody listens on.
use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

use anyhow::Context as _;

/// A port that nobody listens on. Below those that the kernel gives to outgoing connections, so that a program
/// that is killed finds its own port free when it comes back.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000)?;
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let ports = std::iter::repeat_with(|| {
        20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed) * 7) % 10_000
    });
    ports.take(1_000).find(is_free).context("no free port")
}
