//! One spelling for each declaration: members sorted by name, no white space, numbers without trailing zeros,
//! texts trimmed, what is empty left out. Two bodies that say the same have the same hash (domain R12).
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::content::Content;

/// SHA-256 of the canonical spelling.
#[must_use]
pub fn hash(content: &Content) -> [u8; 32] {
    Sha256::digest(text(content)).into()
}

/// The canonical spelling. Numbers and texts of a [`Content`] are in their one form already.
#[must_use]
pub fn text(content: &Content) -> String {
    let value = serde_json::to_value(content).unwrap_or_default();
    let mut text = String::with_capacity(4096);
    write(&value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            // Sorted here, whatever order `serde_json` was built to keep.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            enclose(text, '{', '}', members, |(name, value), text| {
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text);
            });
        }
        Value::Array(items) => enclose(text, '[', ']', items, write),
        plain => text.push_str(&plain.to_string()),
    }
}

fn enclose<T>(
    text: &mut String,
    open: char,
    close: char,
    items: impl IntoIterator<Item = T>,
    write: impl Fn(T, &mut String),
) {
    text.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(item, text);
    }
    text.push(close);
}
