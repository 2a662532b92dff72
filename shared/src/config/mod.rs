//! Settings, typed and checked. Only `main.rs` reads the environment, through [`Reader`]; everything that is
//! missing or wrong is told at once, so that an operator starts a process twice, not nine times.
mod api;
mod common;
mod reader;
#[cfg(test)]
mod tests;
mod tools;
mod values;
mod worker;

pub use api::Api;
pub use common::{Common, Exchange, Mode, Postgres, Webhooks};
pub use reader::{Reader, Wrong};
pub use tools::{Audit, Database, Draw};
pub use values::{address, bureau_code, file, folder, http_url};
pub use worker::{Bank, Worker};
