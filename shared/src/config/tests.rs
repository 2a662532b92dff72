use super::{
    Api, Mode, Worker,
    values::{origins, rate},
};
use crate::notification::address::PrivateAddresses;

/// This very file exists, and its folder too.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config/tests.rs");
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config");

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
