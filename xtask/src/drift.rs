//! Whether what is committed is what the code says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::outcome::{Doing, Object, Stop, Verdict};

/// What a generating command was asked to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Write,
    Check,
}

impl Wish {
    pub fn from(name: &str, args: &[String]) -> Result<Self, Stop> {
        match args {
            [] => Ok(Self::Write),
            [flag] if flag == "--check" => Ok(Self::Check),
            _ => Err(Stop::Usage(format!("`{name}` takes only --check"))),
        }
    }
}

/// The differences between two folders of generated files, one line each.
pub fn between(committed: &Path, fresh: &Path) -> Result<Vec<String>, Stop> {
    let (old, new) = (files(committed)?, files(fresh)?);
    let mut lines = Vec::new();
    for name in old.keys().chain(new.keys()).collect::<std::collections::BTreeSet<_>>() {
        match (old.get(name), new.get(name)) {
            (Some(_), None) => {
                lines.push(format!("{name} is committed, the code has no such thing"));
            }
            (None, Some(_)) => lines.push(format!("{name} is not committed")),
            (Some(old), Some(new)) => lines.extend(first_difference(name, old, new)),
            (None, None) => {}
        }
    }
    Ok(lines)
}

/// The first line that two texts do not share.
pub fn first_difference(name: &str, old: &str, new: &str) -> Option<String> {
    if old == new {
        return None;
    }
    let alike = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let line = |text: &str| text.lines().nth(alike).unwrap_or("(end)").trim().to_owned();
    Some(format!("{name}:{}: committed `{}`, the code says `{}`", alike + 1, line(old), line(new)))
}

fn files(folder: &Path) -> Result<BTreeMap<String, String>, Stop> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_file() {
            let text = fs::read_to_string(entry.path()).doing(entry.path().display())?;
            found.insert(entry.file_name().to_string_lossy().into_owned(), text);
        }
    }
    Ok(found)
}

/// The end of a check: no drift, or the drift and the command that mends it.
pub fn verdict(name: &str, drift: &[String]) -> Verdict {
    for line in drift {
        eprintln!("drift: {line}");
    }
    if !drift.is_empty() {
        eprintln!("run `cargo xtask {name}` and commit what it changes");
    }
    let line = Object::new().bool("ok", drift.is_empty()).number("drift", drift.len() as u64);
    Verdict::Says { holds: drift.is_empty(), line: line.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_different_line_is_named() {
        assert_eq!(first_difference("f", "a\nb\n", "a\nb\n"), None);
        assert_eq!(
            first_difference("f", "a\nb\n", "a\nc\n").as_deref(),
            Some("f:2: committed `b`, the code says `c`")
        );
        assert_eq!(
            first_difference("f", "a\n", "a\nc\n").as_deref(),
            Some("f:2: committed `(end)`, the code says `c`")
        );
    }
}
