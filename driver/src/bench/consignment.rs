//! What the generator files: two kinds of goods, rendered once, with the few places left open in which one
//! declaration differs from the next.
use std::io::Write as _;

use chrono::NaiveDate;
use serde_json::Value;

use crate::{
    imports::{Goods, Places, bearings, declaration, mixers},
    world::{Enterprise, Proof, Settlement},
};

/// Offices that take part in declare-anywhere; the airport only inspects.
pub(crate) const OFFICES: [&str; 17] = [
    "310100", "310200", "310300", "310500", "310600", "310700", "310800", "310900", "311000",
    "311100", "311200", "311300", "311400", "311500", "311600", "311700", "311800",
];
/// Sea ports; the office of each inspects what comes in there.
const PORTS: [&str; 3] = ["310701", "310201", "311001"];
/// Who files: enough that no daily limit and no single owner's rows are in the way.
const DECLARANTS: u32 = 20;

/// Enterprises of class B, whose machinery is drawn at 5 % (domain R3), with an agreement by which each notice is
/// debited as soon as it is issued.
pub(crate) fn declarants() -> Vec<Enterprise> {
    let one = |number: u32| Enterprise {
        reg_no: format!("31006{number:05}"),
        name_zh: format!("上海度量进口{number}号有限公司"),
        name_en: format!("Shanghai Measure Imports No. {number} Co., Ltd."),
        address: format!("上海市浦东新区度量路{number}号"),
        credit_class: "B".to_owned(),
        anywhere: true,
        agent: None,
        settlement: Some(Settlement::Automatic),
        proof: Proof::Secret,
    };
    (1..=DECLARANTS).map(one).collect()
}

/// Which goods of the mix are filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mix {
    /// 70 % outside the catalogue, 30 % catalogue goods with a fee.
    Both,
    /// Outside the catalogue only: nobody pays.
    OutsideCatalogue,
}

/// What is particular about the n-th declaration of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) number: u64,
    pub(crate) declarant: usize,
    pub(crate) is_of_catalogue: bool,
    decl_org: &'static str,
    release_org: &'static str,
    port: &'static str,
}

impl Order {
    /// The counts are without a common factor, so that every mixture comes up: 3 of 10 in the catalogue, half of
    /// them released at another office than declared, all offices and ports alike.
    pub(crate) fn of(number: u64, mix: Mix) -> Self {
        let at = |count: usize, divisor: u64| {
            usize::try_from(number / divisor % u64::try_from(count).unwrap_or(1)).unwrap_or(0)
        };
        let decl = at(OFFICES.len(), 1);
        let is_away = at(2, 10) == 1;
        let away = (decl + 1 + at(OFFICES.len() - 1, 20)) % OFFICES.len();
        Self {
            number,
            declarant: at(usize::try_from(DECLARANTS).unwrap_or(1), 7),
            is_of_catalogue: mix == Mix::Both && at(10, 1) < 3,
            decl_org: OFFICES[decl],
            release_org: OFFICES[if is_away { away } else { decl }],
            port: PORTS[at(PORTS.len(), 1)],
        }
    }
}

/// The places left open, as they stand in the documents.
const SLOTS: [&str; 4] = ["{reference}", "{decl_org}", "{release_org}", "{port}"];
const OPEN: Places<'_> =
    Places { reference: SLOTS[0], decl_org: SLOTS[1], release_org: SLOTS[2], port: SLOTS[3] };

/// A document in pieces: text, then the slot that follows it.
struct Form(Vec<(Vec<u8>, Option<usize>)>);

/// Everything that can be filed in one run.
pub(crate) struct Forms {
    run: u64,
    outside: Vec<Form>,
    catalogue: Vec<Form>,
}

impl Forms {
    pub(crate) fn render(run: u64, today: NaiveDate, who: &[Enterprise]) -> Self {
        let all = |goods: &Goods| {
            who.iter().map(|one| Form::of(&declaration(one, today, goods, &OPEN))).collect()
        };
        let (outside, catalogue) = (all(&bearings()), all(&mixers("EUR", "7200.00")));
        Self { run, outside, catalogue }
    }

    /// Writes the declaration into `body`.
    pub(crate) fn fill(&self, order: &Order, body: &mut Vec<u8>) {
        let forms = if order.is_of_catalogue { &self.catalogue } else { &self.outside };
        body.clear();
        for (text, slot) in &forms[order.declarant].0 {
            body.extend_from_slice(text);
            match slot {
                Some(0) => {
                    // Writing into memory does not fail.
                    let _ = write!(body, "B{}-{}", self.run, order.number);
                }
                Some(1) => body.extend_from_slice(order.decl_org.as_bytes()),
                Some(2) => body.extend_from_slice(order.release_org.as_bytes()),
                Some(_) => body.extend_from_slice(order.port.as_bytes()),
                None => {}
            }
        }
    }
}

impl Form {
    fn of(document: &Value) -> Self {
        let text = document.to_string();
        let mut rest = text.as_str();
        let mut pieces = Vec::new();
        loop {
            let next = SLOTS
                .iter()
                .enumerate()
                .filter_map(|(slot, name)| rest.find(name).map(|at| (at, slot, name.len())));
            let Some((at, slot, length)) = next.min() else { break };
            pieces.push((rest.as_bytes()[..at].to_vec(), Some(slot)));
            rest = &rest[at + length..];
        }
        pieces.push((rest.as_bytes().to_vec(), None));
        Self(pieces)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn the_mix_is_what_is_printed_and_spreads_over_everybody() {
        let orders: Vec<_> = (0..10_000).map(|number| Order::of(number, Mix::Both)).collect();
        let count = |of: fn(&Order) -> bool| orders.iter().filter(|order| of(order)).count();
        assert_eq!(count(|order| order.is_of_catalogue), 3000);
        assert_eq!(count(|order| order.decl_org != order.release_org), 5000);
        let seen =
            |of: fn(&Order) -> &'static str| orders.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!(seen(|order| order.decl_org), 17);
        assert_eq!(seen(|order| order.release_org), 17);
        assert_eq!(seen(|order| order.port), 3);
        let declarants: BTreeSet<_> = orders.iter().map(|order| order.declarant).collect();
        assert_eq!(declarants.len(), 20);
        assert!(!Order::of(0, Mix::OutsideCatalogue).is_of_catalogue);
    }

    #[test]
    fn a_filled_form_is_the_document_with_its_slots_filled() {
        let who = declarants();
        let forms = Forms::render(7, "2014-05-12".parse().unwrap(), &who);
        let (mut body, order) = (Vec::new(), Order::of(11, Mix::Both));
        forms.fill(&order, &mut body);
        let filled: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(filled["ent_decl_no"], "B7-11");
        assert_eq!(filled["bill_lad_no"], "COSU-B7-11");
        assert_eq!(filled["delivery_order"], "B7-11");
        assert_eq!(
            (&filled["decl_org"], &filled["release_org"]),
            (&json!("311300"), &json!("311400"))
        );
        assert_eq!(filled["decl_reg_no"], who[order.declarant].reg_no);
        let text = String::from_utf8(body).unwrap();
        assert!(SLOTS.iter().all(|slot| !text.contains(slot)));
    }

    #[test]
    fn references_stay_within_twenty_characters() {
        assert!(format!("B{}-{}", 1_000_000_u64, 999_999_999_u64).len() <= 20);
    }
}
