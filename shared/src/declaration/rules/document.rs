//! The documents made from the catalogue of rules and the fields of a declaration.
use std::fmt::{Result, Write};

use super::{RULES, Rule, Stage};
use crate::{
    declaration::content::{Content, Field, Need},
    kernel::Severity,
};

/// `docs/rules.md`.
#[must_use]
pub fn rules_markdown() -> String {
    let mut text = String::new();
    write_rules(&mut text).expect("a string takes any text");
    text
}

/// `docs/fields.md`: the fields of a declaration, and where they stand on the bureau's form.
#[must_use]
pub fn fields_markdown() -> String {
    let mut text = String::new();
    write_fields(&mut text).expect("a string takes any text");
    text
}

fn write_rules(text: &mut impl Write) -> Result {
    writeln!(
        text,
        "# Rules of a declaration\n\n\
         Made from the code by `api rules docs`; `GET /v1/rules` tells the same. \"Domain\" is the bureau's own reference, with the \
         number of section or ruling."
    )?;
    let stages = [
        (
            Stage::Reading,
            "Reading",
            "What cannot be read as a declaration: 400, all faults listed, nothing is stored.",
        ),
        (
            Stage::Review,
            "Review",
            "What a stored declaration is told, all at once. ERROR returns it, WARNING leads to an officer, INFO \
             routes nothing.",
        ),
        (
            Stage::Acceptance,
            "Acceptance",
            "What can keep a declaration in which nothing is wrong from being accepted at once.",
        ),
    ];
    for (stage, title, about) in stages {
        writeln!(text, "\n## {title}\n\n{about}\n")?;
        writeln!(
            text,
            "| code | severity | 规则 | rule | fields | source | since |\n|---|---|---|---|---|---|---|"
        )?;
        for rule in RULES.iter().filter(|rule| rule.stage == stage) {
            let severity = severity_name(rule.severity);
            let (zh, en) = (rule.title_zh, rule.title_en);
            let fields = fields_of(rule);
            let Rule { code, source, since, .. } = rule;
            writeln!(
                text,
                "| `{code}` | {severity} | {zh} | {en} | {fields} | {source} | {since} |"
            )?;
        }
    }
    Ok(())
}

fn fields_of(rule: &Rule) -> String {
    let quoted: Vec<_> = rule.fields.iter().map(|field| format!("`{field}`")).collect();
    if quoted.is_empty() { "any".to_owned() } else { quoted.join(", ") }
}

/// The name on the wire.
const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "INFO",
        Severity::Warning => "WARNING",
        Severity::Error => "ERROR",
    }
}

fn write_fields(text: &mut impl Write) -> Result {
    writeln!(
        text,
        "# Fields of a declaration\n\n\
         Made from the code by `api rules docs`. Wire names are the columns of the bureau's client program (报检单) in lower case. \
         \"Needed\": S inbound goods outside the catalogue, I inbound catalogue goods, O outbound; what depends \
         on other fields is a rule. \"Size\": characters of a text, decimals of a number, items of a list."
    )?;
    for (part, fields) in Content::parts() {
        writeln!(text, "\n## {part}\n")?;
        writeln!(text, "| wire name | 中文 | column of the form | size | needed | meaning |")?;
        writeln!(text, "|---|---|---|---|---|---|")?;
        for field in fields {
            write_field(text, &field)?;
        }
    }
    Ok(())
}

fn write_field(text: &mut impl Write, field: &Field) -> Result {
    let size = if field.size == 0 { String::new() } else { field.size.to_string() };
    let column =
        if field.column.is_empty() { String::new() } else { format!("`{}`", field.column) };
    let cases = [(Need::SELF_DECLARED, 'S'), (Need::INBOUND_FORM, 'I'), (Need::OUTBOUND_FORM, 'O')];
    let needed: String =
        cases.into_iter().filter(|(case, _)| field.need.covers(*case)).map(|(_, c)| c).collect();
    let (name, zh, doc) = (field.name, field.zh, field.doc.trim());
    writeln!(text, "| `{name}` | {zh} | {column} | {size} | {needed} | {doc} |")
}
