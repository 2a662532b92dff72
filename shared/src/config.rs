//! Settings, typed and checked. Only `main.rs` reads the environment, through [`Reader`]; everything that is
//! missing or wrong is told at once, so that an operator starts a process twice, not nine times.
use std::{
    fmt::{self, Display},
    net::SocketAddr,
    path::PathBuf,
};

use crate::{Clock, notification::address::PrivateAddresses};

/// What an operator has to put right, all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Wrong(pub Vec<String>);

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} wrong settings:", self.0.len())?;
        self.0.iter().try_for_each(|complaint| write!(f, "\n  {complaint}"))
    }
}

/// Reads settings one by one and remembers every complaint.
pub struct Reader<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    complaints: Vec<String>,
}

impl<'a> Reader<'a> {
    #[must_use]
    pub fn new(env: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { env, complaints: Vec::new() }
    }

    /// A setting that may be left out. An empty one counts as left out.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = (self.env)(name).filter(|text| !text.trim().is_empty())?;
        match parse(text.trim()) {
            Ok(value) => Some(value),
            Err(complaint) => {
                self.complain(name, complaint);
                None
            }
        }
    }

    /// A setting without which the process cannot run. `None` is already complained about.
    pub fn required<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if (self.env)(name).is_none_or(|text| text.trim().is_empty()) {
            self.complain(name, "is not set");
            return None;
        }
        self.optional(name, parse)
    }

    pub fn complain(&mut self, name: &str, complaint: impl Display) {
        self.complaints.push(format!("{name} {complaint}"));
    }

    /// The settings, if there was nothing to complain about.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, Wrong> {
        match settings {
            Some(settings) if self.complaints.is_empty() => Ok(settings),
            _ => Err(Wrong(self.complaints)),
        }
    }
}

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

fn postgres_url(text: &str) -> Result<String, String> {
    url(text, &["postgres://", "postgresql://"])
}

fn redis_url(text: &str) -> Result<String, String> {
    url(text, &["redis://", "rediss://", "redis+unix://", "unix://"])
}

/// Whole seconds, up to a day.
fn seconds(text: &str) -> Result<chrono::Duration, String> {
    let number = text.parse().ok().filter(|number| (1..=86_400).contains(number));
    let wrong = || "must be a whole number of seconds from 1 to 86400".to_owned();
    number.map(chrono::Duration::seconds).ok_or_else(wrong)
}

/// Requests per second.
fn rate(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=1_000_000).contains(number));
    number.ok_or_else(|| "must be a whole number from 1 to 1000000".to_owned())
}

/// `https://console.example.org, https://desk.example.org:8443`: as browsers send them, without a path.
fn origins(text: &str) -> Result<Vec<String>, String> {
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

fn one_word(text: &str) -> Result<String, String> {
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
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
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
    fn read(reader: &mut Reader<'_>, mode: Mode) -> Self {
        let keys = reader.optional("ANYPORT_WEBHOOK_KEYS", folder);
        let given = reader.optional("ANYPORT_WEBHOOK_PRIVATE_ADDRESSES", PrivateAddresses::parse);
        let private_addresses = given.unwrap_or(match mode {
            Mode::Production => PrivateAddresses::Refuse,
            Mode::Test => PrivateAddresses::Allow,
        });
        Self { keys, private_addresses }
    }
}

/// What a tool needs that touches the tables only.
pub struct Database {
    pub common: Common,
    pub url: String,
}

impl Database {
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let mut reader = Reader::new(&env);
        let common = Common::read(&mut reader);
        let url = reader.required("DATABASE_URL", postgres_url);
        reader.finish(url.map(|url| Self { common, url }))
    }
}

/// What repeating a draw needs.
pub struct Draw {
    pub database_url: String,
    /// The keys of the draw, by date (domain R3).
    pub draw_keys: PathBuf,
}

impl Draw {
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let mut reader = Reader::new(&env);
        let database_url = reader.required("DATABASE_URL", postgres_url);
        let draw_keys = reader.required("ANYPORT_DRAW_KEYS", file);
        let settings = database_url.zip(draw_keys);
        reader.finish(settings.map(|(database_url, draw_keys)| Self { database_url, draw_keys }))
    }
}

/// What proving the books needs.
pub struct Audit {
    pub database_url: String,
}

impl Audit {
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let mut reader = Reader::new(&env);
        let database_url = reader.required("DATABASE_URL", postgres_url);
        reader.finish(database_url.map(|database_url| Self { database_url }))
    }
}

/// The settings of the `api`.
pub struct Api {
    pub common: Common,
    pub database_url: String,
    pub bind: SocketAddr,
    /// Issuer and audience of our tokens.
    pub public_url: String,
    /// A folder of Ed25519 keys, `<kid>.pem`.
    pub token_keys: PathBuf,
    /// The keys of the draw, by date (domain R3).
    pub draw_keys: PathBuf,
    pub bank_code: String,
    pub bank_public_key: PathBuf,
    /// Requests per second that one caller may send; twice as many at once.
    pub rate_limit: u32,
    /// Where what clients take is counted for all processes together; each counts for itself without.
    pub redis_url: Option<String>,
    /// Web pages whose scripts may ask.
    pub allowed_origins: Vec<String>,
    pub exchange: Option<Exchange>,
    pub webhooks: Webhooks,
}

impl Api {
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let mut reader = Reader::new(&env);
        let settings = Self::all(&mut reader);
        reader.finish(settings)
    }

    fn all(reader: &mut Reader<'_>) -> Option<Self> {
        let common = Common::read(reader);
        let database_url = reader.required("DATABASE_URL", postgres_url);
        let bind = reader.optional("ANYPORT_BIND", address);
        let public_url = reader.optional("ANYPORT_PUBLIC_URL", http_url);
        let token_keys = reader.required("ANYPORT_TOKEN_KEYS", folder);
        let draw_keys = reader.required("ANYPORT_DRAW_KEYS", file);
        let bank_code = reader.required("ANYPORT_BANK_CODE", one_word);
        let bank_public_key = reader.required("ANYPORT_BANK_PUBLIC_KEY", file);
        let rate_limit = reader.optional("ANYPORT_RATE_LIMIT", rate);
        let redis_url = reader.optional("REDIS_URL", redis_url);
        let allowed_origins = reader.optional("ANYPORT_ALLOWED_ORIGINS", origins);
        let exchange = Exchange::read(reader);
        let webhooks = Webhooks::read(reader, common.mode);
        Some(Self {
            common,
            database_url: database_url?,
            bind: bind.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: public_url.unwrap_or_else(|| "http://127.0.0.1:8080".to_owned()),
            token_keys: token_keys?,
            draw_keys: draw_keys?,
            bank_code: bank_code?,
            bank_public_key: bank_public_key?,
            rate_limit: rate_limit.unwrap_or(500),
            redis_url,
            allowed_origins: allowed_origins.unwrap_or_default(),
            exchange,
            webhooks,
        })
    }
}

/// The settings of the `worker`.
pub struct Worker {
    pub common: Common,
    pub database_url: String,
    pub redis_url: String,
    /// Health and metrics of the worker itself.
    pub bind: SocketAddr,
    /// The keys of the draw, by date (domain R3): for declarations that come in files.
    pub draw_keys: PathBuf,
    pub bank: Bank,
    pub exchange: Option<Exchange>,
    pub webhooks: Webhooks,
}

/// The one bank, as the worker calls it.
pub struct Bank {
    pub code: String,
    pub url: String,
    pub public_key: PathBuf,
    pub signing_key: PathBuf,
}

impl Worker {
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let mut reader = Reader::new(&env);
        let settings = Self::all(&mut reader);
        reader.finish(settings)
    }

    fn all(reader: &mut Reader<'_>) -> Option<Self> {
        let common = Common::read(reader);
        let database_url = reader.required("DATABASE_URL", postgres_url);
        let redis_url = reader.required("REDIS_URL", redis_url);
        let bind = reader.optional("ANYPORT_WORKER_BIND", address);
        let draw_keys = reader.required("ANYPORT_DRAW_KEYS", file);
        let bank = Bank::all(reader);
        let exchange = Exchange::read(reader);
        let webhooks = Webhooks::read(reader, common.mode);
        Some(Self {
            common,
            database_url: database_url?,
            redis_url: redis_url?,
            bind: bind.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8081))),
            draw_keys: draw_keys?,
            bank: bank?,
            exchange,
            webhooks,
        })
    }
}

impl Bank {
    fn all(reader: &mut Reader<'_>) -> Option<Self> {
        let code = reader.required("ANYPORT_BANK_CODE", one_word);
        let url = reader.required("ANYPORT_BANK_URL", http_url);
        let public_key = reader.required("ANYPORT_BANK_PUBLIC_KEY", file);
        let signing_key = reader.required("ANYPORT_BANK_SIGNING_KEY", file);
        Some(Self { code: code?, url: url?, public_key: public_key?, signing_key: signing_key? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// This very file exists, and its folder too.
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config.rs");
    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");

    fn env(name: &str) -> Option<String> {
        let value = match name {
            "DATABASE_URL" => "postgres://anyport@localhost/anyport",
            "REDIS_URL" => "redis://localhost",
            "ANYPORT_TOKEN_KEYS" => FOLDER,
            "ANYPORT_BANK_CODE" => "SPDB",
            "ANYPORT_BANK_URL" => "http://127.0.0.1:8090/",
            "ANYPORT_DRAW_KEYS" | "ANYPORT_BANK_PUBLIC_KEY" | "ANYPORT_BANK_SIGNING_KEY" => FILE,
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let api = Api::read(env).ok().unwrap();
        let worker = Worker::read(env).ok().unwrap();

        assert_eq!(api.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(api.common.mode, Mode::Production);
        assert_eq!(worker.bind.to_string(), "127.0.0.1:8081");
        assert_eq!(worker.bank.url, "http://127.0.0.1:8090");
    }

    #[test]
    fn callers_are_limited_and_browsers_kept_out_unless_said_otherwise() {
        let plain = Api::read(env).ok().unwrap();
        let set = Api::read(|name| match name {
            "ANYPORT_RATE_LIMIT" => Some("20".into()),
            "ANYPORT_ALLOWED_ORIGINS" => Some("https://a.example, http://b.example:81".into()),
            other => env(other),
        });
        let set = set.ok().unwrap();

        assert_eq!((plain.rate_limit, plain.allowed_origins.len()), (500, 0));
        assert_eq!(set.rate_limit, 20);
        assert_eq!(set.allowed_origins, ["https://a.example", "http://b.example:81"]);
        assert!(rate("0").is_err());
        assert!(origins("*").is_err());
        assert!(origins("https://a.example/").is_err());
    }

    #[test]
    fn everything_wrong_or_missing_is_told_at_once() {
        let wrong = Worker::read(|name| match name {
            "ANYPORT_MODE" => Some("prod".into()),
            "DATABASE_URL" => Some("mysql://root:secret@localhost".into()),
            "ANYPORT_WORKER_BIND" => Some("8081".into()),
            "ANYPORT_BANK_URL" => Some(" ".into()),
            "ANYPORT_CLOCK_FILE" => Some("clock".into()),
            _ => None,
        });

        let told = wrong.err().unwrap().to_string();
        let settings = [
            "10 wrong settings",
            "ANYPORT_DRAW_KEYS is not set",
            "ANYPORT_MODE must be production or test",
            "ANYPORT_CLOCK_FILE may only be set",
            "DATABASE_URL must begin with postgres://",
            "REDIS_URL is not set",
            "ANYPORT_WORKER_BIND must be an address",
            "ANYPORT_BANK_CODE is not set",
            "ANYPORT_BANK_URL is not set",
            "ANYPORT_BANK_PUBLIC_KEY is not set",
        ];
        for setting in settings {
            assert!(told.contains(setting), "{setting} is not in:\n{told}");
        }
    }

    #[test]
    fn whoever_speaks_with_other_bureaus_says_who_it_is() {
        let keys_alone = Api::read(|name| match name {
            "ANYPORT_EXCHANGE_KEYS" => Some(FOLDER.into()),
            other => env(other),
        });
        let both = Worker::read(|name| match name {
            "ANYPORT_EXCHANGE_KEYS" => Some(FOLDER.into()),
            "ANYPORT_BUREAU" => Some("310000".into()),
            other => env(other),
        });

        let told = keys_alone.err().unwrap().to_string();
        assert!(told.contains("ANYPORT_BUREAU is needed with ANYPORT_EXCHANGE_KEYS"), "{told}");
        assert_eq!(both.ok().unwrap().exchange.unwrap().bureau, "310000");
        assert!(Api::read(env).ok().unwrap().exchange.is_none());
    }

    #[test]
    fn receivers_in_private_networks_are_called_in_tests_alone_unless_said_otherwise() {
        let in_mode = |mode: &'static str, said: &'static str| {
            let worker = Worker::read(|name| match name {
                "ANYPORT_MODE" => Some(mode.into()),
                "ANYPORT_WEBHOOK_PRIVATE_ADDRESSES" => Some(said.into()),
                other => env(other),
            });
            worker.ok().unwrap().webhooks.private_addresses
        };

        assert_eq!(in_mode("production", ""), PrivateAddresses::Refuse);
        assert_eq!(in_mode("test", ""), PrivateAddresses::Allow);
        assert_eq!(in_mode("test", "refuse"), PrivateAddresses::Refuse);
        assert_eq!(in_mode("production", "allow"), PrivateAddresses::Allow);
    }

    #[test]
    fn a_complaint_never_repeats_a_password() {
        let wrong = Worker::read(|name| match name {
            "DATABASE_URL" | "REDIS_URL" => Some("mysql://root:secret@localhost".into()),
            other => env(other),
        });

        assert!(!wrong.err().unwrap().to_string().contains("secret"));
    }
}
