//! What the bureau's tools are told: what stands beside the servers, and runs once.
use std::path::PathBuf;

use super::{
    common::Common,
    reader::{self, Wrong},
    values::{file, postgres_url},
};

/// What a tool needs that touches the tables only.
pub struct Database {
    pub common: Common,
    pub url: String,
}

impl Database {
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        reader::read(env, |reader| {
            let common = Common::read(reader);
            let url = reader.required("DATABASE_URL", postgres_url)?;
            Some(Self { common, url })
        })
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
        reader::read(env, |reader| {
            let database_url = reader.required("DATABASE_URL", postgres_url);
            let draw_keys = reader.required("ANYPORT_DRAW_KEYS", file);
            Some(Self { database_url: database_url?, draw_keys: draw_keys? })
        })
    }
}

/// What proving the books needs.
pub struct Audit {
    pub database_url: String,
}

impl Audit {
    pub fn read(env: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        reader::read(env, |reader| {
            let database_url = reader.required("DATABASE_URL", postgres_url)?;
            Some(Self { database_url })
        })
    }
}
