//! Machines that act for an organisation.
pub mod create;
pub mod get;
pub mod list;
pub mod revoke;
pub mod rotate;

use shared::identity::client::Secret;

/// 256 bits from the machine's random source.
fn fresh_secret() -> anyhow::Result<Secret> {
    let mut bits = [0; 32];
    aws_lc_rs::rand::fill(&mut bits).map_err(|_| anyhow::anyhow!("no random bits to be had"))?;
    Ok(Secret::of(bits))
}
