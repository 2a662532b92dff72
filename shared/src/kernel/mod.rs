//! Words every room uses. No I/O here.
pub mod actor;
pub mod calendar;
pub mod failure;
pub(crate) mod foreign;
pub mod id;
pub mod lifecycle;
pub mod money;
pub mod page;
mod rule;
pub mod rules;
mod share;
pub mod signature;
pub mod violation;
mod words;

pub use actor::{Actor, OrganisationKind, Role, Scope, Standing};
pub use failure::{Failure, Refusal};
pub use money::Fen;
pub use page::{Page, PageRequest};
pub use rule::{Group, Rule, Stage};
pub use share::Share;
pub use violation::{Severity, Violation, Violations};

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
