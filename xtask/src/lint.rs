//! The specification linters, where Node is: spectral and redocly, pinned in `openapi/lint`.

use std::path::PathBuf;

use crate::crew::Crew;
use crate::leash::Task;
use crate::npm;
use crate::outcome::{Object, Outcome, Verdict};
use crate::site::Site;

/// Where they and their rules are.
pub fn folder(site: &Site) -> PathBuf {
    site.root.join("openapi/lint")
}

pub fn run(site: &Site) -> Outcome {
    let folder = folder(site);
    let mut crew = Crew::default();
    npm::install(&folder, &mut crew)?;
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
