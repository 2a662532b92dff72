//! The sandbox bank as a process.
use sandbox::{Open, Settings};

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the one place of this program")]
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Open { address, server, .. } = sandbox::open(Settings::read(env)?)?;
    eprintln!("sandbox bank at http://{address}");
    server.await?;
    Ok(())
}
