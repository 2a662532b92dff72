//! `cargo xtask layers`: who may import whom. What the compiler cannot see, this greps.

use std::fs;
use std::path::{Path, PathBuf};

use crate::outcome::{Doing, Object, Outcome, Stop, Verdict};
use crate::site::Site;

/// The rooms of `shared`, lowest first. A room may use lower ones, never its neighbours.
const ORDER: &[&[&str]] = &[
    &["kernel"],
    &["ledger"],
    &["identity", "reference", "rehearsal"],
    &["declaration"],
    &["payment", "inspection", "permit", "import"],
    &["exchange", "handoff", "swap"],
    &["nonconformity", "credit"],
    &["clearance"],
    &["direct_release"],
    &["certificate"],
    &["departure"],
    &["notification", "statistics"],
    &["config"],
    &["acts"],
];

/// Files, or folders of files, that hold knowledge only: no waiting, no clock, no SQL.
const PURE: &[&str] = &["model", "status"];
const IMPURE: &[&str] = &["async fn", "Clock", "sqlx::query"];

/// Programs that must not know of each other.
const STRANGERS: &[(&str, &[&str])] = &[
    ("api", &["worker", "sandbox", "driver"]),
    ("worker", &["api", "sandbox", "driver"]),
    ("sandbox", &["api", "worker", "driver"]),
    ("shared", &["api", "worker", "sandbox", "driver"]),
];

/// The only files that read the environment.
const READERS: &[&str] = &["main.rs"];

pub fn run(site: &Site, name: &str, args: &[String]) -> Outcome {
    if !args.is_empty() {
        return Err(Stop::Usage(format!("`{name}` takes no arguments")));
    }
    let broken = faults(&site.root)?;
    for fault in &broken {
        eprintln!("layers: {fault}");
    }
    let line = Object::new().bool("ok", broken.is_empty()).number("faults", broken.len() as u64);
    Ok(Verdict::Says { holds: broken.is_empty(), line: line.to_string() })
}

/// Everything that breaks the order, as `file:line: reason`.
fn faults(root: &Path) -> Result<Vec<String>, Stop> {
    let mut found = Vec::new();
    for (owner, strangers) in STRANGERS {
        let source = root.join(owner).join("src");
        for file in sources(&source)? {
            let text = fs::read_to_string(&file).doing(file.display())?;
            let inner = file.strip_prefix(&source).unwrap_or(&file);
            let shown = Path::new(owner).join("src").join(inner);
            for (number, reason) in faults_in(owner, strangers, inner, &text) {
                found.push(format!("{}:{number}: {reason}", shown.display()));
            }
        }
    }
    Ok(found)
}

fn faults_in(owner: &str, strangers: &[&str], file: &Path, text: &str) -> Vec<(usize, String)> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let room = room_of(owner, file);
    let mut found = Vec::new();
    if let Some(room) = room
        && rank(room).is_none()
    {
        found.push((1, format!("room `{room}` has no place in the order of rooms")));
    }
    for (number, line) in code_lines(text) {
        for stranger in strangers {
            if names(line, stranger) {
                found.push((number, format!("{owner} must not know {stranger}")));
            }
        }
        if !READERS.contains(&name.as_str())
            && (line.contains("env::var") || line.contains("option_env!"))
        {
            found.push((number, "only main.rs reads the environment".into()));
        }
        if let Some(room) = room {
            found.extend(room_faults(room, file, line).into_iter().map(|reason| (number, reason)));
        }
    }
    found
}

fn room_faults(room: &str, file: &Path, line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for used in rooms_named(line) {
        if let (Some(own), Some(other)) = (rank(room), rank(used))
            && room != used
            && other >= own
        {
            let relation = if other == own { "stands beside" } else { "stands above" };
            found.push(format!("{room} must not use {used}, which {relation} it"));
        }
    }
    if room == "kernel" || is_pure(file) {
        // A sequence that `uuid` calls a clock tells no time.
        let line = &line.replace("ClockSequence", "");
        for word in IMPURE.iter().filter(|word| has_word(line, word)) {
            found.push(format!("`{word}` in {}, which holds pure knowledge", file.display()));
        }
    }
    found
}

fn is_pure(file: &Path) -> bool {
    file.with_extension("")
        .iter()
        .any(|part| part.to_str().is_some_and(|part| PURE.contains(&part)))
}

/// The room a file of `shared` belongs to; files at the top belong to none.
fn room_of<'a>(owner: &str, file: &'a Path) -> Option<&'a str> {
    let mut parts = file.components().filter_map(|part| part.as_os_str().to_str());
    let first = parts.next()?;
    (owner == "shared" && parts.next().is_some()).then_some(first)
}

fn rank(room: &str) -> Option<usize> {
    ORDER.iter().position(|rooms| rooms.contains(&room))
}

/// The lines of a file without comments, up to its tests.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"))
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}

/// The rooms in `crate::room` and `crate::{room, room::Thing}`.
fn rooms_named(line: &str) -> Vec<&str> {
    let mut rooms = Vec::new();
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => rooms.extend(group.split(['{', '}', ',']).map(first_word)),
            None => rooms.push(first_word(rest)),
        }
    }
    rooms
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    &text[..end]
}

/// Whether a path of this crate is named: `api::…` or `use api;`, not `shared::api` or `my_api::…`.
fn names(line: &str, package: &str) -> bool {
    line.match_indices(package).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + package.len()..];
        after.starts_with("::") && !before.is_some_and(|c| is_word(c) || c == ':' || c == '"')
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| !line[..at].chars().next_back().is_some_and(is_word))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).doing(folder.display())?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(owner: &str, file: &str, text: &str) -> Vec<String> {
        let strangers = STRANGERS.iter().find(|(name, _)| *name == owner).unwrap().1;
        faults_in(owner, strangers, Path::new(file), text)
            .into_iter()
            .map(|(number, reason)| format!("{number}: {reason}"))
            .collect()
    }

    #[test]
    fn a_room_uses_lower_rooms_only() {
        let text =
            "use crate::kernel::id;\nuse crate::{ledger::Tx, clearance};\nuse crate::payment;";

        assert_eq!(
            reasons("shared", "payment/service.rs", text),
            ["2: payment must not use clearance, which stands above it"]
        );
        assert_eq!(
            reasons("shared", "inspection/service.rs", text),
            [
                "2: inspection must not use clearance, which stands above it",
                "3: inspection must not use payment, which stands beside it",
            ]
        );
        assert!(reasons("shared", "acts/accept.rs", text).is_empty());
    }

    #[test]
    fn comments_and_tests_are_free() {
        let text = "/// See crate::acts.\n#[cfg(test)]\nmod tests { use crate::acts; }";

        assert!(reasons("shared", "kernel/id.rs", text).is_empty());
    }

    #[test]
    fn a_room_that_nobody_placed_is_refused() {
        assert_eq!(
            reasons("shared", "garden/mod.rs", ""),
            ["1: room `garden` has no place in the order of rooms"]
        );
    }

    #[test]
    fn knowledge_is_pure() {
        assert_eq!(
            reasons("shared", "declaration/status.rs", "pub async fn wait(clock: &Clock) {}"),
            [
                "1: `async fn` in declaration/status.rs, which holds pure knowledge",
                "1: `Clock` in declaration/status.rs, which holds pure knowledge",
            ]
        );
        assert!(reasons("shared", "declaration/store.rs", "sqlx::query!()").is_empty());
    }

    #[test]
    fn api_and_worker_are_strangers() {
        assert_eq!(reasons("api", "lib.rs", "use worker::run;"), ["1: api must not know worker"]);
        assert_eq!(reasons("worker", "lib.rs", "::api::app()").len(), 0, "cargo forbids it anyway");
        assert!(reasons("api", "lib.rs", "let co_worker::x = crate::worker::y;").is_empty());
    }

    #[test]
    fn the_environment_is_read_in_one_place_only() {
        let text = "std::env::var(\"X\")";

        assert_eq!(reasons("api", "context.rs", text).len(), 1);
        assert!(reasons("api", "main.rs", text).is_empty());
    }
}
