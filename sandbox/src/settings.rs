//! What an operator sets. All that is missing or wrong is told at once.
use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::Context as _;
use shared::{
    Clock,
    payment::signature::{CheckingKey, SealingKey},
};

/// Everything the bank needs to open.
pub struct Settings {
    /// `SANDBOX_BIND`; port 0 takes a free one.
    pub bind: SocketAddr,
    /// `SANDBOX_SIGNING_KEY`: a PEM file; signs answers and callbacks.
    pub key: SealingKey,
    /// `SANDBOX_CLIENT_PUBLIC_KEY`: a PEM file; checks orders and questions.
    pub client_key: CheckingKey,
    /// `SANDBOX_CALLBACK_URL`: where callbacks go.
    pub callback_url: String,
    /// `SANDBOX_LATE_SECONDS`: how late a late callback is.
    pub late: Duration,
    /// `SANDBOX_STATE`: a file that keeps the books when the bank is killed.
    pub state: Option<PathBuf>,
    /// `ANYPORT_CLOCK_FILE`: the clock that tests share.
    pub clock: Clock,
}

impl Settings {
    /// Reads all settings; fails with every complaint, one a line.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut wrong = Vec::new();
        let bind = or_note(&mut wrong, "SANDBOX_BIND", || {
            let text = env("SANDBOX_BIND").unwrap_or_else(|| "127.0.0.1:8090".into());
            text.parse::<SocketAddr>().with_context(|| format!("{text} is no address with a port"))
        });
        let key = or_note(&mut wrong, "SANDBOX_SIGNING_KEY", || {
            Ok(SealingKey::from_pem(&file(env("SANDBOX_SIGNING_KEY"))?)?)
        });
        let client_key = or_note(&mut wrong, "SANDBOX_CLIENT_PUBLIC_KEY", || {
            Ok(CheckingKey::from_pem(&file(env("SANDBOX_CLIENT_PUBLIC_KEY"))?)?)
        });
        let callback_url = or_note(&mut wrong, "SANDBOX_CALLBACK_URL", || {
            let text = env("SANDBOX_CALLBACK_URL").context("is not set")?;
            let url = reqwest::Url::parse(&text).with_context(|| format!("{text} is no URL"))?;
            Ok(url.to_string())
        });
        let late = or_note(&mut wrong, "SANDBOX_LATE_SECONDS", || {
            let text = env("SANDBOX_LATE_SECONDS").unwrap_or_else(|| "20".into());
            let seconds =
                text.parse().with_context(|| format!("{text} is no number of seconds"))?;
            Ok(Duration::from_secs(seconds))
        });
        let (state, clock) = (env("SANDBOX_STATE").map(PathBuf::from), clock(&env));
        match (bind, key, client_key, callback_url, late) {
            (Some(bind), Some(key), Some(client_key), Some(callback_url), Some(late)) => {
                Ok(Self { bind, key, client_key, callback_url, late, state, clock })
            }
            _ => anyhow::bail!("wrong settings:\n  {}", wrong.join("\n  ")),
        }
    }
}

fn clock(env: &impl Fn(&str) -> Option<String>) -> Clock {
    match env("ANYPORT_CLOCK_FILE") {
        Some(file) => Clock::Shifted(file.into()),
        None => Clock::System,
    }
}

fn file(path: Option<String>) -> anyhow::Result<String> {
    let path = path.context("is not set")?;
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))
}

fn or_note<T>(
    wrong: &mut Vec<String>,
    name: &str,
    read: impl FnOnce() -> anyhow::Result<T>,
) -> Option<T> {
    read().map_err(|error| wrong.push(format!("{name}: {error:#}"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wrong_settings_are_told_at_once() {
        let env = |name: &str| match name {
            "SANDBOX_BIND" => Some("nowhere".to_owned()),
            "SANDBOX_CLIENT_PUBLIC_KEY" => Some("/no/such/file".to_owned()),
            _ => None,
        };

        let error = Settings::read(env).err().unwrap().to_string();

        for name in [
            "SANDBOX_BIND",
            "SANDBOX_SIGNING_KEY",
            "SANDBOX_CLIENT_PUBLIC_KEY",
            "SANDBOX_CALLBACK_URL",
        ] {
            assert!(error.contains(name), "{name} is not in: {error}");
        }
    }
}
