//! The document made from the fields of a declaration.
use std::fmt::{Result, Write};

use crate::declaration::content::{Content, Field, Need};

/// `docs/fields.md`: the fields of a declaration, and where they stand on the bureau's form.
#[must_use]
pub fn fields_markdown() -> String {
    let mut text = String::new();
    write_fields(&mut text).expect("a string takes any text");
    text
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
