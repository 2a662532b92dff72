//! What may still be changed about an accepted declaration (domain R13), as one table over the places of the form.
//!
//! Pure: it compares two documents and says what stands in the way, everything at once.
use rust_decimal::Decimal;
use serde_json::Value;

use crate::kernel::Violations;

/// How far the case has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Accepted, no inspection result, no live form.
    BeforeResult,
    /// A result was signed; no live form, no certificate.
    AfterResult,
    /// A form is live and customs has not annotated it: amending voids it.
    FormIssued,
}

/// What a place of the form belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    /// Contact, contract, marks, conveyance, voyage, dates, place of storage.
    Particulars,
    /// Bill, house bill, delivery order.
    DeliveryOrder,
    Containers,
    /// HS code, CIQ code, names.
    Commodity,
    Quantity,
    Value,
    /// Packaging, origin, destination, parties and all else that decides how goods are judged.
    Essentials,
    /// What makes it this declaration at this office: never.
    Identity,
}

/// What the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowance {
    Free,
    /// The same heading of four digits and the same inspection categories.
    SameHeading,
    DecreaseOnly,
    /// At most ten per cent either way, counted from the first version.
    TenPerCent,
    Never,
}

/// The table of R13.
const fn allowance(field: Field, stage: Stage) -> Allowance {
    use {Allowance::*, Field::*, Stage::*};
    match (field, stage) {
        (Identity, _)
        | (Containers, AfterResult)
        | (Commodity | Essentials, AfterResult | FormIssued)
        | (DeliveryOrder | Containers | Value, FormIssued) => Never,
        (Commodity, BeforeResult) => SameHeading,
        (Quantity, AfterResult | FormIssued) => DecreaseOnly,
        (Value, AfterResult) => TenPerCent,
        (Particulars | DeliveryOrder | Containers | Quantity | Value | Essentials, _) => Free,
    }
}

fn field_of(pointer: &str) -> Field {
    let mut names = pointer.split('/').skip(1);
    let head = names.next().unwrap_or_default();
    let member = names.nth(1).unwrap_or_default();
    match (head, member) {
        (
            "ent_decl_no" | "decl_reg_no" | "apl_kind" | "decl_code" | "decl_org" | "release_org"
            | "decl_date",
            _,
        ) => Field::Identity,
        ("bill_lad_no" | "split_bill_lad_no" | "delivery_order", _) => Field::DeliveryOrder,
        ("containers", _) | ("goods", "container_nos") => Field::Containers,
        ("goods", "hs_code" | "ciq_code" | "cname" | "ename") => Field::Commodity,
        (
            "goods",
            "qty"
            | "weight"
            | "std_qty"
            | "std_weight"
            | "qty_meas_unit"
            | "wt_meas_unit"
            | "std_qty_unit_code"
            | "std_weight_unit_code",
        ) => Field::Quantity,
        (
            "goods",
            "goods_total_val" | "price_per_unit" | "currency" | "total_val_us" | "total_val_cn",
        )
        | ("total_val_us" | "total_val_cn", _) => Field::Value,
        (
            "contactperson" | "cont_tel" | "decl_person_name" | "decl_persn_cert_no"
            | "contract_no" | "mark_no" | "convynce_name" | "trans_mean_no" | "imo_no"
            | "desp_date" | "gds_arvl_date" | "cmpl_dschrg_dt" | "counter_claim" | "goods_place",
            _,
        ) => Field::Particulars,
        _ => Field::Essentials,
    }
}

/// Everything that may not be changed so. `first` is the first version, from which changes of value are counted.
#[must_use]
pub fn objections(
    first: &Value,
    before: &Value,
    after: &Value,
    stage: Stage,
    same_categories: impl Fn(&str, &str) -> bool,
) -> Violations {
    let mut violations = Violations::default();
    let mut changes = Vec::new();
    differences(String::new(), before, after, &mut changes);
    for pointer in changes {
        let (old, new) = (before.pointer(&pointer), after.pointer(&pointer));
        let objection = match allowance(field_of(&pointer), stage) {
            Allowance::Free => None,
            Allowance::Never => Some(("此项不得更改", "this can no longer be changed")),
            Allowance::SameHeading => (!is_same_heading(&pointer, old, new, &same_categories))
                .then_some((
                    "仅可改为同一四位税目且检验检疫类别相同的商品",
                    "only within the same four-digit heading and inspection categories",
                )),
            Allowance::DecreaseOnly => (!is_decrease(old, new))
                .then_some(("数重量只可减少", "a quantity can only be lessened now")),
            Allowance::TenPerCent => (!is_within_tenth(first.pointer(&pointer), new)).then_some((
                "货值累计变动不得超过10%",
                "a value may differ by ten per cent at most from what was first declared",
            )),
        };
        if let Some((zh, en)) = objection {
            violations.error(pointer, "not-amendable", zh, en);
        }
    }
    violations
}

/// The places in which two documents differ; a list of another length differs as a whole.
pub(crate) fn differences(pointer: String, before: &Value, after: &Value, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let (old, new) =
                    (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
                differences(format!("{pointer}/{name}"), old, new, found);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                differences(format!("{pointer}/{index}"), old, new, found);
            }
        }
        _ if before == after => {}
        _ => found.push(pointer),
    }
}

pub(crate) fn is_same_heading(
    pointer: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    same_categories: &impl Fn(&str, &str) -> bool,
) -> bool {
    // A name may be corrected freely as long as the code says that it is the same commodity.
    if !pointer.ends_with("/hs_code") {
        return true;
    }
    let (Some(old), Some(new)) = (old.and_then(Value::as_str), new.and_then(Value::as_str)) else {
        return false;
    };
    old.get(..4).is_some() && old.get(..4) == new.get(..4) && same_categories(old, new)
}

pub(crate) fn decimal(value: Option<&Value>) -> Option<Decimal> {
    value?.as_str()?.parse().ok()
}

fn is_decrease(old: Option<&Value>, new: Option<&Value>) -> bool {
    decimal(old).zip(decimal(new)).is_some_and(|(old, new)| new <= old)
}

pub(crate) fn is_within_tenth(first: Option<&Value>, new: Option<&Value>) -> bool {
    let Some((first, new)) = decimal(first).zip(decimal(new)) else { return false };
    // |new - first| <= first / 10, without dividing.
    (new - first).abs() * Decimal::TEN <= first
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn objected(stage: Stage, change: impl Fn(&mut Value)) -> Vec<String> {
        let before = json!({
            "ent_decl_no": "A", "goods_place": "quay", "bill_lad_no": "B", "dest_code": "310114",
            "containers": [{ "cont_no": "X" }],
            "goods": [{ "hs_code": "7318159090", "cname": "螺钉", "weight": "100", "qty_meas_unit": "035",
                "goods_total_val": "1000" }],
        });
        let mut after = before.clone();
        change(&mut after);
        let found = objections(&before, &before, &after, stage, |_, _| true);
        found.iter().map(|violation| violation.pointer.clone()).collect()
    }

    #[test]
    fn the_reference_is_never_amended() {
        let found = objected(Stage::BeforeResult, |after| after["ent_decl_no"] = json!("B"));
        assert_eq!(found, ["/ent_decl_no"]);
    }

    #[test]
    fn a_place_of_storage_is_always_amended() {
        for stage in [Stage::BeforeResult, Stage::AfterResult, Stage::FormIssued] {
            assert!(objected(stage, |after| after["goods_place"] = json!("shed")).is_empty());
        }
    }

    #[test]
    fn another_commodity_is_another_declaration() {
        let change = |after: &mut Value| after["goods"][0]["hs_code"] = json!("7320909000");
        assert_eq!(objected(Stage::BeforeResult, change), ["/goods/0/hs_code"]);
        let change = |after: &mut Value| after["goods"][0]["hs_code"] = json!("7318159001");
        assert!(objected(Stage::BeforeResult, change).is_empty());
        assert_eq!(objected(Stage::AfterResult, change), ["/goods/0/hs_code"]);
    }

    #[test]
    fn after_the_result_quantities_only_lessen() {
        let less = |after: &mut Value| after["goods"][0]["weight"] = json!("90");
        let more = |after: &mut Value| after["goods"][0]["weight"] = json!("110");
        assert!(objected(Stage::AfterResult, less).is_empty());
        assert_eq!(objected(Stage::AfterResult, more), ["/goods/0/weight"]);
        assert!(objected(Stage::BeforeResult, more).is_empty());
    }

    #[test]
    fn ten_per_cent_of_value_is_inclusive() {
        let tenth = |after: &mut Value| after["goods"][0]["goods_total_val"] = json!("1100");
        let above = |after: &mut Value| after["goods"][0]["goods_total_val"] = json!("1100.01");
        assert!(objected(Stage::AfterResult, tenth).is_empty());
        assert_eq!(objected(Stage::AfterResult, above), ["/goods/0/goods_total_val"]);
        assert_eq!(objected(Stage::FormIssued, tenth), ["/goods/0/goods_total_val"]);
    }

    #[test]
    fn goods_are_not_added_to_an_inspected_case() {
        let add = |after: &mut Value| after["goods"] = json!([{}, {}]);
        assert_eq!(objected(Stage::AfterResult, add), ["/goods"]);
    }
}
