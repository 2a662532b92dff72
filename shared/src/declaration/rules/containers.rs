//! Containers (domain R1, R14, 2.1).
use std::collections::HashSet;

use super::{
    Case, Notice,
    catalogue::{CONTAINER_CHECK_DIGIT, CONTAINER_NOT_LISTED},
    goods::must_be_given,
    shown,
};
use crate::declaration::{
    content::{At, Container, Content, Goods},
    iso6346,
};

/// Sea transport (水路运输).
const BY_SEA: &str = "1";
/// Packages of goods that no container holds: in bulk, unpacked.
const WITHOUT_CONTAINER: [&str; 2] = ["9993", "9994"];

pub(super) fn check(case: &Case<'_>, notice: &mut Notice) {
    let content = case.content;
    let list = At::ROOT.name(Content::containers.name);
    if content.containers.is_empty() && wants_containers(case) {
        must_be_given(&Content::containers, &list, notice);
    }
    for (index, container) in content.containers.iter().enumerate() {
        let Some(number) = container.cont_no.as_deref() else { continue };
        if !iso6346::is_valid(number) {
            notice.note(
                &CONTAINER_CHECK_DIGIT,
                &list.index(index).name(Container::cont_no.name),
                format!("集装箱号“{}”不符合 ISO 6346", shown(number)),
                format!("\"{}\" is no container number of ISO 6346", shown(number)),
            );
        }
    }
    lines_lie_in_listed_ones(case, notice);
}

/// Outside the catalogue it is containers and packaging that are quarantined (domain R1, 4.8); cargo that comes
/// by sea has them unless it is in bulk.
fn wants_containers(case: &Case<'_>) -> bool {
    let is_without = |goods: &Goods| {
        let codes = goods.packages.iter().filter_map(|package| package.pack_code.as_deref());
        !goods.packages.is_empty() && codes.clone().all(|code| WITHOUT_CONTAINER.contains(&code))
    };
    case.is_inbound()
        && !case.is_of_catalogue()
        && case.content.trans_mode_code.as_deref() == Some(BY_SEA)
        && !case.lines().all(|line| is_without(line.goods))
}

fn lines_lie_in_listed_ones(case: &Case<'_>, notice: &mut Notice) {
    let listed: HashSet<&str> = case
        .content
        .containers
        .iter()
        .filter_map(|container| container.cont_no.as_deref())
        .collect();
    let goods = At::ROOT.name(Content::goods.name);
    for line in case.lines() {
        let at = goods.index(line.index);
        let list = at.name(Goods::container_nos.name);
        for (index, number) in line.goods.container_nos.iter().enumerate() {
            if !listed.contains(number.as_str()) {
                notice.note(
                    &CONTAINER_NOT_LISTED,
                    &list.index(index),
                    format!("集装箱“{}”未列入本单", shown(number)),
                    format!("container \"{}\" is not listed in this declaration", shown(number)),
                );
            }
        }
    }
}
