//! All codes that a finding can carry, gathered from the rooms. `GET /v1/rules`, the page of rules and `docs/rules.md`
//! are made from it; a test holds it against what the source gives.
use std::fmt::{Result, Write};

use crate::{
    clearance, credit, declaration, direct_release, exchange, handoff, identity, import,
    inspection,
    kernel::{self, Group, Rule, Severity, Stage},
    nonconformity, notification, payment, reference, rehearsal, swap,
};

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

const HEAD: &str = "# Rules\n\n\
    Every code that a finding can carry, in `errors` of a problem, a defect notice (一次性告知), a result or a partner's receipt, \
    and what it means. Made from the code by `api rules docs`; `GET /v1/rules` tells the same, and takes `?code=` and `?group=`. \
    What a finding says besides, in `message_zh` and `message_en`, is for people and may change; the code does not. The \
    `type` of a problem is another thing: see [problems.md](problems.md).\n\n\
    \"Domain\" is the bureau's own reference, with the number of section or ruling. \"At\": where it can point, `*` for the place of an \
    item. A code that rooms share stands with the first of them; the last column names the others.\n";

const STAGES: [(Stage, &str, &str); 6] = [
    (
        Stage::Reading,
        "Reading a declaration",
        "What cannot be read as a declaration: 400, all faults listed, nothing is stored.",
    ),
    (
        Stage::Review,
        "Review of a declaration",
        "What a stored declaration is told, all at once. ERROR returns it, WARNING leads to an officer, INFO \
         routes nothing.",
    ),
    (
        Stage::Acceptance,
        "Acceptance of a declaration",
        "What can keep a declaration in which nothing is wrong from being accepted at once.",
    ),
    (
        Stage::Request,
        "Requests",
        "What an operation is refused for: 400 where it cannot be read, 422 where it is wrong, 409 where it is forbidden now. \
         Nothing is changed.",
    ),
    (
        Stage::File,
        "Files and messages in the forms of others",
        "What is told of tables, statements of a bank, files of declarations and messages in XML, by line. INFO: it was read all the same.",
    ),
    (
        Stage::Message,
        "Messages of partner bureaus",
        "What a partner's message is refused for; it stands in the receipt (`docs/exchange-protocol.md`).",
    ),
];

/// `docs/rules.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    write(&mut text).expect("a string takes any text");
    text
}

fn write(text: &mut String) -> Result {
    for (stage, title, about) in STAGES {
        writeln!(text, "\n## {title}\n\n{about}")?;
        for group in Group::ALL {
            let is_one = |rule: &&Rule| rule.stage == stage && rule.groups[0] == group;
            let mut rules = all().filter(is_one).peekable();
            if rules.peek().is_none() {
                continue;
            }
            let is_of_declarations =
                matches!(stage, Stage::Reading | Stage::Review | Stage::Acceptance);
            if !is_of_declarations {
                writeln!(text, "\n### {}", group.title())?;
            }
            writeln!(text, "\n| code | severity | 规则 | rule | at | source | since | also |")?;
            writeln!(text, "|---|---|---|---|---|---|---|---|")?;
            for rule in rules {
                row(text, rule)?;
            }
        }
    }
    Ok(())
}

fn row(text: &mut String, rule: &Rule) -> Result {
    let severity = severity_name(rule.severity);
    let fields: Vec<_> = rule.fields.iter().map(|field| format!("`{field}`")).collect();
    let fields = if fields.is_empty() { "any".to_owned() } else { fields.join(", ") };
    let also: Vec<_> = rule.groups[1..].iter().map(|group| group.title()).collect();
    let Rule { code, title_zh, title_en, source, since, .. } = rule;
    writeln!(
        text,
        "| `{code}` | {severity} | {title_zh} | {title_en} | {fields} | {source} | {since} | {} |",
        also.join("; ")
    )
}

/// The name on the wire.
const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "INFO",
        Severity::Warning => "WARNING",
        Severity::Error => "ERROR",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

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
