//! What an operator sets. All that is missing or wrong is told at once.
use std::{net::SocketAddr, path::Path, time::Duration};

use shared::{
    Clock,
    config::{self, Reader, Wrong},
    exchange::OwnKeys,
};

/// Everything the bureau needs to open.
pub struct Settings {
    /// `SANDBOX_BIND`; port 0 takes a free one.
    pub bind: SocketAddr,
    /// `SANDBOX_BUREAU` and `SANDBOX_KEYS`: its code, and its folder of keys.
    pub keys: OwnKeys,
    /// `SANDBOX_ANYPORT_URL`: where Anyport listens.
    pub anyport_url: String,
    /// `SANDBOX_ANYPORT_BUREAU`: the code of its bureau.
    pub anyport_bureau: String,
    /// `SANDBOX_LATE_SECONDS`: how late a slow answer is.
    pub late: Duration,
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
        let code = reader.required("SANDBOX_BUREAU", config::bureau_code);
        let name = code.clone().unwrap_or_default();
        let keys = reader.required("SANDBOX_KEYS", |folder| {
            OwnKeys::read(&name, Path::new(folder)).map_err(|error| format!("{error:#}"))
        });
        let anyport_url = reader.required("SANDBOX_ANYPORT_URL", config::http_url);
        let anyport_bureau = reader.required("SANDBOX_ANYPORT_BUREAU", config::bureau_code);
        let late = reader.optional("SANDBOX_LATE_SECONDS", |text| {
            text.parse().map_err(|_| "must be a whole number of seconds".to_owned())
        });
        let clock = reader.optional("ANYPORT_CLOCK_FILE", |path| Ok(Clock::Shifted(path.into())));
        Some(Self {
            bind: bind.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8091))),
            keys: code.and(keys)?,
            anyport_url: anyport_url?,
            anyport_bureau: anyport_bureau?,
            late: Duration::from_secs(late.unwrap_or(5)),
            clock: clock.unwrap_or(Clock::System),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wrong_settings_are_told_at_once() {
        let env = |name: &str| match name {
            "SANDBOX_BUREAU" => Some("Zhejiang".to_owned()),
            "SANDBOX_KEYS" => Some("/no/such/folder".to_owned()),
            _ => None,
        };

        let error = Settings::read(env).err().unwrap().to_string();

        for name in
            ["SANDBOX_BUREAU", "SANDBOX_KEYS", "SANDBOX_ANYPORT_URL", "SANDBOX_ANYPORT_BUREAU"]
        {
            assert!(error.contains(name), "{name} is not in: {error}");
        }
    }
}
