//! What the value of a parameter may be: its length, and its pattern.
use std::collections::HashMap;

use regex_lite::Regex;
use serde_json::Value;
use utoipa::openapi::{
    Object, RefOr, Schema,
    schema::{SchemaType, Type},
};

use crate::document::ANY_TEXT;

/// How a value breaks its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken<'r> {
    /// It is too short or too long.
    Length(String),
    /// It does not look like that.
    Pattern(&'r str),
}

/// What a value is held to. Where nothing is said, it may be as long as a request can be.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    length: Length,
    pattern: Option<Regex>,
}

impl Rule {
    /// What the value breaks of it; a wrong length is told alone.
    pub(super) fn broken_by(&self, value: &str) -> Option<Broken<'_>> {
        if !self.length.holds(value) {
            return Some(Broken::Length(self.length.to_string()));
        }
        let pattern = self.pattern.as_ref().filter(|pattern| !pattern.is_match(value))?;
        Some(Broken::Pattern(pattern.as_str()))
    }
}

#[derive(Clone, Copy, Debug)]
struct Length {
    least: usize,
    most: usize,
}

impl Default for Length {
    fn default() -> Self {
        Self { least: 0, most: usize::MAX }
    }
}

impl Length {
    fn holds(self, value: &str) -> bool {
        (self.least..=self.most).contains(&value.chars().count())
    }
}

impl std::fmt::Display for Length {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.least, self.most) {
            (least, most) if least == most => write!(out, "{most}"),
            (least, usize::MAX) => write!(out, "≥{least}"),
            (least, most) => write!(out, "{least}-{most}"),
        }
    }
}

/// Makes rules of schemas. Many parameters share a pattern: each is read once.
#[derive(Default)]
pub(super) struct Rules(HashMap<String, Regex>);

impl Rules {
    /// The rule of a parameter in a query, as its handler describes it.
    pub(super) fn of(&mut self, schema: Option<&RefOr<Schema>>) -> Rule {
        let Some(RefOr::T(Schema::Object(object))) = schema else { return Rule::default() };
        let length = Length {
            least: object.min_length.unwrap_or(0),
            most: object.max_length.unwrap_or(usize::MAX),
        };
        let said = object.pattern.as_deref();
        let pattern = said.or_else(|| is_free_text(object).then_some(ANY_TEXT));
        Rule { length, pattern: pattern.map(|pattern| self.read(pattern)) }
    }

    /// The rule of a header, as the contract describes it for all operations that take it.
    pub(super) fn of_header(&mut self, schema: &Value) -> Rule {
        let number = |name: &str| schema[name].as_u64().and_then(|one| usize::try_from(one).ok());
        let length = Length {
            least: number("minLength").unwrap_or(0),
            most: number("maxLength").unwrap_or(usize::MAX),
        };
        let pattern = schema["pattern"].as_str().map(|pattern| self.read(pattern));
        Rule { length, pattern }
    }

    /// # Panics
    /// Where a pattern cannot be read: no program with such a contract starts.
    fn read(&mut self, pattern: &str) -> Regex {
        let known = self.0.entry(pattern.to_owned());
        let read = || Regex::new(pattern).expect("the contract's patterns can be read");
        known.or_insert_with(read).clone()
    }
}

/// A text of which nothing more is said, as the published contract takes it.
fn is_free_text(object: &Object) -> bool {
    let is_text = match &object.schema_type {
        SchemaType::Type(kind) => *kind == Type::String,
        SchemaType::Array(kinds) => kinds.contains(&Type::String),
        SchemaType::AnyValue => false,
    };
    is_text && object.format.is_none() && object.enum_values.is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(schema: &Value) -> Rule {
        Rules::default().of_header(schema)
    }

    #[test]
    fn a_value_is_held_to_its_length_first_and_then_to_its_pattern() {
        let number = rule(&json!({ "minLength": 3, "maxLength": 3, "pattern": r"^\d{3}$" }));

        assert_eq!(number.broken_by("310"), None);
        assert_eq!(number.broken_by("31"), Some(Broken::Length("3".into())));
        assert_eq!(number.broken_by("31A"), Some(Broken::Pattern(r"^\d{3}$")));
        assert_eq!(number.broken_by("310\n"), Some(Broken::Length("3".into())));
    }

    #[test]
    fn a_digit_is_a_digit_as_the_contract_means_it() {
        let digits = rule(&json!({ "pattern": r"^\d+$" }));

        assert_eq!(digits.broken_by("310900"), None);
        assert_eq!(digits.broken_by("３１０"), Some(Broken::Pattern(r"^\d+$")));
    }

    #[test]
    fn any_text_but_what_cannot_be_kept_is_text() {
        let text = rule(&json!({ "maxLength": 4, "pattern": ANY_TEXT }));

        assert_eq!(text.broken_by("报检\n号"), None);
        assert_eq!(text.broken_by("a\0"), Some(Broken::Pattern(ANY_TEXT)));
        assert_eq!(text.broken_by("报检报检报"), Some(Broken::Length("0-4".into())));
    }
}
