//! `cargo xtask audit-ledger`: the proof of the books of this checkout's Anyport, running or not, or of `DATABASE_URL`.

use crate::crew::Crew;
use crate::folder::Folder;
use crate::leash::Task;
use crate::outcome::{Outcome, Stop};
use crate::profile::DEV;
use crate::services;
use crate::site::{Site, setting};
use crate::stage;

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    if !args.is_empty() {
        return Err(Stop::Usage(format!(
            "`{name}` takes no arguments; DATABASE_URL names another"
        )));
    }
    let mut crew = Crew::default();
    let folder = Folder::kept(site)?;
    let database_url = match (setting("DATABASE_URL"), &folder) {
        (Some(given), _) => given,
        (None, Some(folder)) => services::database(site, folder, &mut crew)?,
        // Another xtask has it up: we ask the server that it started.
        (None, None) => services::running_database(&site.home()?)?,
    };
    let programs = stage::build(site, DEV, &["api"], &mut crew)?;
    let audit = Task::new("api", programs.join("api")).arg(name).env("DATABASE_URL", &database_url);
    stage::narrate(&audit, &mut crew)
}
