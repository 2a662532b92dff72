//! All codes that a finding can carry, gathered from the rooms. `GET /v1/rules`, the page of rules and `docs/rules.md`
//! are made from it; a test holds it against what the source gives.
mod document;

use crate::{
    clearance, credit, declaration, direct_release, exchange, handoff, identity, import,
    inspection,
    kernel::{self, Rule},
    nonconformity, notification, payment, reference, rehearsal, swap,
};

pub use document::markdown;

/// The tables of the rooms beside that of declarations.
const TABLES: [&[Rule]; 15] = [
    kernel::rules::RULES,
    identity::rules::RULES,
    reference::rules::RULES,
    rehearsal::rules::RULES,
    import::rules::RULES,
    inspection::rules::RULES,
    payment::rules::RULES,
    exchange::rules::RULES,
    handoff::rules::RULES,
    swap::rules::RULES,
    credit::rules::RULES,
    nonconformity::rules::RULES,
    clearance::rules::RULES,
    direct_release::rules::RULES,
    notification::rules::RULES,
];

/// Every rule once: those of a declaration first, then room by room.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    declaration::rules::RULES.iter().copied().chain(TABLES.into_iter().flatten())
}

/// What a code means.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kernel::Group;

    #[test]
    fn no_code_means_two_things() {
        let mut seen = BTreeSet::new();
        let twice: Vec<_> =
            all().map(|rule| rule.code).filter(|code| !seen.insert(*code)).collect();

        assert_eq!(twice, [""; 0], "listed twice");
    }

    #[test]
    fn every_rule_has_words_in_both_languages_a_source_an_edition_and_a_home() {
        for rule in all() {
            let words = [rule.title_zh, rule.title_en, rule.source];
            assert!(words.iter().all(|words| (1..=200).contains(&words.len())), "{}", rule.code);
            assert!(!rule.title_zh.is_ascii() && rule.title_en.is_ascii(), "{}", rule.code);
            assert_eq!(rule.since.split('.').count(), 3, "{}", rule.code);
            assert!(rule.fields.iter().all(|field| field.starts_with('/')), "{}", rule.code);
            assert!((1..=20).contains(&rule.groups.len()), "{}", rule.code);
            assert!(rule.code.len() <= 64, "{}", rule.code);
        }
    }

    #[test]
    fn every_room_that_is_named_has_a_rule_and_a_place_in_the_document() {
        for rule in all() {
            assert!(rule.groups.iter().all(|group| Group::ALL.contains(group)), "{}", rule.code);
        }
        for group in Group::ALL {
            assert!(all().any(|rule| rule.groups.contains(&group)), "{group:?}");
        }
    }

    #[test]
    fn the_document_is_that_of_the_code() {
        let written = include_str!("../../docs/rules.md");

        assert!(written == markdown(), "run `api rules docs`");
        assert!(all().all(|rule| written.contains(&format!("| `{}` |", rule.code))));
    }
}
