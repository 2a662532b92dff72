//! `docs/problems.md` and the source name the same codes.
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const PAGE: &str = include_str!("../../../docs/problems.md");

/// What stands before a code where a problem is made, white space aside.
const MAKERS: [&str; 2] = ["Refusal::new(\"", "Failure::refused(\""];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// The codes that the source can answer with.
fn codes() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    sources(&root.join("shared/src"), &mut files);
    sources(&root.join("api/src"), &mut files);
    let mut codes = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        for maker in MAKERS {
            codes.extend(text.split(maker).skip(1).filter_map(literal));
        }
        // `Problem::new(StatusCode::NOT_FOUND, "not-found", …)`
        let statuses = text.split("StatusCode::").skip(1);
        let named = statuses.filter_map(|rest| {
            rest.trim_start_matches(|letter: char| letter.is_ascii_uppercase() || letter == '_')
                .strip_prefix(",\"")
        });
        codes.extend(named.filter_map(literal));
    }
    codes
}

fn literal(rest: &str) -> Option<String> {
    rest.split('"').next().map(str::to_owned)
}

#[test]
fn every_refusal_has_a_paragraph_and_every_paragraph_a_refusal() {
    let told: Vec<_> = PAGE.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let page: BTreeSet<_> = told.iter().map(|code| (*code).to_owned()).collect();

    assert_eq!(told.len(), page.len(), "a code is told twice");
    assert_eq!(page, codes());
}
