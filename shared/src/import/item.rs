//! One declaration of a file: what it says, and on which lines.
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    declaration::parse::{self, Submission},
    kernel::{Violation, Violations},
};

/// A part of a declaration, and the line on which it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// JSON Pointer of the part.
    pub pointer: String,
    /// Counted from one.
    pub line: i32,
}

/// A declaration as it was read out of a file, or why it could not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The first and the last line of it.
    pub line: i32,
    pub last_line: i32,
    /// Its own reference, where it has one.
    pub reference: Option<String>,
    /// Its canonical text, where it can be read as a declaration.
    pub content: Option<String>,
    /// Where its parts stand; what is not named stands on the first line.
    pub places: Vec<Place>,
    /// Why it cannot be read.
    pub faults: Violations,
}

/// No item tells more than this; whoever has more begins with these.
const MOST_FAULTS: usize = 200;

/// What a declaration may weigh, as where it comes alone.
pub(super) const HEAVIEST: usize = 1024 * 1024;

impl Item {
    /// Of a document that was put together, with what was wrong already.
    pub(super) fn of(
        document: &Value,
        lines: (i32, i32),
        places: Vec<Place>,
        faults: Violations,
    ) -> Self {
        let reference = document["ent_decl_no"].as_str().map(str::to_owned);
        Self::read(parse::from_value(document), reference, lines, places, faults)
    }

    pub(super) fn read(
        read: Result<Submission, Violations>,
        reference: Option<String>,
        (line, last_line): (i32, i32),
        places: Vec<Place>,
        mut faults: Violations,
    ) -> Self {
        let content = match read {
            Ok(submission) if submission.text.len() > HEAVIEST => {
                let en = "a declaration weighs at most 1 MiB";
                faults.error("", "declaration-too-large", "一份报检单最多1MiB", en);
                None
            }
            Ok(submission) if faults.is_empty() => Some(submission.text.to_string()),
            Ok(_) => None,
            Err(more) => {
                faults.extend(more);
                None
            }
        };
        let faults = faults.into_vec().into_iter().take(MOST_FAULTS).collect();
        // As long as a reference may be; what is longer was refused.
        let reference = reference.map(|text| text.replace('\0', "").chars().take(40).collect());
        Self { line, last_line, reference, content, places, faults }
    }

    /// The line on which a finding stands.
    #[must_use]
    pub fn line_of(places: &[Place], first: i32, pointer: &str) -> i32 {
        let is_in = |place: &&Place| {
            let rest = pointer.strip_prefix(place.pointer.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let nearest = places.iter().filter(is_in).max_by_key(|place| place.pointer.len());
        nearest.map_or(first, |place| place.line)
    }
}

/// The column of a table in which a finding stands: its pointer without the numbers.
#[must_use]
pub fn column_of(finding: &Violation) -> String {
    let names = finding.pointer.split('/').skip(1);
    let names = names.filter(|name| !name.bytes().all(|byte| byte.is_ascii_digit()));
    names.collect::<Vec<_>>().join(".")
}
