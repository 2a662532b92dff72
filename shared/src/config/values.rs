//! How single values are spelt.
use std::{net::SocketAddr, path::PathBuf};

/// `127.0.0.1:8080`.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:8080".to_owned())
}

/// An existing file.
pub fn file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_file() { Ok(path) } else { Err(format!("names no file: {text}")) }
}

/// An existing folder.
pub fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_dir() { Ok(path) } else { Err(format!("names no folder: {text}")) }
}

/// An address of the form `http://…` or `https://…`, without a slash at its end.
pub fn http_url(text: &str) -> Result<String, String> {
    url(text, &["http://", "https://"])
}

fn url(text: &str, schemes: &[&str]) -> Result<String, String> {
    // What is wrong with it is not repeated: it may hold a password.
    match schemes.iter().find_map(|scheme| text.strip_prefix(scheme)) {
        Some(rest) if !rest.is_empty() => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err(format!("must begin with {}", schemes.join(" or "))),
    }
}

pub(super) fn postgres_url(text: &str) -> Result<String, String> {
    url(text, &["postgres://", "postgresql://"])
}

pub(super) fn redis_url(text: &str) -> Result<String, String> {
    url(text, &["redis://", "rediss://", "redis+unix://", "unix://"])
}

/// Whole seconds, up to a day.
pub(super) fn seconds(text: &str) -> Result<chrono::Duration, String> {
    let number = text.parse().ok().filter(|number| (1..=86_400).contains(number));
    let wrong = || "must be a whole number of seconds from 1 to 86400".to_owned();
    number.map(chrono::Duration::seconds).ok_or_else(wrong)
}

/// Connections to the database that one process may hold.
pub(super) fn connections(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (4..=500).contains(number));
    number.ok_or_else(|| "must be a whole number from 4 to 500".to_owned())
}

/// Requests per second.
pub(super) fn rate(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=1_000_000).contains(number));
    number.ok_or_else(|| "must be a whole number from 1 to 1000000".to_owned())
}

/// `https://console.example.org, https://desk.example.org:8443`: as browsers send them, without a path.
pub(super) fn origins(text: &str) -> Result<Vec<String>, String> {
    let origin = |text: &str| {
        let text = text.trim();
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '*', ' ']) => {
                Ok(text.to_owned())
            }
            _ => Err("must be origins such as https://console.example.org, with commas between"
                .to_owned()),
        }
    };
    text.split(',').map(origin).collect()
}

pub(super) fn one_word(text: &str) -> Result<String, String> {
    if text.contains(char::is_whitespace) {
        Err("must be one word".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// Six digits.
pub fn bureau_code(text: &str) -> Result<String, String> {
    let is_code = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_code { Ok(text.to_owned()) } else { Err("must be a bureau code of 6 digits".to_owned()) }
}
