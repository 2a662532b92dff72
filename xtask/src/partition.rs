//! `cargo xtask partition`: three bureaus in networks of their own, whose links are cut and healed while they do
//! business with each other.

use crate::anyport::{Ports, Seat};
use crate::bureaus::Bureaus;
use crate::crew::Crew;
use crate::folder::Folder;
use crate::netspace::{self, SPACES};
use crate::outcome::{Outcome, Stop};
use crate::profile::{self, DEV};
use crate::services;
use crate::site::{Site, is_root};
use crate::stage::{self, PACKAGES};

/// Each bureau has its ports for itself.
const PORTS: Ports = Ports { api: 8080, worker: 8081, sandbox: 8090 };
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    profile: &'static str,
    /// The driver's part: `--cuts N`, `--seed S`.
    rest: Vec<String>,
}

impl Wish {
    fn from(args: &[String]) -> Result<Self, Stop> {
        // What is asked here is an account, not a speed: no optimiser is needed.
        let (profile, rest) = profile::take(args)?;
        let profile = profile.unwrap_or(DEV);
        let (pairs, left) = rest.as_chunks::<2>();
        if let Some(word) = left.first() {
            return Err(Stop::Usage(format!("`partition` wants something after `{word}`")));
        }
        for [flag, value] in pairs {
            if !matches!(flag.as_str(), "--cuts" | "--seed") {
                return Err(Stop::Usage(format!("`partition` does not know `{flag}`")));
            }
            if value.parse::<u32>().is_err() {
                return Err(Stop::Usage(format!("{flag} wants a number, not {value}")));
            }
        }
        Ok(Self { profile, rest })
    }
}

/// Everything that needs the machine's network is done first; the rest happens apart from it.
pub fn run(site: &Site, _: &str, args: &[String]) -> Outcome {
    let wish = Wish::from(args)?;
    if netspace::is_apart() {
        return apart(site, &wish);
    }
    if !is_root() {
        return Err(Stop::Impossible("only root can make network namespaces".into()));
    }
    let mut crew = Crew::default();
    services::bring(&[("ip", "iproute2"), ("nft", "nftables")], &mut crew)?;
    services::tools(site, &mut crew)?;
    stage::build(site, wish.profile, &PACKAGES, &mut crew)?;
    drop(crew);
    Err(netspace::go_apart())
}

/// In a network of our own: three bureaus, each in its space, and the driver in the hub.
fn apart(site: &Site, wish: &Wish) -> Outcome {
    // Dropped the other way round: first the children end.
    let folder = Folder::temporary(site)?;
    let mut crew = Crew::default();
    netspace::lay(&mut crew)?;
    let services = services::private_by_sockets(site, &folder, &mut crew)?;
    let [a, b, c] = SPACES;
    let seats = [(1, a), (2, b), (3, c)].map(|(place, space)| Seat {
        address: netspace::address(place),
        ports: PORTS,
        space: Some(space),
    });
    Bureaus::raise(site, folder, seats, wish.profile, (services, crew))?.part(&wish.rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understood(line: &str) -> Result<Wish, Stop> {
        Wish::from(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_understood_or_refused() {
        let wish = understood("--seed 7 --profile quick --cuts 30").unwrap();

        assert_eq!((wish.profile, wish.rest.join(" ")), ("quick", "--seed 7 --cuts 30".into()));
        assert_eq!(understood("").unwrap().profile, "dev");
        assert!(matches!(understood("--cuts"), Err(Stop::Usage(_))));
        assert!(matches!(understood("--cuts many"), Err(Stop::Usage(_))));
        assert!(matches!(understood("--profile fast"), Err(Stop::Usage(_))));
        assert!(matches!(understood("--minutes 3"), Err(Stop::Usage(_))));
    }
}
