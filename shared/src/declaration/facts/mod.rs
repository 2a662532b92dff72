//! What follows from a declaration before anybody decides anything: plain data for the fee, the draw, the handoff
//! and the clearance form. Complete once the review finds no error; until then as far as it goes.
mod clearance;
mod drawing;
mod wood;

pub use clearance::{Terms, Validity};
pub use drawing::{Cause, Drawing, Mandate, Weight};
pub(super) use wood::{STATEMENTS as WOOD_STATEMENTS, Wood};

use rust_decimal::Decimal;

use super::{
    Direction, Kind,
    do_key::do_key,
    rules::{Case, Line},
};
use crate::{
    identity::CreditClass,
    kernel::money::round_half_up,
    reference::{DistrictCode, InspectedAt, OfficeCode, PortCode},
};

/// The facts of one version, by the tables of its day of declaration.
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub direction: Direction,
    /// Declaration class (报检类别).
    pub decl_code: String,
    /// Inbound without a line under supervision: outside the catalogue (domain R1).
    pub kind: Kind,
    pub decl_org: String,
    pub release_org: String,
    /// Assigned by port or destination (domain R8); `None` where no office inspects.
    pub insp_org: Option<String>,
    /// Within it a D/O is declared once (domain R2).
    pub direct_bureau: String,
    pub do_key: Option<String>,
    /// Declared or released away from the inspecting office (通报通放); inbound only. Such a batch saves the
    /// enterprise `anywhere.saved_cny` and `anywhere.saved_minutes`.
    pub anywhere: bool,
    /// The domestic party, on whom eligibility rests: consignee inbound, consignor outbound.
    pub domestic_code: Option<String>,
    /// The lowest class among declaring unit, domestic party and producers (domain R14, invariant 23).
    pub credit_class: CreditClass,
    /// In yuan, the sum of the lines; `None` where a value cannot be converted (domain R5).
    pub total_val_cn: Option<Decimal>,
    pub lines: Vec<LineFacts>,
    /// Exactly one makes all lines one batch of the fee (domain R4).
    pub containers: usize,
    pub is_type_approved: bool,
    pub drawing: Drawing,
    /// A clearance form may be issued before the inspection result (domain R11).
    pub may_clear_before_result: bool,
    /// Live, fresh or chilled goods: at a port every batch is seen (domain 4.4).
    pub is_perishable: bool,
    /// How long a clearance form will be valid (domain R11).
    pub validity: Validity,
    /// The worst alert on any line: 1 is to be refused (domain R14).
    pub worst_alert: Option<u16>,
}

/// One goods line, as fee, draw and clearance form see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFacts {
    /// Its number; its place while it has none.
    pub goods_no: i32,
    pub hs_code: String,
    /// Chinese name, English while there is none; trimmed.
    pub name: String,
    /// Country of origin, ISO alpha-2.
    pub origin: String,
    pub purpose: String,
    /// Inspection categories of the declaration's direction (domain R4).
    pub categories: String,
    /// Customs want a clearance form for it.
    pub is_supervised: bool,
    /// Value in yuan, rounded to fen (domain R5).
    pub value_cn: Option<Decimal>,
}

impl Facts {
    /// Derives them; what the content does not tell stays open.
    #[must_use]
    pub(super) fn of(case: &Case<'_>) -> Self {
        let content = case.content;
        let local_org = inspecting_office(case);
        let insp_org = case.taker().map(ToString::to_string).or_else(|| local_org.clone());
        let (decl_org, release_org) = (content.declaring_office(), content.release_office());
        let lines: Vec<LineFacts> = case.lines().map(|line| line_facts(case, &line)).collect();
        let worst_alert = case.alerts().map(|(_, alert)| alert.level).min();
        let terms = Terms::of_case(case);
        Self {
            direction: case.direction,
            decl_code: content.class().to_owned(),
            kind: case.kind,
            anywhere: case.is_inbound()
                && local_org.as_deref().is_none_or(|office| [decl_org, release_org] != [office; 2]),
            decl_org: decl_org.to_owned(),
            release_org: release_org.to_owned(),
            direct_bureau: direct_bureau(case),
            do_key: do_key(content).filter(|_| case.is_inbound()),
            domestic_code: case.domestic_party().and_then(|party| party.code.clone()),
            credit_class: case.parties.lowest_class(),
            total_val_cn: lines.iter().map(|line| line.value_cn).sum(),
            containers: content.containers.len(),
            is_type_approved: content.type_approved == Some(true),
            drawing: Drawing::of(case, worst_alert),
            may_clear_before_result: terms.may_precede_result,
            is_perishable: clearance::is_perishable(case),
            validity: terms.validity,
            insp_org,
            lines,
            worst_alert,
        }
    }
}

fn line_facts(case: &Case<'_>, line: &Line<'_>) -> LineFacts {
    let goods = line.goods;
    let text = |given: &Option<String>| given.clone().unwrap_or_default();
    LineFacts {
        goods_no: line.number(),
        hs_code: text(&goods.hs_code),
        name: text(if goods.cname.is_some() { &goods.cname } else { &goods.ename }),
        origin: text(&goods.ori_ctry_code),
        purpose: text(&goods.purpose),
        categories: line.categories(case.direction).iter().collect(),
        is_supervised: line.is_supervised(case.direction),
        value_cn: value_cn(case, line),
    }
}

/// `round_half_up(value x rate, 2)`; no rate of the last days, no value (domain R5).
fn value_cn(case: &Case<'_>, line: &Line<'_>) -> Option<Decimal> {
    let value = line.goods.goods_total_val.as_ref()?.value()?;
    let rate = case.books.rate(line.goods.currency.as_deref()?, case.on)?;
    Some(round_half_up(value.checked_mul(rate)?, 2))
}

/// The office of this bureau: by port, destination or the declaring office, as the class says (domain R8). Goods that
/// flow out of the bureau are seen by the office of their port, unless the other bureau takes them over.
fn inspecting_office(case: &Case<'_>) -> Option<String> {
    let content = case.content;
    let class = case.books.declaration_class(content.class(), case.on)?;
    let port = || {
        let port = PortCode::parse(content.enty_port_code.as_deref()?)?;
        case.books.inspection_office_for_port(&port, case.on)
    };
    let destination = || {
        let district = DistrictCode::parse(content.dest_code.as_deref()?)?;
        case.books.inspection_office_for_district(&district, case.on)
    };
    let office = match class.inspected_at {
        InspectedAt::DeclaringOffice => return Some(content.declaring_office().to_owned()),
        InspectedAt::Port => port(),
        InspectedAt::Destination if case.flows_outside() => port(),
        InspectedAt::Destination => destination(),
    };
    office.map(|office: &OfficeCode| office.to_string())
}

/// The declaring office's direct bureau; by its first two digits while no table knows it.
fn direct_bureau(case: &Case<'_>) -> String {
    let office = case.content.declaring_office();
    case.books.office(office, case.on).map_or_else(
        || format!("{}0000", office.get(..2).unwrap_or_default()),
        |office| office.direct_bureau.to_string(),
    )
}
