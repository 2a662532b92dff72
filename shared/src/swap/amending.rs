//! What a port may change about goods that were inspected elsewhere, and what only with the origin's agreement (domain
//! 4.4 rule 3, R13, R15). Pure: it compares three documents.
use rust_decimal::Decimal;
use serde_json::Value;

use super::Change;
use crate::{
    declaration::amending::{decimal, differences, is_same_heading, is_within_tenth},
    kernel::Violations,
};

/// What becomes of a wish to amend a claimed transfer.
#[derive(Debug, Default)]
pub struct Weighed {
    /// What nobody can agree to: all of it.
    pub objections: Violations,
    /// What would be different from what is declared now.
    pub changes: Vec<Change>,
    /// The port may not make it alone.
    pub needs_origin: bool,
}

/// Who has to agree to one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Consent {
    Port,
    Origin,
    /// Nobody can: Chinese and English say why.
    Never(&'static str, &'static str),
}

const SAME_CASE: Consent = Consent::Never("此项不得更改", "this is what makes it this declaration");
const OTHER_GOODS: Consent = Consent::Never(
    "仅可改为同一四位税目且检验检疫类别相同的商品",
    "another commodity was not inspected: the goods go back to the origin",
);
const ABOVE_TRANSFERRED: Consent =
    Consent::Never("数重量不得超过转单数量", "more than was transferred is never cleared");
const OTHER_LINES: Consent = Consent::Never(
    "货物项数不得更改,可减少该项数重量",
    "lines are neither added nor taken away: lessen their quantities",
);

/// Weighs a wish: `transferred` is what the origin inspected, `before` what is declared at the port now, `after` what
/// shall be. `same_categories` tells whether two HS codes fall under the same inspection.
#[must_use]
pub fn weigh(
    transferred: &Value,
    before: &Value,
    after: &Value,
    same_categories: impl Fn(&str, &str) -> bool,
) -> Weighed {
    let mut weighed = Weighed::default();
    let mut pointers = Vec::new();
    differences(String::new(), before, after, &mut pointers);
    for pointer in pointers {
        let of = |document: &Value| document.pointer(&pointer).cloned().unwrap_or_default();
        let (first, old, new) = (of(transferred), of(before), of(after));
        match consent(&pointer, &first, &old, &new, &same_categories) {
            Consent::Port => {}
            Consent::Origin => weighed.needs_origin = true,
            Consent::Never(zh, en) => {
                weighed.objections.error(pointer.clone(), "not-amendable", zh, en);
            }
        }
        weighed.changes.push(Change { pointer, transferred: first, wanted: new });
    }
    weighed
}

fn consent(
    pointer: &str,
    first: &Value,
    old: &Value,
    new: &Value,
    same_categories: &impl Fn(&str, &str) -> bool,
) -> Consent {
    let mut names = pointer.split('/').skip(1);
    let head = names.next().unwrap_or_default();
    let member = names.nth(1).unwrap_or_default();
    match (head, member) {
        (
            "ent_decl_no"
            | "decl_reg_no"
            | "apl_kind"
            | "decl_code"
            | "decl_org"
            | "release_org"
            | "decl_date"
            | "correlation_decl_no",
            _,
        ) => SAME_CASE,
        // What rule 3 gives the port, and what R13 leaves free at any time.
        (
            "convynce_name" | "trans_mean_no" | "imo_no" | "desp_date" | "bill_lad_no"
            | "split_bill_lad_no" | "containers" | "contactperson" | "cont_tel" | "goods_place",
            _,
        )
        | ("goods", "container_nos") => Consent::Port,
        ("goods", "") => OTHER_LINES,
        ("goods", "hs_code")
            if !is_same_heading(pointer, Some(old), Some(new), same_categories) =>
        {
            OTHER_GOODS
        }
        ("goods", "qty" | "weight" | "std_qty" | "std_weight") => lessened(first, old, new),
        (
            "goods",
            "qty_meas_unit" | "wt_meas_unit" | "std_qty_unit_code" | "std_weight_unit_code",
        ) => ABOVE_TRANSFERRED,
        ("goods", "goods_total_val" | "price_per_unit" | "total_val_us" | "total_val_cn")
        | ("total_val_us" | "total_val_cn", _)
            if is_within_tenth(Some(first), Some(new)) =>
        {
            Consent::Port
        }
        _ => Consent::Origin,
    }
}

/// The port may lessen; what it lessened by mistake comes back with the origin's agreement, up to what was transferred.
fn lessened(first: &Value, old: &Value, new: &Value) -> Consent {
    let (Some(limit), Some(new)) = (decimal(Some(first)), decimal(Some(new))) else {
        return ABOVE_TRANSFERRED;
    };
    if new <= Decimal::ZERO || new > limit {
        return ABOVE_TRANSFERRED;
    }
    if decimal(Some(old)).is_some_and(|old| new <= old) { Consent::Port } else { Consent::Origin }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn down() -> Value {
        json!({
            "ent_decl_no": "A", "convynce_name": "ORIENTAL PEARL", "trans_mean_no": "0514E", "mark_no": "N/M",
            "desp_date": "2014-07-16", "desp_ctry_code": "JP",
            "containers": [{ "cntnr_mode_code": "111", "cont_no": "OOLU8860217" }],
            "goods": [{ "hs_code": "0505100090", "qty": "170", "qty_meas_unit": "011", "weight": "8500",
                "currency": "USD", "goods_total_val": "361250.00" }],
        })
    }

    /// `None`: refused. `Some(true)`: the origin must agree.
    fn weighed(change: impl Fn(&mut Value)) -> Option<bool> {
        let mut after = down();
        change(&mut after);
        let weighed = weigh(&down(), &down(), &after, |_, _| true);
        weighed.objections.is_empty().then_some(weighed.needs_origin)
    }

    #[test]
    fn the_port_changes_what_rule_three_gives_it() {
        let alone: [fn(&mut Value); 6] = [
            |after| after["convynce_name"] = json!("EASTERN STAR"),
            |after| after["trans_mean_no"] = json!("0720E"),
            |after| after["desp_date"] = json!("2014-07-19"),
            |after| after["containers"][0]["cont_no"] = json!("CSQU3054383"),
            |after| after["goods"][0]["weight"] = json!("8450"),
            |after| after["goods"][0]["goods_total_val"] = json!("325125.00"),
        ];
        for change in alone {
            assert_eq!(weighed(change), Some(false));
        }
    }

    #[test]
    fn everything_else_goes_to_the_origin() {
        let both: [fn(&mut Value); 4] = [
            |after| after["goods"][0]["goods_total_val"] = json!("317900.00"),
            |after| after["goods"][0]["currency"] = json!("EUR"),
            |after| after["mark_no"] = json!("XS/OSAKA"),
            |after| after["desp_ctry_code"] = json!("KR"),
        ];
        for change in both {
            assert_eq!(weighed(change), Some(true));
        }
    }

    #[test]
    fn some_things_nobody_can_agree_to() {
        let never: [fn(&mut Value); 6] = [
            |after| after["ent_decl_no"] = json!("B"),
            |after| after["goods"][0]["weight"] = json!("8500.01"),
            |after| after["goods"][0]["weight"] = json!("0"),
            |after| after["goods"][0]["qty_meas_unit"] = json!("035"),
            |after| after["goods"][0]["hs_code"] = json!("0207141100"),
            |after| after["goods"] = json!([{}, {}]),
        ];
        for change in never {
            assert_eq!(weighed(change), None);
        }
    }

    #[test]
    fn ten_per_cent_counts_from_what_was_transferred() {
        let mut before = down();
        before["goods"][0]["goods_total_val"] = json!("325125.00");
        let mut after = before.clone();
        after["goods"][0]["goods_total_val"] = json!("325124.99");
        assert!(weigh(&down(), &before, &after, |_, _| true).needs_origin);
        after["goods"][0]["goods_total_val"] = json!("397375.00");
        assert!(!weigh(&down(), &before, &after, |_, _| true).needs_origin);
    }

    #[test]
    fn what_was_lessened_by_mistake_comes_back_with_the_origins_agreement() {
        let mut before = down();
        before["goods"][0]["qty"] = json!("160");
        let after = down();
        let weighed = weigh(&down(), &before, &after, |_, _| true);
        assert!(weighed.objections.is_empty() && weighed.needs_origin);
    }

    proptest! {
        /// Invariant 7: whoever agrees, no line ever exceeds what was transferred.
        #[test]
        fn no_quantity_is_ever_raised_above_what_was_transferred(
            now in 1_i64..=8500, wanted in 1_i64..20_000, member in prop::sample::select(vec!["qty", "weight"]),
        ) {
            let limit = if member == "qty" { 170 } else { 8500 };
            let mut before = down();
            before["goods"][0][member] = json!(now.min(limit).to_string());
            let mut after = before.clone();
            after["goods"][0][member] = json!(wanted.to_string());
            let weighed = weigh(&down(), &before, &after, |_, _| true);
            prop_assert_eq!(weighed.objections.is_empty(), wanted <= limit);
        }
    }
}
