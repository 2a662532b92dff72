//! Goods lines: numbers, HS codes, names, amounts, and words that an officer must see.
use std::collections::HashSet;

use super::{
    Case, Line, Notice,
    catalogue::{
        CODE_NOT_IN_LIST, HS_CODE_MALFORMED, HS_CODE_UNKNOWN, KEYWORD_DOUBTFUL, LINE_REPEATED,
        MANDATORY_FIELD, UNIT_MISSING,
    },
    shown,
};
use crate::declaration::content::{At, Content, Field, Figure, Goods};

/// Words in name or specification that lead to an officer (domain R14).
const DOUBTFUL: [&str; 12] = [
    "二手",
    "翻新",
    "废",
    "边角料",
    "下脚料",
    "危险",
    "易燃",
    "易爆",
    "腐蚀",
    "剧毒",
    "放射",
    "旧",
];

pub(super) fn check(case: &Case<'_>, notice: &mut Notice) {
    let list = At::ROOT.name(Content::goods.name);
    let mut numbers = HashSet::with_capacity(case.content.goods.len());
    for line in case.lines() {
        let at = list.index(line.index);
        if let Some(number) = line.goods.goods_no.filter(|number| !numbers.insert(*number)) {
            notice.note(
                &LINE_REPEATED,
                &at.name(Goods::goods_no.name),
                format!("货物序号{number}已用于前面的货物"),
                format!("an earlier line has number {number} already"),
            );
        }
        hs_code(case, &line, &at, notice);
        name(line.goods, &at, notice);
        amount(line.goods, &at, notice);
        particulars(case, &line, &at, notice);
    }
}

fn hs_code(case: &Case<'_>, line: &Line<'_>, at: &At<'_>, notice: &mut Notice) {
    let Some(hs) = line.goods.hs_code.as_deref() else { return };
    let place = at.name(Goods::hs_code.name);
    if hs.len() != 10 || !hs.bytes().all(|byte| byte.is_ascii_digit()) {
        return notice.note(
            &HS_CODE_MALFORMED,
            &place,
            format!("HS 编码应为10位数字，现为“{}”", shown(hs)),
            format!("an HS code is ten digits, not \"{}\"", shown(hs)),
        );
    }
    if line.item.is_some() {
        return;
    }
    if !case.books.hs_is_known(hs, case.on) {
        return notice.note(
            &HS_CODE_UNKNOWN,
            &place,
            format!("已载入的税则没有{hs}，按目录外货物处理"),
            format!("no loaded table knows {hs}: it counts as outside the catalogue"),
        );
    }
    // The code is known, but divided further: without its part nobody can tell the categories.
    let place = at.name(Goods::ciq_code.name);
    match line.goods.ciq_code.as_deref() {
        None => must_be_given(&Goods::ciq_code, &place, notice),
        Some(ciq) => notice.note(
            &CODE_NOT_IN_LIST,
            &place,
            format!("{hs}之下没有CIQ编码“{}”", shown(ciq)),
            format!("{hs} has no CIQ code \"{}\"", shown(ciq)),
        ),
    }
}

/// A name in one language is enough; certain words need an officer.
fn name(goods: &Goods, at: &At<'_>, notice: &mut Notice) {
    if goods.cname.is_none() && goods.ename.is_none() {
        notice.note(
            &MANDATORY_FIELD,
            &at.name(Goods::cname.name),
            "“货物名称”中文或外文至少填一项",
            "a name is mandatory: cname or ename",
        );
    }
    let texts =
        [(&Goods::cname, &goods.cname), (&Goods::ename, &goods.ename), (&Goods::spec, &goods.spec)];
    for (field, text) in texts {
        let Some(text) = text else { continue };
        let found: Vec<&str> =
            DOUBTFUL.into_iter().filter(|word| !text.is_ascii() && text.contains(word)).collect();
        if !found.is_empty() {
            let words = found.join("、");
            notice.note(
                &KEYWORD_DOUBTFUL,
                &at.name(field.name),
                format!("含“{words}”字样，须人工审核"),
                format!("the words {words} need an officer's eye"),
            );
        }
    }
}

/// Quantity or weight, and the unit of whichever is given.
fn amount(goods: &Goods, at: &At<'_>, notice: &mut Notice) {
    if goods.qty.is_none() && goods.weight.is_none() {
        notice.note(
            &MANDATORY_FIELD,
            &at.name(Goods::qty.name),
            "数量或重量至少填一项",
            "an amount is mandatory: qty or weight",
        );
    }
    let pairs: [(&Option<Figure>, &Field, &Option<String>); 4] = [
        (&goods.qty, &Goods::qty_meas_unit, &goods.qty_meas_unit),
        (&goods.weight, &Goods::wt_meas_unit, &goods.wt_meas_unit),
        (&goods.std_qty, &Goods::std_qty_unit_code, &goods.std_qty_unit_code),
        (&goods.std_weight, &Goods::std_weight_unit_code, &goods.std_weight_unit_code),
    ];
    // The line is measured once one measure is whole; what lacks a unit beside it is only told.
    let is_measured = pairs[..2].iter().any(|(number, _, unit)| number.is_some() && unit.is_some());
    for (number, field, unit) in pairs {
        if number.is_none() || unit.is_some() {
            continue;
        }
        let at = at.name(field.name);
        if is_measured {
            let (zh, en) = (
                format!("缺“{}”，该数值不予采用", field.zh),
                format!("{} is missing: that amount is left aside", field.name),
            );
            notice.note(&UNIT_MISSING, &at, zh, en);
        } else {
            must_be_given(field, &at, notice);
        }
    }
}

/// What food and dangerous goods must tell besides (domain 2.3).
fn particulars(case: &Case<'_>, line: &Line<'_>, at: &At<'_>, notice: &mut Notice) {
    let goods = line.goods;
    let mut must = |is_given: bool, field: &Field| {
        if !is_given {
            must_be_given(field, &at.name(field.name), notice);
        }
    };
    if is_food(case, line) {
        must(goods.produce_date.is_some(), &Goods::produce_date);
        must(goods.prod_batch_no.is_some(), &Goods::prod_batch_no);
        must(goods.prod_valid_dt.is_some() || goods.prod_qgp.is_some(), &Goods::prod_valid_dt);
    }
    if line.is_dangerous() {
        must(goods.un_code.is_some(), &Goods::un_code);
    }
}

/// Edible goods under food hygiene inspection (categories R, S).
fn is_food(case: &Case<'_>, line: &Line<'_>) -> bool {
    let is_edible = line.hs().get(..2).is_some_and(|chapter| ("02"..="22").contains(&chapter));
    is_edible && line.categories(case.direction).iter().any(|letter| matches!(letter, 'R' | 'S'))
}

pub(super) fn must_be_given(field: &Field, at: &At<'_>, notice: &mut Notice) {
    notice.note(
        &MANDATORY_FIELD,
        at,
        format!("“{}”此处必填", field.zh),
        format!("{} is mandatory here", field.name),
    );
}
