//! What the `api` is told.
use std::{net::SocketAddr, path::PathBuf};

use super::{
    common::{Common, Exchange, Postgres, Webhooks},
    reader::{self, Reader, Wrong},
    values::{address, file, folder, http_url, one_word, origins, rate, redis_url},
};

/// The settings of the `api`.
pub struct Api {
    pub common: Common,
    pub postgres: Postgres,
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
        reader::read(env, Self::all)
    }

    fn all(reader: &mut Reader<'_>) -> Option<Self> {
        let common = Common::read(reader);
        let postgres = Postgres::read(reader);
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
            postgres: postgres?,
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
