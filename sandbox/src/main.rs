//! The sandbox bank as a process.
use std::process::ExitCode;

use sandbox::{Open, Settings, process};

#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[actix_web::main]
async fn main() -> ExitCode {
    let open =
        |settings| sandbox::open(settings).map(|Open { address, server, .. }| (address, server));
    process::run("the sandbox bank", Settings::read(env), open).await
}
