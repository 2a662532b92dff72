//! Wood packaging (domain R3, 4.8): a mark, a treatment and a statement, and no contradictions.
use super::{
    Case, Notice,
    catalogue::{WOOD_CONTRADICTION, WOOD_STATEMENT_MISSING},
};
use crate::declaration::{
    check_digit::ippc_treatment,
    content::{At, Content, WoodPackaging},
    facts::Wood,
};

pub(super) fn check(case: &Case<'_>, notice: &mut Notice) {
    let wood = Wood::of(case);
    let place = At::ROOT.name(Content::wood_packaging.name);
    if case.is_inbound() && wood.is_suspect() {
        lacking(wood, &place, notice);
    }
    let Some(block) = &case.content.wood_packaging else { return };
    for (field, zh, en) in contradictions(block, wood) {
        notice.note(&WOOD_CONTRADICTION, &place.name(field), zh, en);
    }
}

fn lacking(wood: Wood, at: &At<'_>, notice: &mut Notice) {
    if !wood.is_treated {
        notice.note(
            &WOOD_STATEMENT_MISSING,
            &at.name(WoodPackaging::ippc_mark.name),
            "木质包装缺有效的IPPC标识及其除害处理（HT或MB），须人工审核并查验",
            "wood packaging without a valid IPPC mark and its treatment (HT or MB) is reviewed and inspected",
        );
    }
    if !wood.has_statement {
        notice.note(
            &WOOD_STATEMENT_MISSING,
            &at.name(WoodPackaging::statement.name),
            "木质包装缺声明（101024至101026），须人工审核并查验",
            "wood packaging without a statement (101024 to 101026) is reviewed and inspected",
        );
    }
}

type Contradiction = (&'static str, &'static str, &'static str);

fn contradictions(block: &WoodPackaging, wood: Wood) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let marked = block.ippc_mark.as_deref().and_then(ippc_treatment);
    let treatment = block.treatment.as_deref();
    if block.has_wood == Some(false) && wood.is_packed_in {
        found.push((
            WoodPackaging::has_wood.name,
            "申报无木质包装，但货物包装种类为天然木",
            "no wood is declared, but a package is of natural wood",
        ));
    }
    if wood.is_there() && block.statement.as_deref() == Some("101025") {
        found.push((
            WoodPackaging::statement.name,
            "有木质包装，却声明无木质包装（101025）",
            "there is wood packaging, but the statement says there is none (101025)",
        ));
    }
    if block.is_coniferous == Some(true) && block.statement.as_deref() == Some("101024") {
        found.push((
            WoodPackaging::statement.name,
            "申报为针叶木，却声明为非针叶木（101024）",
            "the wood is declared coniferous, but the statement says it is not (101024)",
        ));
    }
    if marked.is_some() && treatment.is_some() && marked != treatment {
        found.push((
            WoodPackaging::treatment.name,
            "除害处理方式与IPPC标识不一致",
            "the treatment is not the one of the IPPC mark",
        ));
    }
    found
}
