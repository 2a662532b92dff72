//! Codes of other systems in our own.
use std::{collections::HashMap, sync::LazyLock};

/// Transport modes of UN/ECE Recommendation 19 to the bureau's list (domain 2.6).
pub const TRANSPORT_MODES: [(&str, &str); 9] = [
    ("1", "1"),
    ("2", "2"),
    ("3", "3"),
    ("4", "4"),
    ("5", "9"),
    ("6", "9"),
    ("7", "6"),
    ("8", "1"),
    ("9", "9"),
];

/// Units of UN/ECE Recommendation 20 to the bureau's list (domain 2.8).
pub const UNITS: [(&str, &str); 9] = [
    ("KGM", "035"),
    ("GRM", "036"),
    ("TNE", "070"),
    ("LBR", "076"),
    ("LTR", "095"),
    ("C62", "007"),
    ("EA", "008"),
    ("PCE", "011"),
    ("H87", "011"),
];

/// Documents of UN/EDIFACT 1001 to the bureau's attachments (domain 2.10).
pub const DOCUMENTS: [(&str, &str); 14] = [
    ("315", "101001"),
    ("380", "101002"),
    ("325", "101002"),
    ("271", "101004"),
    ("703", "101005"),
    ("704", "101005"),
    ("705", "101005"),
    ("714", "101005"),
    ("740", "101005"),
    ("741", "101005"),
    ("853", "101006"),
    ("851", "101007"),
    ("852", "101009"),
    ("861", "101010"),
];

/// Size and type of containers (ISO 6346) to the bureau's list (domain 2.8c).
pub const CONTAINERS: [(&str, &str); 10] = [
    ("22G0", "211"),
    ("22G1", "211"),
    ("25G1", "212"),
    ("22R1", "221"),
    ("22T1", "231"),
    ("42G1", "111"),
    ("45G1", "111"),
    ("L5G1", "112"),
    ("42R1", "121"),
    ("45R1", "121"),
];

/// Kinds of declarations to directions.
pub const DIRECTIONS: [(&str, &str); 2] = [("IM", "I"), ("EX", "O")];

/// The counterpart of a code.
#[must_use]
pub fn counterpart(table: &[(&'static str, &'static str)], code: &str) -> Option<&'static str> {
    table.iter().find(|(theirs, _)| *theirs == code).map(|(_, ours)| *ours)
}

/// A country as it is stored (ISO alpha-2), from alpha-2, alpha-3 or numeric.
#[must_use]
pub fn country(code: &str) -> Option<&'static str> {
    static COUNTRIES: LazyLock<HashMap<&'static str, &'static str>> =
        LazyLock::new(|| known(include_str!("../../../reference/countries.csv"), &[0, 1, 2]));
    COUNTRIES.get(code).copied()
}

/// A currency as it is stored (ISO letters), from letters or numeric.
#[must_use]
pub fn currency(code: &str) -> Option<&'static str> {
    static CURRENCIES: LazyLock<HashMap<&'static str, &'static str>> =
        LazyLock::new(|| known(include_str!("../../../reference/currencies.csv"), &[0, 1]));
    CURRENCIES.get(code).copied()
}

/// The first column of our own table under each of its codes.
fn known(table: &'static str, columns: &[usize]) -> HashMap<&'static str, &'static str> {
    let mut found = HashMap::new();
    for line in table.lines().skip(1) {
        // Codes stand before the first text, so no quoted cell comes before them.
        let cells: Vec<&str> = line.split(',').collect();
        for column in columns {
            if let (Some(code), Some(own)) = (cells.get(*column), cells.first()) {
                found.insert(*code, *own);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_and_currencies_are_known_by_all_their_codes() {
        assert_eq!(
            ["276", "DEU", "DE", "156"].map(country),
            [Some("DE"), Some("DE"), Some("DE"), Some("CN")]
        );
        assert_eq!(["978", "EUR", "156"].map(currency), [Some("EUR"), Some("EUR"), Some("CNY")]);
        assert_eq!((country("ZZZ"), currency("")), (None, None));
    }
}
