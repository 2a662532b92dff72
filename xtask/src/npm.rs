//! Node's packages, as the lockfile of a folder has them.

use std::fs;
use std::path::Path;

use crate::crew::Crew;
use crate::leash::Task;
use crate::outcome::Stop;
use crate::site::program;

/// Installs them where they are not, or no longer, as the lockfile says.
pub fn install(folder: &Path, crew: &mut Crew) -> Result<(), Stop> {
    let (Some(npm), Some(_)) = (program("npm"), program("node")) else {
        return Err(Stop::Impossible("node and npm are not installed".into()));
    };
    if !is_stale(folder) {
        return Ok(());
    }
    let install = Task::new("npm", npm)
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
        .folder(folder);
    if crew.run(&install)?.success() {
        return Ok(());
    }
    Err(Stop::Impossible(format!("npm ci did not succeed in {}", folder.display())))
}

/// npm leaves a list of what it installed; it is older than a lockfile that has changed since.
fn is_stale(folder: &Path) -> bool {
    let time = |name: &str| fs::metadata(folder.join(name)).and_then(|found| found.modified()).ok();
    time("node_modules/.package-lock.json") < time("package-lock.json")
}
