//! Offices: which inspects, and whether the enterprise may choose others (通报通放; domain R8, R14, 4.1).
use super::{
    Case, Line, Notice,
    catalogue::{
        DESTINATION_OUTSIDE_BUREAU, GOODS_EXCLUDED_FROM_ANYWHERE, NO_INSPECTION_OFFICE,
        NOT_ELIGIBLE_ANYWHERE, OFFICE_NOT_PARTICIPATING,
    },
};
use crate::{
    declaration::{
        content::{At, Content, Field, Goods},
        facts::Facts,
    },
    identity::PartyFacts,
};

/// Live animals and waste raw material stay with the office that inspects them (domain 4.1 rule 4).
const EXCLUDED: [&str; 12] =
    ["01", "0301", "2618", "2619", "2620", "3915", "4707", "6309", "6310", "7204", "7404", "7602"];
/// The attribute of waste (废品).
const WASTE: &str = "20";

pub(super) fn check(case: &Case<'_>, facts: &Facts, notice: &mut Notice) {
    if case.flows_outside() && case.taker().is_none() {
        notice.note(
            &DESTINATION_OUTSIDE_BUREAU,
            &At::ROOT.name(Content::dest_code.name),
            "流向货物的目的地不在本直属局辖区",
            "the goods flow to a destination of another direct bureau",
        );
    }
    if facts.insp_org.is_none() {
        no_office(case, notice);
    } else if facts.anywhere {
        anywhere(case, facts, notice);
    }
}

/// That the place itself is missing is told elsewhere.
fn no_office(case: &Case<'_>, notice: &mut Notice) {
    let content = case.content;
    let (field, place) = match content.class() {
        "14" if !case.flows_outside() => (&Content::dest_code, &content.dest_code),
        _ => (&Content::enty_port_code, &content.enty_port_code),
    };
    let is_class = case.books.declaration_class(content.class(), case.on).is_some();
    if let Some(place) = place.as_deref().filter(|_| is_class) {
        notice.note(
            &NO_INSPECTION_OFFICE,
            &At::ROOT.name(field.name),
            format!("“{}”{}没有对应的施检机构", field.zh, super::shown(place)),
            format!("no office inspects at {} {}", field.name, super::shown(place)),
        );
    }
}

fn anywhere(case: &Case<'_>, facts: &Facts, notice: &mut Notice) {
    must_participate(case, &Content::decl_org, &facts.decl_org, notice);
    must_participate(case, &Content::release_org, &facts.release_org, notice);
    must_be_eligible(case, notice);
    for line in case.lines() {
        if let Some(reason) = exclusion(case, &line) {
            let list = At::ROOT.name(Content::goods.name);
            notice.note(
                &GOODS_EXCLUDED_FROM_ANYWHERE,
                &list.index(line.index).name(Goods::hs_code.name),
                format!("{}不适用通报通放，应在施检机构报检并放行", reason.0),
                format!("{} must be declared and released at the inspecting office", reason.1),
            );
        }
    }
}

fn must_participate(case: &Case<'_>, field: &Field, office: &str, notice: &mut Notice) {
    let on = case.on;
    // That the office is unknown is told elsewhere.
    if case.books.office(office, on).is_some_and(|known| !known.participating) {
        notice.note(
            &OFFICE_NOT_PARTICIPATING,
            &At::ROOT.name(field.name),
            format!("{office}在{on}未参加通报通放"),
            format!("{office} does not take part in declare-anywhere on {on}"),
        );
    }
}

/// Tested on the consignee; an agent must be at least class B (domain R14).
fn must_be_eligible(case: &Case<'_>, notice: &mut Notice) {
    let parties = case.parties;
    if !parties.domestic.as_ref().is_some_and(PartyFacts::may_declare_anywhere) {
        notice.note(
            &NOT_ELIGIBLE_ANYWHERE,
            &At::ROOT.name(Content::consignee.name),
            "收货人不具备通报通放资格",
            "the consignee may not declare anywhere",
        );
    }
    if parties.declaring_unit.as_ref().is_some_and(|unit| !unit.credit_class.is_at_least_b()) {
        notice.note(
            &NOT_ELIGIBLE_ANYWHERE,
            &At::ROOT.name(Content::decl_reg_no.name),
            "通报通放的报检单位信用等级应不低于B",
            "a declaring unit must be of class B at least to declare anywhere",
        );
    }
}

fn exclusion(case: &Case<'_>, line: &Line<'_>) -> Option<(&'static str, &'static str)> {
    let is_excluded = EXCLUDED.iter().any(|prefix| line.hs().starts_with(prefix))
        || line.goods.goods_attr.iter().any(|attribute| attribute == WASTE);
    let is_alerted =
        || case.alerts().any(|(other, alert)| other.index == line.index && alert.level <= 2);
    if is_excluded {
        Some(("活动物和废物原料", "live animals and waste raw material"))
    } else if is_alerted() {
        Some(("一、二级警示货物", "goods under an alert of level 1 or 2"))
    } else {
        None
    }
}
