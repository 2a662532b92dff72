//! `docker-compose.yml` for those who have Docker: read by compose itself where it is installed,
//! and always by a small reader in the tests.

use crate::crew::Crew;
use crate::leash::Task;
use crate::outcome::{Object, Outcome, Stop, Verdict};
use crate::site::{Site, output_of, program};

pub fn run(site: &Site) -> Outcome {
    let task = if output_of("docker", &["compose", "version"]).is_some() {
        Task::new("docker", "docker").arg("compose")
    } else if let Some(compose) = program("docker-compose") {
        Task::new("docker-compose", compose)
    } else {
        return Err(Stop::Impossible("docker compose is not installed".into()));
    };
    let status = Crew::default().run(&task.args(["config", "--quiet"]).folder(&site.root))?;
    let line = Object::new().bool("ok", status.success()).to_string();
    Ok(Verdict::Says { holds: status.success(), line })
}
