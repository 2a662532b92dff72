//! Each schema of the contract is that of one type: of two types with one name the contract would keep whichever was
//! mounted last, and tell callers of the other what is not so.
use std::collections::BTreeMap;

use serde_json::Value;

use super::rules::sources;

/// Macros whose invocations declare types of the contract, a name at the beginning of a line.
const DECLARING: [&str; 5] = ["id!", "words!", "choices!", "codes!", "document!"];

/// The names that a file gives to schemas.
fn names_in(text: &str) -> Vec<String> {
    let mut reading = Reading::default();
    text.lines().for_each(|line| reading.line(line));
    reading.names
}

#[derive(Default)]
struct Reading {
    names: Vec<String>,
    /// Inside the list of a `derive`.
    is_deriving: bool,
    /// The next type has a schema.
    has_schema: bool,
    /// The name that an attribute gives to the next type.
    renamed: Option<String>,
    /// Inside an invocation that declares types.
    is_declaring: bool,
}

impl Reading {
    fn line(&mut self, line: &str) {
        let text = line.trim();
        self.is_deriving |= text.starts_with("#[derive(");
        self.has_schema |= self.is_deriving && text.contains("ToSchema");
        self.is_deriving &= !text.contains(")]");
        if let Some((_, name)) =
            text.split_once("schema(").and_then(|(_, rest)| rest.split_once("as = "))
        {
            self.renamed = Some(word(name).to_owned());
        }
        if let Some((_, page)) = text.split_once("page!(") {
            self.names.extend(page.contains(" of ").then(|| word(page).to_owned()));
        }
        if is_invocation(text) {
            (self.is_declaring, self.renamed) = (true, None);
        } else if self.is_declaring && line.starts_with([')', '}']) {
            self.is_declaring = false;
        } else if self.is_declaring && is_name_line(line) {
            let said = text.split_once(" as ").map(|(_, name)| word(name.trim_start_matches('"')));
            self.named(said.unwrap_or(word(text)));
        } else if let Some(name) = declared(text) {
            if self.has_schema && !name.starts_with('$') {
                self.named(name);
            }
            (self.has_schema, self.renamed) = (false, None);
        }
    }

    fn named(&mut self, name: &str) {
        let name = self.renamed.take().unwrap_or_else(|| name.to_owned());
        self.names.push(name);
    }
}

fn is_invocation(text: &str) -> bool {
    let name = text.trim_start_matches("crate::").trim_start_matches("super::");
    let opened = DECLARING.iter().find_map(|one| name.strip_prefix(one));
    opened.is_some_and(|rest| matches!(rest.trim(), "{" | "("))
}

/// `    Name {`: one step in, and no attribute of a type.
fn is_name_line(line: &str) -> bool {
    line.strip_prefix("    ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// The type that is declared here.
fn declared(text: &str) -> Option<&str> {
    let text = match text.strip_prefix("pub") {
        Some(rest) => rest.trim_start_matches("(crate)").trim_start_matches("(super)").trim_start(),
        None => text,
    };
    let name = text.strip_prefix("struct ").or_else(|| text.strip_prefix("enum "))?;
    Some(if name.starts_with('$') { "$" } else { word(name) })
}

fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

#[test]
fn no_two_types_have_one_schema_name() {
    let mut givers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, text) in sources() {
        for name in names_in(&text) {
            givers.entry(name).or_default().push(file.display().to_string());
        }
    }
    let contract: Value = serde_json::from_str(&api::openapi_json()).unwrap();
    let published = contract["components"]["schemas"].as_object().unwrap();

    let shared: Vec<_> = givers.iter().filter(|(_, files)| files.len() > 1).collect();
    let missed: Vec<_> = published.keys().filter(|name| !givers.contains_key(*name)).collect();

    assert!(shared.is_empty(), "give one of them another name, `schema(as = …)`: {shared:?}");
    assert_eq!(missed, Vec::<&String>::new(), "the source was not read to the end");
}

#[test]
fn types_are_found_however_they_are_declared() {
    let text = r#"
#[derive(Debug, Serialize, ToSchema)]
pub struct Plain {
    pub member: Other,
}
#[derive(
    Debug, utoipa::ToSchema,
)]
#[schema(as = Renamed)]
pub(crate) enum Named {
#[derive(Debug)]
struct Inner;
crate::id!(
    /// What it is.
    ThingId
);
words! {
    /// A word.
    #[schema(as = OtherWord)]
    Word {
        One "ONE",
    }
}
super::page!(PlainPage of Plain);
"#;

    assert_eq!(names_in(text), ["Plain", "Renamed", "ThingId", "OtherWord", "PlainPage"]);
}
