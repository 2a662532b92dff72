//! What never goes directly (domain 4.5, invariant 10). Nobody can override it: there is no switch to set, and the
//! other side looks again.
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    declaration::{Content, facts::Facts},
    kernel::Violations,
    reference::{Books, DirectList},
};

/// What only the officer at the origin knows about how the goods are traded and handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectHandling)]
pub struct Handling {
    /// Bought on a market from many makers (市场采购).
    pub is_market_purchase: bool,
    /// They are packed anew, split or put together with others at the port.
    pub is_repacked_at_port: bool,
    /// They must be inspected and certified at the port.
    pub is_certified_at_port: bool,
}

/// The special business of aid (国际援助物资).
const AID: &str = "3";
/// The trade mode of aid without return (无偿援助).
const AID_TRADE: &str = "17";
/// Packages that are none: in bulk.
const BULK: [&str; 8] = ["9993", "VG", "VL", "VO", "VQ", "VR", "VY", "WA"];

/// Everything that keeps these exports from going directly; none, and they may. Places are those of the declaration
/// below `root`.
#[must_use]
pub fn export_exclusions(
    content: &Content,
    handling: Handling,
    books: &Books,
    on: NaiveDate,
    root: &str,
) -> Violations {
    let mut found = Excluded { root, found: Violations::default() };
    by_goods(content, books, on, &mut found);
    if content.spec_decl_flag.as_deref() == Some(AID)
        || content.trade_mode_code.as_deref() == Some(AID_TRADE)
    {
        found.note("/spec_decl_flag", "援外物资不得直通放行", "foreign aid does not go directly");
    }
    if content.containers.is_empty() {
        let (zh, en) = ("散货不得直通放行", "goods outside containers have nothing to be sealed");
        found.note("/containers", zh, en);
    }
    for (index, container) in content.containers.iter().enumerate() {
        if container.lcl_flag == Some(true) {
            let (zh, en) = ("拼箱货物不得直通放行", "the container is shared with goods of others");
            found.note(&format!("/containers/{index}/lcl_flag"), zh, en);
        }
    }
    let handled = [
        (
            handling.is_market_purchase,
            "is_market_purchase",
            "市场采购货物不得直通放行",
            "goods bought on a market",
        ),
        (
            handling.is_repacked_at_port,
            "is_repacked_at_port",
            "在口岸改换包装、分批或并批的货物不得直通放行",
            "goods packed anew, split or put together at the port",
        ),
        (
            handling.is_certified_at_port,
            "is_certified_at_port",
            "须在口岸出证的货物不得直通放行",
            "goods that are certified at the port",
        ),
    ];
    for (_, name, zh, en) in handled.iter().filter(|one| one.0) {
        found.note(&format!("/handling/{name}"), zh, en);
    }
    found.found
}

/// Everything that keeps these imports from going on sealed (domain 4.5): goods of the negative list, of an area under
/// alert, not in their original container, or that must be checked at the port.
#[must_use]
pub fn import_exclusions(
    content: &Content,
    facts: &Facts,
    books: &Books,
    on: NaiveDate,
) -> Violations {
    let mut found = Excluded { root: "", found: Violations::default() };
    for (index, goods) in content.goods.iter().enumerate() {
        let hs = goods.hs_code.as_deref().unwrap_or_default();
        if books.is_listed(DirectList::ImportExcluded, hs, on) {
            let zh = "列入不实施进口直通放行货物目录";
            let en = "in the catalogue of imports that do not go directly";
            found.note(&format!("/goods/{index}/hs_code"), zh, en);
        }
    }
    if facts.worst_alert.is_some() {
        let (zh, en) =
            ("来自疫区或受警示的货物不得直通放行", "an alert is in force for these goods");
        found.note("/desp_ctry_code", zh, en);
    }
    if facts.drawing.mandatory.is_some() {
        let (zh, en) = ("须在口岸查验的货物不得直通放行", "such goods are checked at the port");
        found.note("/goods", zh, en);
    }
    if content.orig_box_flag != Some(true) || content.containers.is_empty() {
        let (zh, en) = ("非原集装箱直运货物不得直通放行", "only in the original container");
        found.note("/orig_box_flag", zh, en);
    }
    for (index, container) in content.containers.iter().enumerate() {
        if container.lcl_flag == Some(true) {
            let (zh, en) = ("拼箱货物不得直通放行", "the container is shared with goods of others");
            found.note(&format!("/containers/{index}/lcl_flag"), zh, en);
        }
    }
    found.found
}

fn by_goods(content: &Content, books: &Books, on: NaiveDate, found: &mut Excluded<'_>) {
    let destination = content.desp_ctry_code.as_deref().unwrap_or_default();
    for (index, goods) in content.goods.iter().enumerate() {
        let hs = goods.hs_code.as_deref().unwrap_or_default();
        let at = format!("/goods/{index}/hs_code");
        if !books.is_listed(DirectList::ExportAllowed, hs, on) {
            let zh = "不在实施出口直通放行货物目录内";
            found.note(&at, zh, "not in the catalogue of exports that may go directly");
        }
        if books.wants_port_certificate(destination, hs, on) {
            let zh = "输往国要求口岸出证,不得直通放行";
            found.note(&at, zh, "the destination wants a certificate of the port");
        }
        let packages = goods.packages.iter().filter_map(|one| one.pack_code.as_deref());
        if packages.into_iter().any(|code| BULK.contains(&code)) {
            let at = format!("/goods/{index}/packages");
            found.note(&at, "散装货物不得直通放行", "goods in bulk do not go directly");
        }
    }
}

struct Excluded<'a> {
    root: &'a str,
    found: Violations,
}

impl Excluded<'_> {
    fn note(&mut self, place: &str, zh: &str, en: &str) {
        self.found.error(format!("{}{place}", self.root), "direct-release-excluded", zh, en);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::declaration::{examples, parse};

    fn places(handling: Handling, change: impl Fn(&mut Value)) -> Vec<String> {
        let mut toys = examples::down();
        toys["goods"][0]["hs_code"] = json!("9503002100");
        change(&mut toys);
        let content = parse::from_value(&toys).unwrap().content;
        let day = "2014-05-12".parse().unwrap();
        let found = export_exclusions(&content, handling, &Books::seeded(), day, "");
        found.iter().map(|one| one.pointer.clone()).collect()
    }

    #[test]
    fn toys_in_a_container_of_their_own_may_go_directly() {
        assert_eq!(places(Handling::default(), |_| ()), [""; 0]);
    }

    #[test]
    fn each_exclusion_is_named() {
        let by = |change: &dyn Fn(&mut Value)| places(Handling::default(), change);
        assert_eq!(
            by(&|toys| toys["goods"][0]["hs_code"] = json!("0103911000")),
            ["/goods/0/hs_code"]
        );
        assert_eq!(by(&|toys| toys["desp_ctry_code"] = json!("IR")), ["/goods/0/hs_code"]);
        let bulk = |toys: &mut Value| toys["goods"][0]["packages"][0]["pack_code"] = json!("9993");
        assert_eq!(by(&bulk), ["/goods/0/packages"]);
        assert_eq!(by(&|toys| toys["spec_decl_flag"] = json!("3")), ["/spec_decl_flag"]);
        assert_eq!(by(&|toys| toys["trade_mode_code"] = json!("17")), ["/spec_decl_flag"]);
        assert_eq!(by(&|toys| toys["containers"] = json!([])), ["/containers"]);
        let shared = |toys: &mut Value| toys["containers"][0]["lcl_flag"] = json!(true);
        assert_eq!(by(&shared), ["/containers/0/lcl_flag"]);
        let all = Handling {
            is_market_purchase: true,
            is_repacked_at_port: true,
            is_certified_at_port: true,
        };
        assert_eq!(
            places(all, |_| ()),
            ["is_market_purchase", "is_repacked_at_port", "is_certified_at_port"]
                .map(|name| format!("/handling/{name}"))
        );
    }

    proptest! {
        /// Goods outside the catalogue never go, whatever else is said of them (invariant 10).
        #[test]
        fn what_the_catalogue_does_not_list_never_goes(hs in "(01|02|10|36|47)[0-9]{8}", kept: bool) {
            let handling = Handling { is_repacked_at_port: kept, ..Handling::default() };
            let found = places(handling, |toys| toys["goods"][0]["hs_code"] = json!(hs));
            prop_assert!(found.contains(&"/goods/0/hs_code".to_owned()));
        }
    }
}
