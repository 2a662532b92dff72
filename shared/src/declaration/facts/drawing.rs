//! What the draw is made of (domain R3): the largest base, origin and packaging factor of the lines, and what is
//! always inspected. The credit factor follows from the class; the draw itself is the inspection room's.
use rust_decimal::Decimal;

use super::Wood;
use crate::{
    declaration::rules::{Case, Line},
    identity::CreditClass,
    reference::{Material, Packaging},
};

/// Inputs of the draw, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    pub base: Weight,
    pub origin: Weight,
    pub packaging: Weight,
    /// Set: inspected whatever the draw says, and nobody deselects it.
    pub mandatory: Option<Mandate>,
}

/// A factor, and what it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    pub factor: Decimal,
    /// The line that decided, where a line did.
    pub goods_no: Option<i32>,
    /// Row of the table: goods group, alert, kind of packaging.
    pub code: String,
}

/// Why it is always inspected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    pub cause: Cause,
    pub goods_no: Option<i32>,
    /// HS code, attribute, alert or kind of packaging.
    pub code: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// First row of the factor table, waste or used goods, dangerous goods.
    Goods,
    ClassD,
    /// Level 1 or 2.
    Alert,
    /// Without mark, treatment or statement.
    WoodPackaging,
    /// They leave through the port of another bureau, which relies on what is found here (domain 4.4).
    LeavesElsewhere,
}

/// Attributes that are always inspected: waste, used (domain R3, 2.8).
const INSPECTED_ATTRIBUTES: [&str; 2] = ["20", "21"];
/// An alert of this level or worse is always inspected (domain R14).
const STRICT: u16 = 2;

impl Drawing {
    pub(super) fn of(case: &Case<'_>, worst_alert: Option<u16>) -> Self {
        let wood = Wood::of(case);
        Self {
            base: base(case),
            origin: origin(case),
            packaging: packaging(case, wood),
            mandatory: mandate(case, wood, worst_alert),
        }
    }
}

impl Weight {
    fn new(factor: Decimal, goods_no: Option<i32>, code: impl Into<String>) -> Self {
        Self { factor, goods_no, code: code.into() }
    }
}

fn base(case: &Case<'_>) -> Weight {
    let bases =
        case.lines().map(|line| (line.number(), case.books.selection_base(line.hs(), case.on)));
    // Of equal factors the first line's counts.
    let largest =
        bases.reduce(|most, next| if next.1.factor > most.1.factor { next } else { most });
    match largest {
        Some((number, base)) => Weight::new(base.factor, Some(number), base.group.name()),
        None => Weight::new(Decimal::ONE, None, "NO_LINE"),
    }
}

fn origin(case: &Case<'_>) -> Weight {
    case.alerts().find(|(_, alert)| alert.level > STRICT).map_or_else(
        || Weight::new(Decimal::ONE, None, "NONE"),
        |(line, alert)| {
            let factor = case.books.origin_alert_factor(case.on);
            Weight::new(factor, Some(line.number()), &*alert.code)
        },
    )
}

fn packaging(case: &Case<'_>, wood: Wood) -> Weight {
    let has = |material| case.packages().any(|package| package.material == material);
    let mut kinds = vec![Packaging::None];
    if has(Material::ProcessedWood) {
        kinds.push(Packaging::ProcessedWood);
    }
    if has(Material::StrawBamboo) {
        kinds.push(Packaging::StrawBamboo);
    }
    if wood.is_there() {
        kinds.push(Packaging::WoodTreated);
    }
    if wood.is_pine_of_a_pest_country(case) {
        kinds.push(Packaging::WoodConiferous);
    }
    let weigh = |kind: Packaging| (case.books.packaging_factor(kind, case.on), kind);
    // Of equal factors the last kind, the most particular, gives its name.
    let (factor, kind) = kinds
        .into_iter()
        .map(weigh)
        .reduce(|most, next| if next.0 >= most.0 { next } else { most })
        .unwrap_or((Decimal::ONE, Packaging::None));
    Weight::new(factor, None, kind.name())
}

/// The first cause that holds.
fn mandate(case: &Case<'_>, wood: Wood, worst_alert: Option<u16>) -> Option<Mandate> {
    if let Some((line, code)) =
        case.lines().find_map(|line| Some((line, inspected_for(case, &line)?)))
    {
        return Some(Mandate { cause: Cause::Goods, goods_no: Some(line.number()), code });
    }
    if case.parties.lowest_class() == CreditClass::D {
        return Some(Mandate { cause: Cause::ClassD, goods_no: None, code: "D".into() });
    }
    if worst_alert.is_some_and(|level| level <= STRICT) {
        let (line, alert) = case.alerts().min_by_key(|(_, alert)| alert.level)?;
        let code = alert.code.to_string();
        return Some(Mandate { cause: Cause::Alert, goods_no: Some(line.number()), code });
    }
    if wood.is_suspect() {
        let code = "101024-101026".to_owned();
        return Some(Mandate { cause: Cause::WoodPackaging, goods_no: None, code });
    }
    let port = case.exit_port_elsewhere()?;
    Some(Mandate { cause: Cause::LeavesElsewhere, goods_no: None, code: port.to_owned() })
}

fn inspected_for(case: &Case<'_>, line: &Line<'_>) -> Option<String> {
    if case.books.selection_base(line.hs(), case.on).mandatory {
        return Some(line.hs().to_owned());
    }
    let attribute =
        line.goods.goods_attr.iter().find(|a| INSPECTED_ATTRIBUTES.contains(&a.as_str()));
    attribute.cloned().or_else(|| line.is_dangerous().then(|| "DANGEROUS".to_owned()))
}
