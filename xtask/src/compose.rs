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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    const COMPOSE: &str = include_str!("../../docker-compose.yml");
    const DOCKERFILE: &str = include_str!("../../Dockerfile");
    const OPERATING: &str = include_str!("../../docs/operating.md");

    /// Every scalar of the file with the keys above it. Reads the part of YAML that the file uses:
    /// block mappings and lists, flow lists, anchors.
    fn leaves(text: &str) -> Vec<(Vec<String>, String)> {
        let mut above: Vec<(usize, String)> = Vec::new();
        let mut found = Vec::new();
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let content = line.trim_start();
            if content.is_empty() {
                continue;
            }
            assert!(!line.contains('\t'), "a tab: {line}");
            let indent = line.len() - content.len();
            above.retain(|(column, _)| *column < indent);
            let path = || above.iter().map(|(_, key)| key.clone()).collect::<Vec<_>>();
            if let Some(item) = content.strip_prefix("- ") {
                found.push((path(), item.trim_matches('"').to_owned()));
                continue;
            }
            let (key, value) = content.split_once(':').unwrap_or_else(|| panic!("no key: {line}"));
            let value = value.trim();
            let mut path = path();
            path.push(key.to_owned());
            match value.strip_prefix('[') {
                Some(list) => {
                    let list = list.strip_suffix(']').unwrap_or_else(|| panic!("no end: {line}"));
                    found.extend(
                        list.split(',')
                            .map(|item| (path.clone(), item.trim().trim_matches('"').to_owned())),
                    );
                }
                None if value.is_empty() || value.starts_with('&') => {
                    found.push((path, String::new()));
                }
                None => found.push((path, value.trim_matches('"').to_owned())),
            }
            above.push((indent, key.to_owned()));
        }
        found
    }

    /// The second-level keys of one top-level part.
    fn names(part: &str) -> BTreeSet<String> {
        let of_part =
            |path: &[String]| (path.len() == 2 && path[0] == part).then(|| path[1].clone());
        leaves(COMPOSE).iter().filter_map(|(path, _)| of_part(path)).collect()
    }

    #[test]
    fn the_compose_file_runs_every_part() {
        let services = names("services");

        for part in ["postgres", "redis", "migrate", "api", "worker", "sandbox"] {
            assert!(services.contains(part), "{part} is missing");
        }
    }

    #[test]
    fn what_the_compose_file_refers_to_is_there() {
        let (services, secrets, volumes) = (names("services"), names("secrets"), names("volumes"));
        for (path, value) in leaves(COMPOSE).iter().filter(|(path, _)| path[0] == "services") {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            match path.get(2..).unwrap_or_default() {
                ["depends_on", service, ..] => assert!(services.contains(*service), "{service}"),
                ["secrets"] if !value.is_empty() => assert!(secrets.contains(value), "{value}"),
                ["volumes"] if !value.is_empty() && !value.starts_with('.') => {
                    let volume = value.split(':').next().unwrap();
                    assert!(volumes.contains(volume), "{volume}");
                }
                ["environment", name] if *name != "<<" && !name.starts_with("POSTGRES_") => {
                    assert!(OPERATING.contains(name), "{name} is not in docs/operating.md");
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_image_is_as_frugal_with_memory_as_ours() {
        for (name, value) in crate::anyport::FRUGAL {
            assert!(DOCKERFILE.contains(&format!("{name}={value}")), "{name}");
        }
    }

    #[test]
    fn containers_run_programs_of_the_image() {
        for (path, value) in leaves(COMPOSE) {
            let ours = path.len() == 3 && path[2] == "command" && path[1] != "redis";
            if ours && value != "migrate" {
                let built = DOCKERFILE.contains(&format!("--package {value}"))
                    || DOCKERFILE.contains(&format!("/usr/local/bin/{value}"));
                assert!(built, "{value} is not in the image");
            }
        }
    }

    #[test]
    fn secrets_are_files_outside_the_repository() {
        for (path, value) in leaves(COMPOSE) {
            if path[0] == "secrets" && path.len() == 3 {
                assert_eq!(path[2], "file");
                assert!(value.starts_with("./.data/"), "{value}");
            }
        }
    }
}
