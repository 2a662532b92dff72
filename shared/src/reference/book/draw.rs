//! What the draw is made of: factors by goods, credit and packaging, and alerts (domain R3, R14).
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::reference::{
    Books,
    cell::{Form, HsPrefix, Letters, Token, Words, choices},
    sheet::{Line, sheet},
};

choices! {
    /// A row of the table of R3.
    GoodsGroup {
        Mandatory "MANDATORY",
        Food "FOOD",
        Plant "PLANT",
        Chemical "CHEMICAL",
        Consumer "CONSUMER",
        Machinery "MACHINERY",
        Mineral "MINERAL",
        Other "OTHER",
    }

    /// How a consignment is packed, as far as pests are concerned.
    Packaging {
        /// No wood, straw or bamboo.
        None "NONE",
        /// Plywood or reconstituted wood only.
        ProcessedWood "PROCESSED_WOOD",
        /// Straw or bamboo.
        StrawBamboo "STRAW_BAMBOO",
        /// Natural wood with a valid mark and treatment.
        WoodTreated "WOOD_TREATED",
        /// The same, coniferous and from a country where pine pests live.
        WoodConiferous "WOOD_CONIFEROUS",
    }
}

sheet! {
    /// How often goods are drawn for inspection, by the first digits of their HS code; the longest wins (domain R3).
    SelectionFactor "selection_factors" key [hs_prefix] {
        /// First digits of the HS code; `*` for the rest.
        hs_prefix: HsPrefix,
        /// The group it belongs to.
        group: GoodsGroup,
        /// Base rate, 0 to 1.
        base: Decimal,
        /// Always inspected; nobody deselects it.
        is_mandatory: bool,
    }
    check base_is_a_share
}

fn base_is_a_share(row: &SelectionFactor, line: &mut Line<'_>) {
    if row.base > Decimal::ONE {
        line.flaw("base", "value-malformed", Form::new("0至1", "from 0 to 1"));
    }
}

sheet! {
    /// Credit classes of enterprises (信用等级) and how often each is inspected (domain R3, 4.6).
    CreditClass "credit_classes" key [code] {
        /// AA, A, B, C or D.
        code: Token,
        /// Factor on the base rate; empty where every batch is inspected.
        factor: Option<Decimal>,
        /// Every batch is inspected.
        is_mandatory: bool,
        /// Least score of the class, out of 100.
        min_score: Option<u16>,
    }
    check a_class_has_a_factor_or_is_mandatory
}

fn a_class_has_a_factor_or_is_mandatory(row: &CreditClass, line: &mut Line<'_>) {
    if row.is_mandatory == row.factor.is_some() {
        let form = Form::new(
            "每批必检的等级留空,其他等级必填",
            "empty where every batch is inspected, else required",
        );
        line.flaw("factor", "value-malformed", form);
    }
}

sheet! {
    /// Factors on the base rate by packaging (domain R3).
    PackagingFactor "packaging_factors" key [code] {
        /// How the goods are packed.
        code: Packaging,
        /// Factor on the base rate.
        factor: Decimal,
        /// ISO alpha-2 codes of the countries it is for; empty: all.
        countries: Words,
    }
}

sheet! {
    /// Alerts (警示通报) on goods of a country. Level 1 is the worst (domain R14).
    Alert "alerts" key [code] {
        /// Number of the notice.
        code: Token,
        /// ISO alpha-2: origin or dispatch.
        country: Letters<2>,
        /// First digits of the HS code; `*` for all goods.
        hs_prefix: HsPrefix,
        /// 1 refuse; 2 inspect always, at one place; 3, 4 inspect more often.
        level: u16,
        /// Chinese title.
        name_zh: String,
        /// English title.
        name_en: String,
    }
    check level_is_one_to_four
}

fn level_is_one_to_four(row: &Alert, line: &mut Line<'_>) {
    if !(1..=4).contains(&row.level) {
        line.flaw("level", "value-malformed", Form::new("1至4", "from 1 to 4"));
    }
}

/// How often goods of one HS code are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    pub factor: Decimal,
    pub mandatory: bool,
    pub group: GoodsGroup,
}

impl Books {
    /// The base rate of an HS code; of all prefixes that fit the longest wins. Goods that no row covers are
    /// always drawn: a gap in the table must not let anything through.
    #[must_use]
    pub fn selection_base(&self, hs: &str, on: NaiveDate) -> Base {
        let row = prefixes(hs).find_map(|prefix| self.tables.selection_factors.on(prefix, on));
        match row {
            Some(row) => Base { factor: row.base, mandatory: row.is_mandatory, group: row.group },
            None => Base { factor: Decimal::ONE, mandatory: false, group: GoodsGroup::Other },
        }
    }

    #[must_use]
    pub fn credit_class(&self, code: &str, on: NaiveDate) -> Option<&CreditClass> {
        self.tables.credit_classes.on(code, on)
    }

    /// The factor of a credit class. `None`: every batch is inspected (class D, or a class nobody knows).
    #[must_use]
    pub fn credit_factor(&self, class: &str, on: NaiveDate) -> Option<Decimal> {
        self.credit_class(class, on)?.factor
    }

    /// The factor of a kind of packaging; one where no row says otherwise.
    #[must_use]
    pub fn packaging_factor(&self, packaging: Packaging, on: NaiveDate) -> Decimal {
        let row = self.tables.packaging_factors.on(packaging.name(), on);
        row.map_or(Decimal::ONE, |row| row.factor)
    }

    /// Do pine pests live there? Coniferous packaging from such a country is drawn more often (domain R3).
    #[must_use]
    pub fn is_conifer_country(&self, country: &str, on: NaiveDate) -> bool {
        let row = self.tables.packaging_factors.on(Packaging::WoodConiferous.name(), on);
        row.is_some_and(|row| row.countries.0.iter().any(|listed| listed == country))
    }

    /// The factor on goods under an alert of level 3 or 4.
    #[must_use]
    pub fn origin_alert_factor(&self, on: NaiveDate) -> Decimal {
        self.number("selection.origin_alert_factor", on)
    }

    /// Is there an alert of that number in force?
    #[must_use]
    pub fn has_alert(&self, code: &str, on: NaiveDate) -> bool {
        self.tables.alerts.on(code, on).is_some()
    }

    /// The alerts on goods of an HS code from a country, the worst first.
    #[must_use]
    pub fn alerts(&self, country: &str, hs: &str, on: NaiveDate) -> Vec<&Alert> {
        let keys = self.alerts_by_country.get(country).map(Vec::as_slice).unwrap_or_default();
        let mut alerts: Vec<&Alert> =
            keys.iter().filter_map(|key| self.tables.alerts.on(key, on)).collect();
        alerts.retain(|alert| {
            &*alert.country == country
                && (&*alert.hs_prefix == "*" || hs.starts_with(&*alert.hs_prefix))
        });
        alerts.sort_by(|a, b| (a.level, &*a.code).cmp(&(b.level, &*b.code)));
        alerts
    }
}

/// The prefixes of an HS code, the longest first, then `*`.
fn prefixes(hs: &str) -> impl Iterator<Item = &str> {
    (1..=hs.len()).rev().filter_map(|length| hs.get(..length)).chain(std::iter::once("*"))
}
