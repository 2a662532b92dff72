//! What an operator sets. All that is missing or wrong is told at once.
use std::{net::SocketAddr, path::PathBuf, time::Duration};

use shared::{
    Clock,
    config::{self, Reader, Wrong},
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
    /// Reads all settings; fails with every complaint.
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let mut reader = Reader::new(&env);
        let settings = Self::all(&mut reader);
        reader.finish(settings)
    }

    fn all(reader: &mut Reader<'_>) -> Option<Self> {
        let bind = reader.optional("SANDBOX_BIND", config::address);
        let key = reader.required("SANDBOX_SIGNING_KEY", |path| {
            SealingKey::from_pem(&read(path)?).map_err(|error| error.to_string())
        });
        let client_key = reader.required("SANDBOX_CLIENT_PUBLIC_KEY", |path| {
            CheckingKey::from_pem(&read(path)?).map_err(|error| error.to_string())
        });
        let callback_url = reader.required("SANDBOX_CALLBACK_URL", config::http_url);
        let late = reader.optional("SANDBOX_LATE_SECONDS", |text| {
            text.parse().map_err(|_| "must be a whole number of seconds".to_owned())
        });
        let state = reader.optional("SANDBOX_STATE", |path| Ok(PathBuf::from(path)));
        let clock = reader.optional("ANYPORT_CLOCK_FILE", |path| Ok(Clock::Shifted(path.into())));
        Some(Self {
            bind: bind.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8090))),
            key: key?,
            client_key: client_key?,
            callback_url: callback_url?,
            late: Duration::from_secs(late.unwrap_or(20)),
            state,
            clock: clock.unwrap_or(Clock::System),
        })
    }
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
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
