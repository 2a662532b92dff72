//! The firewall of the hub, through which everything goes that one bureau says to another. It is the hub's own: the
//! network namespace of this process, made for this run.
use std::{net::Ipv4Addr, process::Stdio};

use anyhow::{Context as _, ensure};
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::cut::Way;

/// What is in `lost` is dropped; what is in `shut` is answered with a reset.
const RULES: &str = "
table ip partition {
    set lost { type ipv4_addr . ipv4_addr; }
    set shut { type ipv4_addr . ipv4_addr; }
    chain forward {
        type filter hook forward priority 0;
        ip saddr . ip daddr @lost drop
        meta l4proto tcp ip saddr . ip daddr @shut reject with tcp reset
    }
}
";

/// Holds the addresses of the bureaus, by their places.
pub(super) struct Wall {
    addresses: Vec<Ipv4Addr>,
}

/// Which of the two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Lost,
    Reset,
}

impl Wall {
    /// Builds it; everything passes.
    pub(super) async fn build(addresses: Vec<Ipv4Addr>) -> anyhow::Result<Self> {
        // A machine in use has rules, or lines that are nobody's to cut.
        let there = Command::new("nft").args(["list", "tables"]).output().await.context("nft")?;
        ensure!(
            there.status.success() && there.stdout.is_empty(),
            "the firewall is in use: this needs a network namespace of its own"
        );
        tell(RULES).await?;
        Ok(Self { addresses })
    }

    pub(super) async fn cut(&self, ways: &[Way], fate: Fate) -> anyhow::Result<()> {
        tell(&self.words(ways, fate)).await
    }

    fn words(&self, ways: &[Way], fate: Fate) -> String {
        let set = if fate == Fate::Lost { "lost" } else { "shut" };
        let pairs = ways.iter().map(|way| {
            let (from, to) = (self.addresses[way.from], self.addresses[way.to]);
            format!("{from} . {to}")
        });
        let pairs = pairs.collect::<Vec<_>>().join(", ");
        format!("add element ip partition {set} {{ {pairs} }}\n")
    }

    /// Everything passes again.
    pub(super) async fn heal(&self) -> anyhow::Result<()> {
        tell("flush set ip partition lost\nflush set ip partition shut\n").await
    }
}

/// All of it, or nothing.
async fn tell(rules: &str) -> anyhow::Result<()> {
    let mut nft = Command::new("nft").args(["-f", "-"]).stdin(Stdio::piped()).spawn()?;
    if let Some(mut input) = nft.stdin.take() {
        input.write_all(rules.as_bytes()).await?;
    }
    let ended = nft.wait().await?;
    ensure!(ended.success(), "nft: {ended} at {rules}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_names_the_addresses_of_both_ends() {
        let addresses = [1, 2, 3].map(|place| Ipv4Addr::new(10, 77, place, 2)).to_vec();
        let wall = Wall { addresses };

        let words = wall.words(&[Way { from: 0, to: 2 }, Way { from: 2, to: 0 }], Fate::Lost);

        let pairs = "10.77.1.2 . 10.77.3.2, 10.77.3.2 . 10.77.1.2";
        assert_eq!(words, format!("add element ip partition lost {{ {pairs} }}\n"));
    }
}
