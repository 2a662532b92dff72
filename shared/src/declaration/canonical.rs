//! One spelling for each declaration: members sorted by name, no white space, numbers without trailing zeros,
//! texts trimmed, what is empty left out. Two bodies that say the same have the same hash (domain R12).
use sha2::{Digest, Sha256};

use super::content::{Content, Document, Slot};

/// SHA-256 of the canonical spelling.
#[must_use]
pub fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// The canonical spelling. Numbers and texts of a [`Content`] are in their one form already.
#[must_use]
pub fn text(content: &Content) -> String {
    let mut text = String::with_capacity(4096);
    write(content, &mut text);
    text
}

/// One part of a declaration: its members by name.
pub(super) fn write<T: Document>(document: &T, text: &mut String) {
    let present = T::SLOTS.iter().filter(|slot| !(slot.is_absent)(document));
    let mut present: Vec<&Slot<T>> = present.collect();
    present.sort_unstable_by_key(|slot| slot.field.name);
    enclose(text, '{', '}', present, |slot, text| {
        quote(slot.field.name, text);
        text.push(':');
        (slot.write)(document, text);
    });
}

pub(super) fn list<T>(items: &[T], text: &mut String, write: impl Fn(&T, &mut String)) {
    enclose(text, '[', ']', items, write);
}

/// A JSON string. Most need no escaping, and are copied as they are.
pub(super) fn quote(own: &str, text: &mut String) {
    if own.bytes().any(|byte| byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        text.push_str(&serde_json::Value::from(own).to_string());
        return;
    }
    text.push('"');
    text.push_str(own);
    text.push('"');
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::text;
    use crate::declaration::{examples, parse};

    #[test]
    fn the_spelling_is_json_of_the_same_content_with_its_members_by_name() {
        for mut example in [examples::self_declaration(), examples::wine()] {
            example["mark_no"] = "a \"b\" \\ c\td \u{7f} \u{2028} 唛头".into();
            let content = parse::from_value(&example).unwrap().content;
            let spelled: Value = serde_json::from_str(&text(&content)).unwrap();
            assert_eq!(spelled, serde_json::to_value(&content).unwrap());
            assert_eq!(text(&content), sorted(&spelled), "as any JSON writer would spell it");
        }
    }

    fn sorted(value: &Value) -> String {
        match value {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_unstable_by_key(|(name, _)| *name);
                let member = |(name, value): (&String, &Value)| {
                    format!("{}:{}", Value::from(name.as_str()), sorted(value))
                };
                let members: Vec<_> = members.into_iter().map(member).collect();
                format!("{{{}}}", members.join(","))
            }
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(sorted).collect();
                format!("[{}]", items.join(","))
            }
            plain => plain.to_string(),
        }
    }
}
