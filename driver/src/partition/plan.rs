//! What is wanted, and of whom.
use std::net::Ipv4Addr;

use crate::bureaus;

pub(crate) const USAGE: &str = "\
driver partition --run N --bureau CODE,URL,FOLDER --ledger URL …  [--cuts N] [--seed S]
                 (as `cargo xtask partition` calls it)";

const CUTS: usize = 20;

/// A ledger for each bureau, in the same order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(super) bureaus: bureaus::Plan,
    pub(super) ledgers: Vec<String>,
    /// Where the bureaus' programs are in the network.
    pub(super) addresses: Vec<Ipv4Addr>,
    pub(super) cuts: usize,
    pub(super) seed: u64,
}

impl Plan {
    /// Reads the command line; the error says what is wrong with it.
    pub(crate) fn parse(given: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut given = given.into_iter();
        let (mut ledgers, mut others) = (Vec::new(), Vec::new());
        let (mut cuts, mut seed) = (CUTS, rand::random::<u32>().into());
        while let Some(flag) = given.next() {
            let value = given.next().ok_or_else(|| format!("{flag} wants a value"))?;
            let number = || format!("{flag} wants a number, not {value}");
            match flag.as_str() {
                "--ledger" => ledgers.push(value),
                "--cuts" => cuts = value.parse().map_err(|_| number())?,
                "--seed" => seed = value.parse().map_err(|_| number())?,
                _ => others.extend([flag, value]),
            }
        }
        let bureaus = bureaus::Plan::parse(others)?;
        if ledgers.len() != bureaus.places.len() {
            return Err("every bureau has one --ledger".to_owned());
        }
        let addresses = bureaus.places.iter().map(|place| address(&place.url));
        let addresses = addresses.collect::<Result<_, _>>()?;
        Ok(Self { bureaus, ledgers, addresses, cuts, seed })
    }
}

/// `http://10.77.1.2:8080`.
fn address(url: &str) -> Result<Ipv4Addr, String> {
    let host = url.strip_prefix("http://").and_then(|rest| rest.split([':', '/']).next());
    let address = host.and_then(|host| host.parse().ok());
    address.ok_or_else(|| format!("a bureau wants an address of its own, not {url}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: &str = "--run 1 --bureau 310000,http://10.77.1.2:8080,/a \
        --bureau 330000,http://10.77.2.2:8080,/b --bureau 320000,http://10.77.3.2:8080,/c";

    fn parsed(line: &str) -> Result<Plan, String> {
        Plan::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn each_bureau_has_a_ledger_and_an_address() {
        let plan = parsed(&format!("{THREE} --ledger x --ledger y --ledger z --seed 5")).unwrap();

        assert_eq!((plan.cuts, plan.seed, plan.ledgers.len()), (20, 5, 3));
        assert_eq!(plan.addresses[2], Ipv4Addr::new(10, 77, 3, 2));
        assert_eq!(parsed(THREE).unwrap_err(), "every bureau has one --ledger");
        assert_eq!(
            parsed(&format!("{THREE} --cuts all")).unwrap_err(),
            "--cuts wants a number, not all"
        );
        let named = THREE.replace("10.77.2.2", "bureau-b");
        let named = parsed(&format!("{named} --ledger x --ledger y --ledger z")).unwrap_err();
        assert!(named.contains("an address of its own"), "{named}");
    }
}
