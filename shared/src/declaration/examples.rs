//! Declarations that stand: for the contract, for demonstrations and for tests.
use serde_json::Value;

/// Steel screws from Germany, outside the catalogue: declared at one office, released at another, by nobody's
/// hand (入境自助申报; domain scenario S1).
#[must_use]
pub fn self_declaration() -> Value {
    read(include_str!("examples/self_declaration.json"))
}

/// Wine from France, catalogue goods of category R: a fee, a clearance form, perhaps an inspection (domain
/// scenario S2).
#[must_use]
pub fn wine() -> Value {
    read(include_str!("examples/wine.json"))
}

/// Washed down from Xiaoshan to Japan, inspected where it is made and leaving through Shanghai (domain scenario S4).
#[must_use]
pub fn down() -> Value {
    read(include_str!("examples/down.json"))
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("our own examples are JSON; a test reads them")
}
