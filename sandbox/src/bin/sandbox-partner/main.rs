//! The sandbox partner as a process.
use std::process::ExitCode;

use sandbox::{
    partner::{self, Open, Settings},
    process,
};

#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[actix_web::main]
async fn main() -> ExitCode {
    let open =
        |settings| partner::open(settings).map(|Open { address, server, .. }| (address, server));
    process::run("the sandbox partner", Settings::read(env), open).await
}
