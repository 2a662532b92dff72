//! `cargo xtask up`: from nothing to a serving Anyport with its first consignments.

use crate::anyport::{Ports, password_file};
use crate::bureaus::Bureaus;
use crate::folder::Folder;
use crate::net;
use crate::outcome::{Outcome, Stop, Verdict};
use crate::profile::{self, QUICK};
use crate::site::Site;
use crate::stage::Stage;

const PORT: u16 = 8080;

#[derive(Debug, PartialEq, Eq)]
struct Wish {
    once: bool,
    port: Option<u16>,
    /// A port and two inland bureaus instead of one.
    has_partners: bool,
    profile: &'static str,
}

impl Wish {
    fn from(args: &[String]) -> Result<Self, Stop> {
        let (profile, args) = profile::take(args)?;
        let profile = profile.unwrap_or(QUICK);
        let mut wish = Self { once: false, port: None, has_partners: false, profile };
        let mut words = args.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--once" => wish.once = true,
                "--port" => {
                    let port = words.next().and_then(|port| port.parse().ok());
                    let port = port.ok_or_else(|| Stop::Usage("--port wants a port".into()))?;
                    wish.port = Some(port);
                }
                "--bureaus" => {
                    if words.next() != Some("3") {
                        return Err(Stop::Usage("--bureaus wants 3".into()));
                    }
                    wish.has_partners = true;
                }
                other => return Err(Stop::Usage(format!("`up` does not know `{other}`"))),
            }
        }
        Ok(wish)
    }

    /// Where the programs of one bureau listen: the first one, or the one so many places after it.
    fn ports(&self, place: u16) -> Result<Ports, Stop> {
        if self.once && self.port.is_none() {
            return Ports::free();
        }
        let port = self.port.unwrap_or(PORT);
        if place > 0 {
            return Ports::beside(port, place);
        }
        if net::is_free(port) {
            return Ports::documented(port);
        }
        Err(Stop::Impossible(format!(
            "port {port} is taken by another program: stop it, or choose one with --port"
        )))
    }

    /// The folder of this checkout; for `--once` a temporary one, where that is in use.
    fn folder(&self, site: &Site) -> Result<Folder, Stop> {
        match Folder::kept(site)? {
            Some(folder) => Ok(folder),
            None if self.once => {
                eprintln!("xtask: this checkout is up already; using a temporary one beside it");
                Folder::temporary(site)
            }
            None => Err(Stop::Impossible(
                "another `cargo xtask` is using the data of this checkout: stop it first".into(),
            )),
        }
    }
}

pub fn run(site: &Site, _: &str, args: &[String]) -> Outcome {
    let wish = Wish::from(args)?;
    if wish.has_partners { up_with_partners(site, &wish) } else { up_alone(site, &wish) }
}

fn up_alone(site: &Site, wish: &Wish) -> Outcome {
    let ports = wish.ports(0)?;
    let folder = wish.folder(site)?;
    let mut stage = if folder.is_temporary() {
        Stage::beside(site, folder, wish.profile)?
    } else {
        Stage::kept(site, folder, ports, wish.profile)?
    };
    tell(&stage);
    let verdict = stage.drive("demo", &[]);
    let place = stage.url();
    serve(wish, verdict, "the first consignments", &place, || stage.serve())
}

fn up_with_partners(site: &Site, wish: &Wish) -> Outcome {
    let ports = [wish.ports(0)?, wish.ports(1)?, wish.ports(2)?];
    let mut bureaus = Bureaus::side_by_side(site, wish.folder(site)?, ports, wish.profile)?;
    bureaus.tell();
    let verdict = bureaus.drive();
    let places = bureaus.urls();
    serve(wish, verdict, "the business between bureaus", &places, || bureaus.serve())
}

/// Once is enough, or until Ctrl-C.
fn serve(
    wish: &Wish,
    verdict: Outcome,
    what: &str,
    place: &str,
    serve: impl FnOnce() -> Result<(), Stop>,
) -> Outcome {
    if wish.once {
        return verdict;
    }
    match verdict {
        Ok(Verdict::Passes(0)) => {}
        Err(Stop::Interrupted) => return Err(Stop::Interrupted),
        Err(Stop::Failed(reason)) => eprintln!("xtask: {reason}"),
        _ => eprintln!("xtask: {what} did not end as it should"),
    }
    eprintln!("xtask: serving at {place} until Ctrl-C");
    serve()?;
    eprintln!("xtask: stopping");
    Ok(Verdict::Passes(0))
}

fn tell(stage: &Stage) {
    let folder = stage.folder().display();
    eprintln!(
        "xtask: Anyport is at {}, in test mode: a sandbox bank pays, and the clock can be moved",
        stage.url()
    );
    eprintln!("xtask: data, keys and logs are in {folder}");
    eprintln!(
        "xtask: the administrator is `admin`, the password is in {}",
        password_file(stage.folder()).display()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(line: &str) -> Result<Wish, Stop> {
        Wish::from(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_understood_or_refused() {
        let plain = Wish { once: false, port: None, has_partners: false, profile: "quick" };
        assert_eq!(wish("").unwrap(), plain);
        let once = wish("--port 9000 --once --bureaus 3 --profile dev").unwrap();
        let wanted = Wish { once: true, port: Some(9000), has_partners: true, profile: "dev" };
        assert_eq!(once, wanted);
        assert!(matches!(wish("--bureaus 4"), Err(Stop::Usage(_))));
        assert!(matches!(wish("--port"), Err(Stop::Usage(_))));
        assert!(matches!(wish("--port 70000"), Err(Stop::Usage(_))));
        assert!(matches!(wish("--twice"), Err(Stop::Usage(_))));
    }
}
