//! The specification linters, where Node is: spectral and redocly, pinned in `openapi/lint`.

use std::fs;
use std::path::Path;

use crate::crew::Crew;
use crate::leash::Task;
use crate::outcome::{Object, Outcome, Stop, Verdict};
use crate::site::{Site, program};

pub fn run(site: &Site) -> Outcome {
    let (Some(npm), Some(_)) = (program("npm"), program("node")) else {
        return Err(Stop::Impossible("node and npm are not installed".into()));
    };
    let folder = site.root.join("openapi/lint");
    let mut crew = Crew::default();
    if is_stale(&folder) {
        let install = Task::new("npm", npm)
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"])
            .folder(&folder);
        if !crew.run(&install)?.success() {
            return Err(Stop::Impossible("the linters could not be installed (npm ci)".into()));
        }
    }
    let tool = |name: &str| {
        Task::new(name, folder.join("node_modules/.bin").join(name))
            .folder(&folder)
            .env("NODE_NO_WARNINGS", "1")
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
    };
    let spectral = tool("spectral").args([
        "lint",
        "../openapi.json",
        "--ruleset",
        "spectral.yaml",
        "--fail-severity=warn",
    ]);
    let redocly = tool("redocly").args(["lint", "../openapi.json", "--config", "redocly.yaml"]);
    let mut holds = true;
    for linter in [spectral, redocly] {
        holds &= crew.run(&linter)?.success();
    }
    Ok(Verdict::Says { holds, line: Object::new().bool("ok", holds).to_string() })
}

/// npm leaves a list of what it installed; it is older than a lockfile that has changed since.
fn is_stale(folder: &Path) -> bool {
    let time = |name: &str| fs::metadata(folder.join(name)).and_then(|found| found.modified()).ok();
    time("node_modules/.package-lock.json") < time("package-lock.json")
}
