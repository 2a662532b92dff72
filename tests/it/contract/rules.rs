//! Every code that a finding can carry is in the catalogue, and means there what the rooms say that give it.
//!
//! The source is read for codes: a code stands right before its words in Chinese, `"text-missing", "不能为空"`. Besides,
//! the harness looks up every code in every answer of every test.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use shared::{catalogue, kernel::Group};
use sqlx::PgPool;
use tests::Bureau;

/// What an author may write between a code and its words.
const BEFORE_WORDS: [&str; 3] = ["zh:", "&", "format!("];
/// What stands for words that were made before.
const WORDS: [&str; 4] = ["zh", "message_zh", "Form::new", "form"];

/// Each code that the source gives, and the files that give it.
fn given() -> BTreeMap<String, BTreeSet<PathBuf>> {
    let mut given: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    // A table of rules lists; it gives nothing.
    for (file, text) in sources().into_iter().filter(|(file, _)| !file.ends_with("rules.rs")) {
        for code in codes_in(&text) {
            given.entry(code).or_default().insert(file.clone());
        }
    }
    // The rules of a declaration are given by name.
    let own = Path::new("shared/src/declaration");
    for rule in shared::declaration::rules::RULES {
        given.entry(rule.code.to_owned()).or_default().insert(own.join("rules/catalogue.rs"));
    }
    given
}

/// The files of the three programs without their tests, under their path in the repository.
pub(super) fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = ["shared/src", "api/src", "worker/src"].map(PathBuf::from).to_vec();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let file = folder.join(&name);
            if root.join(&file).is_dir() {
                folders.push(file);
            } else if file.extension().is_some_and(|kind| kind == "rs") && name != "tests.rs" {
                let text = fs::read_to_string(root.join(&file)).unwrap();
                let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
                found.push((file, text[..end].to_owned()));
            }
        }
    }
    found
}

fn codes_in(text: &str) -> Vec<String> {
    let literals = literals(text);
    let starts: BTreeMap<usize, &str> = literals.iter().map(|one| (one.0, one.1)).collect();
    let is_given = |&&(start, literal): &&(usize, &str)| {
        is_code(literal) && is_before_words(text, start + literal.len() + 2, &starts)
    };
    literals.iter().filter(is_given).map(|one| one.1.to_owned()).collect()
}

fn is_code(text: &str) -> bool {
    let is_kebab = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    is_kebab && (text.contains('-') || text.len() >= 5) && text.starts_with(char::is_alphabetic)
}

fn is_before_words(text: &str, end: usize, literals: &BTreeMap<usize, &str>) -> bool {
    let Some(mut rest) = text[end..].trim_start().strip_prefix(',').map(str::trim_start) else {
        return false;
    };
    while let Some(more) = BEFORE_WORDS.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = more.trim_start();
    }
    let is_name = |word: &&str| {
        let after = rest.strip_prefix(*word);
        after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    WORDS.iter().any(is_name)
        || literals.get(&(text.len() - rest.len())).is_some_and(|text| is_chinese(text))
}

/// All literals of text, with where they begin.
fn literals(text: &str) -> Vec<(usize, &str)> {
    let (bytes, mut at, mut found) = (text.as_bytes(), 0, Vec::new());
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"//") {
            at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        } else if rest.starts_with(b"r#\"") {
            at += text[at..].find("\"#").map_or(rest.len(), |end| end.max(3) + 2);
        } else if rest.starts_with(b"'\"'") || rest.starts_with(b"'\\") {
            at += 3;
        } else if rest[0] == b'"' {
            let end = end_of(rest);
            found.push((at, &text[at + 1..at + end]));
            at += end + 1;
        } else {
            at += 1;
        }
    }
    found
}

/// Where the literal ends that begins here.
fn end_of(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at.min(rest.len() - 1)
}

/// The room of a file.
fn group_of(file: &Path) -> Option<Group> {
    let path = file.to_str()?;
    let (_, inner) = path.split_once("/src/")?;
    let inner = inner.strip_prefix("acts/").unwrap_or(inner);
    let room = inner.split(['/', '.']).next()?;
    Some(match room {
        "declaration" | "file" | "resubmit" | "release_office" => Group::Declaration,
        "identity" => Group::Identity,
        "reference" => Group::Reference,
        "rehearsal" => Group::Rehearsal,
        "import" => Group::Import,
        "inspection" => Group::Inspection,
        "payment" => Group::Payment,
        "handoff" | "between_bureaus" => Group::Handoff,
        "exchange" => Group::Exchange,
        "swap" => Group::Swap,
        "credit" => Group::Credit,
        "nonconformity" => Group::Nonconformity,
        "clearance" | "clearance_forms" => Group::Clearance,
        "direct_release" => Group::DirectRelease,
        "notification" | "webhook" | "change" => Group::Notification,
        _ => Group::Request,
    })
}

/// Files of pictures and pages, in which a word before Chinese is no code.
fn is_prose(file: &Path) -> bool {
    ["api/src/command", "api/src/document"].iter().any(|folder| file.starts_with(folder))
}

#[test]
fn the_catalogue_has_every_code_of_the_source_and_no_other() {
    let given: BTreeSet<String> = given()
        .into_iter()
        .filter(|(_, files)| files.iter().any(|file| !is_prose(file)))
        .map(|(code, _)| code)
        .collect();
    let listed: BTreeSet<String> = catalogue::all().map(|rule| rule.code.to_owned()).collect();

    let unlisted: Vec<_> = given.difference(&listed).collect();
    let ungiven: Vec<_> = listed.difference(&given).collect();

    assert!(unlisted.is_empty(), "in no table of rules: {unlisted:?}");
    assert!(ungiven.is_empty(), "nobody gives: {ungiven:?}");
}

/// A code that another room takes up has to mean the same there: whoever shares it says so in the table.
#[test]
fn a_code_is_given_by_the_rooms_that_its_rule_names_and_no_other() {
    let mut wrong = Vec::new();
    for (code, files) in given() {
        let Some(rule) = catalogue::find(&code) else { continue };
        for file in files.iter().filter(|file| !is_prose(file)) {
            let group = group_of(file).unwrap();
            if !rule.is_given_by(group) {
                wrong.push(format!("{code} in {}: {group:?} is not named", file.display()));
            }
        }
        let givers: Vec<_> = files.iter().filter_map(|file| group_of(file)).collect();
        for group in rule.groups.iter().filter(|group| **group != Group::Request) {
            if !givers.contains(group) {
                wrong.push(format!("{code}: {group:?} is named and does not give it"));
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_code_is_told_from_other_words() {
    let text = r#"
        wrong.error("/a", "text-missing", "不能为空", "x"); // "in-a-comment", "评论"
        fault(1, "truncated", &format!("{n}行"), en);
        Defect { line, code: "doctype-refused", zh: "不接受", en };
        wrong.error(at, "made-before", zh, en);
        trim(['"', '\'']); name("plain-words", "no Chinese"); header("x-request-id", zhong);
    "#;

    assert_eq!(codes_in(text), ["text-missing", "truncated", "doctype-refused", "made-before"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whoever_asks_what_a_code_means_is_told(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let all = derui.get("/v1/rules").await.expect(200);
    let one = derui.get("/v1/rules?code=payload-malformed").await.expect(200);
    let none = derui.get("/v1/rules?code=no-such-code").await.expect(200);
    let room = derui.get("/v1/rules?group=PAYMENT").await.expect(200);
    let refused = derui.get("/v1/rules?group=NOBODY").await.expect(400);

    assert_eq!(all.body["data"].as_array().unwrap().len(), catalogue::all().count());
    assert_eq!(one.text("/data/0/stage"), "MESSAGE");
    assert_eq!(one.text("/data/0/groups/0"), "EXCHANGE");
    assert_eq!(one.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(none.body["data"].as_array().unwrap().len(), 0);
    let rooms = room.body["data"].as_array().unwrap();
    assert!(rooms.iter().any(|rule| rule["code"] == "xml-malformed"), "shared with imports");
    assert!(
        rooms.iter().all(|rule| rule["groups"].as_array().unwrap().contains(&"PAYMENT".into()))
    );
    assert_eq!(refused.codes(), ["parameter-malformed"]);
}
