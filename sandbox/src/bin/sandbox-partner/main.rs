//! The sandbox partner as a process.
use std::process::ExitCode;

use sandbox::partner::{self, Open, Settings};
use shared::telemetry;

#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[actix_web::main]
async fn main() -> ExitCode {
    let settings = match Settings::read(env) {
        Ok(settings) => settings,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::from(2);
        }
    };
    match run(settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the sandbox partner ends: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(settings: Settings) -> anyhow::Result<()> {
    telemetry::init_logs("info")?;
    let Open { address, server, .. } = partner::open(settings)?;
    tracing::info!(%address, "the sandbox partner is open");
    server.await?;
    Ok(())
}
