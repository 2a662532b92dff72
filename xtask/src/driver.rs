//! Commands that the driver carries out against a running Anyport: a private one that is ended
//! afterwards, or the one at `--url`.

use std::fs::File;

use crate::crew::Crew;
use crate::outcome::{Outcome, Stop};
use crate::profile::QUICK;
use crate::site::Site;
use crate::stage::{self, Stage};

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    if name == "replay" {
        let file = args.first().filter(|arg| !arg.starts_with('-'));
        let file = file.ok_or_else(|| Stop::Usage("`replay` wants a file".into()))?;
        File::open(file).map_err(|error| Stop::Usage(format!("{file}: {error}")))?;
    }
    match given_url(args)? {
        None => Stage::private(site, QUICK)?.drive(name, args),
        Some(url) => {
            let mut crew = Crew::default();
            let programs = stage::build(site, QUICK, &["driver"], &mut crew)?;
            // The keys of `up` are at hand if it is this checkout's; others come as arguments.
            let task = stage::driver(&programs, name, args, url, &site.home()?)?;
            stage::narrate(&task, &mut crew)
        }
    }
}

fn given_url(args: &[String]) -> Result<Option<&str>, Stop> {
    let Some(at) = args.iter().position(|arg| arg == "--url") else { return Ok(None) };
    let url = args.get(at + 1).filter(|url| url.starts_with("http"));
    Ok(Some(url.ok_or_else(|| Stop::Usage("--url wants an address, http://…".into()))?))
}
