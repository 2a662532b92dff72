//! The operator's files agree with the programs: `docker-compose.yml`, and the settings that `docs/operating.md` lists.
use std::{cell::RefCell, collections::BTreeSet, fs, path::PathBuf, process::Command};

use serde_json::Value;
use shared::config;

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Every setting that a program asks for, found by answering none.
fn asked(read: impl Fn(&dyn Fn(&str) -> Option<String>)) -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    read(&|name| {
        asked.borrow_mut().insert(name.to_owned());
        // `required` asks again for what is there.
        None
    });
    asked.into_inner()
}

fn settings_of(program: &str) -> BTreeSet<String> {
    asked(|env| match program {
        "api" => drop(config::Api::read(env)),
        "worker" => drop(config::Worker::read(env)),
        "sandbox" => drop(sandbox::Settings::read(env)),
        other => panic!("{other} is no program of ours"),
    })
}

/// The file as compose reads it, where Python has a YAML reader; the reader in `xtask` looks at it always.
fn compose() -> Option<Value> {
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let file = root().join("docker-compose.yml");
    let told = Command::new("python3").args(["-c", script]).arg(&file).output().ok()?;
    if !told.status.success() {
        let said = String::from_utf8_lossy(&told.stderr);
        assert!(said.contains("No module named 'yaml'"), "{said}");
        eprintln!("skipped: Python has no YAML reader here");
        return None;
    }
    Some(serde_json::from_slice(&told.stdout).unwrap())
}

#[test]
fn the_compose_file_sets_what_our_programs_ask_for_and_nothing_else() {
    let Some(compose) = compose() else { return };
    let services = compose["services"].as_object().unwrap();
    let images: BTreeSet<_> = services.values().filter_map(|one| one["image"].as_str()).collect();
    assert_eq!(images, BTreeSet::from(["anyport", "postgres:15", "redis:7"]));
    for program in ["api", "worker", "sandbox"] {
        let service = &services[program];
        assert_eq!(service["command"], serde_json::json!([program]));
        let set = service["environment"].as_object().unwrap();
        // One block serves api and worker, so either may be given what the other asks for.
        let mut known = settings_of(program);
        if program != "sandbox" {
            known.extend(settings_of("api"));
            known.extend(settings_of("worker"));
        }
        for setting in set.keys() {
            assert!(known.contains(setting), "{program} never asks for {setting}");
        }
    }
}

#[test]
fn docker_reads_the_compose_file() {
    let plugin = Command::new("docker").args(["compose", "version"]).output();
    let has_plugin = plugin.is_ok_and(|done| done.status.success());
    let alone = Command::new("docker-compose").arg("version").output();
    let mut command = match (has_plugin, alone.is_ok_and(|done| done.status.success())) {
        (true, _) => {
            let mut docker = Command::new("docker");
            docker.arg("compose");
            docker
        }
        (false, true) => Command::new("docker-compose"),
        (false, false) => {
            eprintln!("skipped: docker compose is not installed");
            return;
        }
    };

    let done = command.args(["config", "--quiet"]).current_dir(root()).output().unwrap();

    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn the_manual_lists_every_setting_and_no_other() {
    let manual = fs::read_to_string(root().join("docs/operating.md")).unwrap();
    let (_, settings) = manual.split_once("## Settings\n").unwrap();
    let (settings, _) = settings.split_once("\n## ").unwrap();
    let rows = settings.lines().filter_map(|line| line.strip_prefix("| `")).flat_map(|row| {
        let names = row.split(" | ").next().unwrap_or_default();
        names.split('`').filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
    });
    let listed: BTreeSet<_> = rows.filter(|name| name.contains('_')).map(str::to_owned).collect();

    let asked = ["api", "worker", "sandbox"].into_iter().flat_map(settings_of).collect();

    assert_eq!(listed, asked);
}
