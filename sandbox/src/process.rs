//! A program of the sandbox as a process.
use std::{fmt::Display, net::SocketAddr, process::ExitCode};

use actix_web::dev::Server;
use shared::telemetry;

/// Opens it and runs it to its end. Ends with 2 where the settings are wrong, and says what is wrong with them.
pub async fn run<S>(
    name: &str,
    settings: Result<S, impl Display>,
    open: impl FnOnce(S) -> anyhow::Result<(SocketAddr, Server)>,
) -> ExitCode {
    let settings = match settings {
        Ok(settings) => settings,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::from(2);
        }
    };
    let served = async {
        telemetry::init_logs("info")?;
        let (address, server) = open(settings)?;
        tracing::info!(%address, "{name} is open");
        server.await?;
        anyhow::Ok(())
    };
    match served.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name} ends: {error:#}");
            ExitCode::FAILURE
        }
    }
}
