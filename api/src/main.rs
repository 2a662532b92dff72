//! `api`: serves HTTP, and is the bureau's own tool for what happens beside it.
use std::process::ExitCode;

use api::command::{self, Command};

#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(command) = Command::parse(&arguments) else {
        eprintln!("{}", command::USAGE);
        return ExitCode::from(2);
    };
    match command.run(env).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(command::Ended::Wrong(wrong)) => {
            eprintln!("{wrong}");
            ExitCode::from(2)
        }
        Err(command::Ended::Failed(error)) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
