//! What the `worker` is told.
use std::{net::SocketAddr, path::PathBuf};

use super::{
    common::{Common, Exchange, Postgres, Webhooks},
    reader::{self, Reader, Wrong},
    values::{address, file, http_url, one_word, redis_url},
};

/// The settings of the `worker`.
pub struct Worker {
    pub common: Common,
    pub postgres: Postgres,
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
        reader::read(env, Self::all)
    }

    fn all(reader: &mut Reader<'_>) -> Option<Self> {
        let common = Common::read(reader);
        let postgres = Postgres::read(reader);
        let redis_url = reader.required("REDIS_URL", redis_url);
        let bind = reader.optional("ANYPORT_WORKER_BIND", address);
        let draw_keys = reader.required("ANYPORT_DRAW_KEYS", file);
        let bank = Bank::all(reader);
        let exchange = Exchange::read(reader);
        let webhooks = Webhooks::read(reader, common.mode);
        Some(Self {
            common,
            postgres: postgres?,
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
