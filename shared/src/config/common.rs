//! What several programs are told in the same words.
use std::path::PathBuf;

use super::{
    reader::Reader,
    values::{bureau_code, connections, folder, postgres_url, seconds},
};
use crate::{Clock, notification::address::PrivateAddresses};

/// Whether the clock can be moved and the sandbox's doors exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Production,
    Test,
}

impl Mode {
    /// `production` or `test`.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "production" => Ok(Self::Production),
            "test" => Ok(Self::Test),
            _ => Err("must be production or test".to_owned()),
        }
    }
}

/// What every process needs.
pub struct Common {
    pub mode: Mode,
    pub clock: Clock,
    /// The filter of the log, e.g. `info` or `info,sqlx=warn`.
    pub log: String,
}

impl Common {
    /// Reads them; a clock that can be moved exists in test mode only.
    pub fn read(reader: &mut Reader<'_>) -> Self {
        let mode = reader.optional("ANYPORT_MODE", Mode::parse).unwrap_or(Mode::Production);
        let file = reader.optional("ANYPORT_CLOCK_FILE", |text| Ok(PathBuf::from(text)));
        let clock = match (mode, file) {
            (Mode::Test, Some(file)) => Clock::Shifted(file),
            (_, None) => Clock::System,
            (Mode::Production, Some(_)) => {
                reader.complain("ANYPORT_CLOCK_FILE", "may only be set when ANYPORT_MODE is test");
                Clock::System
            }
        };
        let log = reader
            .optional("ANYPORT_LOG", |text| Ok(text.to_owned()))
            .unwrap_or_else(|| "info".to_owned());
        Self { mode, clock, log }
    }
}

/// Where the ledger is, and how much of it one process may take.
pub struct Postgres {
    pub url: String,
    /// How many connections this process may hold.
    pub connections: u32,
}

impl Postgres {
    /// Where nothing is said. Each is a process of the server's, with plans of its own: after a crash of the server all
    /// of them are made again at once, and half as many are there in half the time.
    const CONNECTIONS: u32 = 12;

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let url = reader.required("DATABASE_URL", postgres_url);
        let connections = reader.optional("ANYPORT_DATABASE_CONNECTIONS", connections);
        Some(Self { url: url?, connections: connections.unwrap_or(Self::CONNECTIONS) })
    }
}

/// Who we are to other bureaus, and with what we sign. Left out: nothing is exchanged.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Our own code, six digits.
    pub bureau: String,
    /// A folder of Ed25519 keys, `<key id>.pem`.
    pub keys: PathBuf,
    /// A partner that cannot be reached is tried again after this time at the latest.
    pub longest_pause: chrono::Duration,
}

impl Exchange {
    const LONGEST_PAUSE: chrono::Duration = chrono::Duration::minutes(5);

    /// Keys and code, or neither.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let keys = reader.optional("ANYPORT_EXCHANGE_KEYS", folder);
        let bureau = reader.optional("ANYPORT_BUREAU", bureau_code);
        if keys.is_some() && bureau.is_none() {
            reader.complain("ANYPORT_BUREAU", "is needed with ANYPORT_EXCHANGE_KEYS");
        }
        let pause = reader.optional("ANYPORT_EXCHANGE_LONGEST_PAUSE", seconds);
        let longest_pause = pause.unwrap_or(Self::LONGEST_PAUSE);
        bureau.zip(keys).map(|(bureau, keys)| Self { bureau, keys, longest_pause })
    }
}

/// How clients are told what happens. Without keys there are no webhooks; the feed is there all the same.
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// A folder of Ed25519 keys, `<key id>.pem`: all secrets are made of them.
    pub keys: Option<PathBuf>,
    /// Whether receivers in private networks may be called.
    pub private_addresses: PrivateAddresses,
}

impl Webhooks {
    pub(super) fn read(reader: &mut Reader<'_>, mode: Mode) -> Self {
        let keys = reader.optional("ANYPORT_WEBHOOK_KEYS", folder);
        let given = reader.optional("ANYPORT_WEBHOOK_PRIVATE_ADDRESSES", PrivateAddresses::parse);
        let private_addresses = given.unwrap_or(match mode {
            Mode::Production => PrivateAddresses::Refuse,
            Mode::Test => PrivateAddresses::Allow,
        });
        Self { keys, private_addresses }
    }
}
