//! `cargo xtask up`: from nothing to a serving Anyport with its first consignments.

use crate::folder::Folder;
use crate::net;
use crate::outcome::{Outcome, Stop, Verdict};
use crate::site::Site;
use crate::stage::{Ports, Stage, password_file};

const PORT: u16 = 8080;

#[derive(Debug, PartialEq, Eq)]
struct Wish {
    once: bool,
    port: Option<u16>,
}

impl Wish {
    fn from(args: &[String]) -> Result<Self, Stop> {
        let mut wish = Self { once: false, port: None };
        let mut words = args.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--once" => wish.once = true,
                "--port" => {
                    let port = words.next().and_then(|port| port.parse().ok());
                    let port = port.ok_or_else(|| Stop::Usage("--port wants a port".into()))?;
                    wish.port = Some(port);
                }
                other => return Err(Stop::Usage(format!("`up` does not know `{other}`"))),
            }
        }
        Ok(wish)
    }

    fn ports(&self) -> Result<Ports, Stop> {
        if self.once && self.port.is_none() {
            return Ports::free();
        }
        let port = self.port.unwrap_or(PORT);
        if net::is_free(port) {
            return Ports::documented(port);
        }
        Err(Stop::Impossible(format!(
            "port {port} is taken by another program: stop it, or choose one with --port"
        )))
    }
}

pub fn run(site: &Site, _: &str, args: &[String]) -> Outcome {
    let wish = Wish::from(args)?;
    let ports = wish.ports()?;
    let mut stage = match Folder::kept(site)? {
        Some(folder) => Stage::kept(site, folder, ports)?,
        None if wish.once => {
            eprintln!("xtask: this checkout is up already; using a temporary one beside it");
            Stage::private(site)?
        }
        None => {
            return Err(Stop::Impossible(
                "another `cargo xtask` is using the data of this checkout: stop it first".into(),
            ));
        }
    };
    tell(&stage);

    let verdict = stage.drive("demo", &[]);
    if wish.once {
        return verdict;
    }
    match verdict {
        Ok(Verdict::Passes(0)) => {}
        Err(Stop::Interrupted) => return Err(Stop::Interrupted),
        Err(Stop::Failed(reason)) => eprintln!("xtask: {reason}"),
        _ => eprintln!("xtask: the first consignments did not all end as they should"),
    }
    eprintln!("xtask: serving at {} until Ctrl-C", stage.url());
    stage.serve()?;
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
        assert_eq!(wish("").unwrap(), Wish { once: false, port: None });
        assert_eq!(wish("--port 9000 --once").unwrap(), Wish { once: true, port: Some(9000) });
        assert!(matches!(wish("--port"), Err(Stop::Usage(_))));
        assert!(matches!(wish("--port 70000"), Err(Stop::Usage(_))));
        assert!(matches!(wish("--twice"), Err(Stop::Usage(_))));
    }
}
