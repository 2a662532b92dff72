//! What the value of a parameter may be: its length and its pattern, or between which bounds a number lies.
use std::{collections::HashMap, ops::RangeInclusive};

use regex_lite::Regex;
use serde_json::Value;

/// How a value breaks its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken<'r> {
    /// It is too short or too long.
    Length(String),
    /// It does not look like that.
    Pattern(&'r str),
    /// It is a whole number, and not one of these.
    Bounds(&'r RangeInclusive<i64>),
}

/// What is wanted instead.
impl std::fmt::Display for Broken<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Length(length) => write!(out, "{length} characters"),
            Self::Pattern(pattern) => write!(out, "what matches {pattern}"),
            Self::Bounds(bounds) => write!(out, "{} to {}", bounds.start(), bounds.end()),
        }
    }
}

/// What a value is held to. Where nothing is said, it may be as long as a request can be.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    length: Length,
    pattern: Option<Regex>,
    bounds: Option<RangeInclusive<i64>>,
}

impl Rule {
    /// What the value breaks of it; a wrong length is told alone. Whether it is a number at all is seen by whoever
    /// reads it.
    pub(super) fn broken_by(&self, value: &str) -> Option<Broken<'_>> {
        if let (Some(bounds), Ok(number)) = (&self.bounds, value.parse::<i64>()) {
            return (!bounds.contains(&number)).then_some(Broken::Bounds(bounds));
        }
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
    /// The rule of a parameter, as the contract describes it.
    pub(super) fn of(&mut self, schema: &Value) -> Rule {
        let number = |name: &str| schema[name].as_u64().and_then(|one| usize::try_from(one).ok());
        let length = Length {
            least: number("minLength").unwrap_or(0),
            most: number("maxLength").unwrap_or(usize::MAX),
        };
        let pattern = schema["pattern"].as_str().map(|pattern| self.read(pattern));
        let bounds = schema["minimum"].as_i64().zip(schema["maximum"].as_i64());
        Rule { length, pattern, bounds: bounds.map(|(least, most)| least..=most) }
    }

    /// # Panics
    /// Where a pattern cannot be read: no program with such a contract starts.
    fn read(&mut self, pattern: &str) -> Regex {
        let known = self.0.entry(pattern.to_owned());
        let read = || Regex::new(pattern).expect("the contract's patterns can be read");
        known.or_insert_with(read).clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document;

    fn rule(schema: &Value) -> Rule {
        Rules::default().of(schema)
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
        let schema = document::completed(json!({ "type": "string", "maxLength": 4 }));
        let any_text = schema["pattern"].as_str().unwrap();
        let text = rule(&schema);

        assert_eq!(text.broken_by("报检\n号"), None);
        assert_eq!(text.broken_by("a\0"), Some(Broken::Pattern(any_text)));
        assert_eq!(text.broken_by("报检报检报"), Some(Broken::Length("0-4".into())));
    }

    #[test]
    fn a_whole_number_is_held_to_its_bounds_and_anything_else_is_left_to_its_reader() {
        let seconds = rule(&json!({ "minimum": 0, "maximum": 30 }));

        assert_eq!(seconds.broken_by("30"), None);
        assert_eq!(seconds.broken_by("31"), Some(Broken::Bounds(&(0..=30))));
        assert_eq!(seconds.broken_by("-1"), Some(Broken::Bounds(&(0..=30))));
        assert_eq!(seconds.broken_by("soon"), None);
    }
}
