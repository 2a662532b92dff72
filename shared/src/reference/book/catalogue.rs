//! The statutory catalogue (法检目录): which goods are inspected, and for what.
use chrono::NaiveDate;

use crate::reference::{
    Books,
    cell::{Cell, Digits, Form, Token},
    sheet::sheet,
};

/// Supervision conditions (监管条件) as far as inspection is concerned: letters out of `ABD`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Supervision(String);

impl Supervision {
    /// Customs want a clearance form on the way in: A, or D for rough diamonds (domain R1).
    #[must_use]
    pub fn is_inbound(&self) -> bool {
        self.0.contains(['A', 'D'])
    }

    /// Customs want a clearance form on the way out: B, or D.
    #[must_use]
    pub fn is_outbound(&self) -> bool {
        self.0.contains(['B', 'D'])
    }

    #[must_use]
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl Cell for Supervision {
    const IS_OPTIONAL: bool = true;
    fn form() -> Form {
        Form::new("A、B、D中的字母,按字母顺序", "letters out of A, B, D in that order")
    }
    fn read(text: &str) -> Option<Self> {
        is_ordered_subset(text.chars(), "ABD").then(|| Self(text.to_owned()))
    }
    fn write(&self) -> String {
        self.0.clone()
    }
}

/// Inspection categories (检验检疫类别): `M.P/Q` means M and P on the way in, Q on the way out (domain 4.8).
///
/// M, N goods; P, Q animals and plants; R, S food; L verification; V, W health quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Categories {
    pub inbound: Vec<char>,
    pub outbound: Vec<char>,
}

impl Categories {
    fn side(text: &str, letters: &str) -> Option<Vec<char>> {
        if text.is_empty() {
            return Some(Vec::new());
        }
        let parts: Option<Vec<char>> = text.split('.').map(|part| part.parse().ok()).collect();
        parts.filter(|parts| {
            let mut seen = Vec::new();
            parts.iter().all(|letter| {
                let is_new = !seen.contains(letter);
                seen.push(*letter);
                is_new && letters.contains(*letter)
            })
        })
    }
}

impl Cell for Categories {
    const IS_OPTIONAL: bool = true;
    fn form() -> Form {
        Form::new(
            "检验检疫类别,如M.P/Q:斜线前为L M P R V,斜线后为N Q S W",
            "categories such as M.P/Q: L M P R V before the slash, N Q S W after it",
        )
    }
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let (inbound, outbound) = text.split_once('/')?;
        let inbound = Self::side(inbound, "LMPRV")?;
        let outbound = Self::side(outbound, "NQSW")?;
        Some(Self { inbound, outbound })
    }
    fn write(&self) -> String {
        let side =
            |letters: &[char]| letters.iter().map(char::to_string).collect::<Vec<_>>().join(".");
        match (&self.inbound[..], &self.outbound[..]) {
            ([], []) => String::new(),
            (inbound, outbound) => format!("{}/{}", side(inbound), side(outbound)),
        }
    }
}

fn is_ordered_subset(mut letters: impl Iterator<Item = char>, of: &str) -> bool {
    let mut rest = of.chars();
    letters.all(|letter| rest.any(|other| other == letter))
}

sheet! {
    /// Tariff lines and what inspection wants of them: the statutory catalogue (法检目录). A line without
    /// supervision letters is known and outside the catalogue.
    CatalogueItem "catalogue" key [hs_code ciq_code] {
        /// HS code, ten digits.
        hs_code: Digits<10>,
        /// Three digits that divide the HS code further; empty: all of it.
        ciq_code: Option<Digits<3>>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// First legal unit (法定第一单位), Rec 20.
        std_unit: Option<Token>,
        /// Supervision conditions: A inbound form, B outbound form, D rough diamonds.
        supervision: Supervision,
        /// Inspection categories, `M.P/Q`.
        categories: Categories,
    }
}

impl Books {
    /// The line of an HS code: the one of its CIQ code where there is one, else the one for all of it.
    #[must_use]
    pub fn catalogue(
        &self,
        hs10: &str,
        ciq: Option<&str>,
        on: NaiveDate,
    ) -> Option<&CatalogueItem> {
        let divided = ciq.and_then(|ciq| self.tables.catalogue.on(&format!("{hs10}:{ciq}"), on));
        divided.or_else(|| self.tables.catalogue.on(hs10, on))
    }

    /// Does any loaded line know this HS code on that day, supervised or not?
    #[must_use]
    pub fn hs_is_known(&self, hs10: &str, on: NaiveDate) -> bool {
        self.tables.catalogue.on(hs10, on).is_some()
            || self.divided_hs.get(hs10).is_some_and(|keys| {
                keys.iter().any(|key| self.tables.catalogue.on(key, on).is_some())
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_stand_left_of_the_slash_inbound_and_right_of_it_outbound() {
        let categories = Categories::read("M.P/Q").unwrap();
        assert_eq!(categories.inbound, ['M', 'P']);
        assert_eq!(categories.outbound, ['Q']);
        assert_eq!(categories.write(), "M.P/Q");

        assert_eq!(Categories::read("M/").unwrap().write(), "M/");
        assert_eq!(Categories::read("").unwrap(), Categories::default());
        for wrong in ["M", "Q/M", "M.M/", "MP/Q", "M.P/Q/S", "m/q", "M./", "/."] {
            assert_eq!(Categories::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn supervision_is_a_subset_of_a_b_d() {
        assert!(Supervision::read("AB").unwrap().is_inbound());
        assert!(!Supervision::read("B").unwrap().is_inbound());
        assert!(Supervision::read("D").unwrap().is_outbound());
        for wrong in ["BA", "AA", "C", "ABDA", "a"] {
            assert_eq!(Supervision::read(wrong), None, "{wrong}");
        }
    }
}
