//! What never travels by electronic transfer (domain 4.4, invariant 10). Nobody can override it: there is no switch
//! to set, and the port looks again.
use serde::{Deserialize, Serialize};

use crate::{declaration::Content, kernel::Violations};

/// What only the officer at the origin knows about how the goods will be handled at the port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferHandling)]
pub struct Handling {
    /// They are put together with other batches at the port (并批).
    pub is_consolidated_at_port: bool,
    /// They must be inspected and certified at the port.
    pub is_certified_at_port: bool,
}

/// Headings of live animals, and of fish, crustaceans and molluscs that are live.
const LIVE: [&str; 2] = ["01", "0301"];
/// The declaration class of pre-inspection (出境预检).
const PRE_INSPECTION: &str = "21";

/// Everything that keeps these goods from an electronic transfer; none, and they may travel. They use a paper
/// certificate (换证凭单) then. Places are those of the declaration below `root`.
#[must_use]
pub fn exclusions(content: &Content, handling: Handling, root: &str) -> Violations {
    let mut found = Violations::default();
    let mut exclude = |place: String, zh: &str, en: &str| {
        found.error(format!("{root}{place}"), "transfer-excluded", zh, en);
    };
    if content.class() == PRE_INSPECTION {
        let (zh, en) =
            ("预检货物不得电子转单", "goods that were pre-inspected only are not transferred");
        exclude("/decl_code".into(), zh, en);
    }
    if content.enty_port_code.is_none() {
        let (zh, en) = ("出境口岸未定,不得电子转单", "the exit port is not determined");
        exclude("/enty_port_code".into(), zh, en);
    }
    for (index, goods) in content.goods.iter().enumerate() {
        if is_live(goods.hs_code.as_deref().unwrap_or_default()) {
            let (zh, en) = ("活动物不得电子转单", "live animals are not transferred");
            exclude(format!("/goods/{index}/hs_code"), zh, en);
        }
    }
    for (index, container) in content.containers.iter().enumerate() {
        if container.lcl_flag == Some(true) {
            let (zh, en) =
                ("口岸拼箱货物不得电子转单", "the container is shared with goods of others");
            exclude(format!("/containers/{index}/lcl_flag"), zh, en);
        }
    }
    if handling.is_consolidated_at_port {
        let (zh, en) = ("口岸并批货物不得电子转单", "goods put together with others at the port");
        exclude("/handling/is_consolidated_at_port".into(), zh, en);
    }
    if handling.is_certified_at_port {
        let (zh, en) =
            ("须在口岸检验出证的货物不得电子转单", "goods inspected and certified at the port");
        exclude("/handling/is_certified_at_port".into(), zh, en);
    }
    found
}

/// Live animals, fish and shellfish, by their HS code.
#[must_use]
pub fn is_live(hs: &str) -> bool {
    let is_live_shellfish = (hs.starts_with("0306") && matches!(hs.get(4..5), Some("2" | "3")))
        || (hs.starts_with("0307") && (hs.get(5..6) == Some("1") || hs.starts_with("030760")));
    LIVE.iter().any(|heading| hs.starts_with(heading)) || is_live_shellfish
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::declaration::{examples, parse};

    const PLAIN: Handling =
        Handling { is_consolidated_at_port: false, is_certified_at_port: false };

    fn places(handling: Handling, change: impl Fn(&mut Value)) -> Vec<String> {
        let mut down = examples::down();
        change(&mut down);
        let content = parse::from_value(&down).unwrap().content;
        exclusions(&content, handling, "").iter().map(|found| found.pointer.clone()).collect()
    }

    #[test]
    fn ordinary_goods_may_travel() {
        assert_eq!(places(PLAIN, |_| ()), [""; 0]);
    }

    #[test]
    fn each_of_the_five_is_named() {
        let none = |_: &mut Value| ();
        assert_eq!(places(PLAIN, |down| down["decl_code"] = json!("21")), ["/decl_code"]);
        let nowhere = |down: &mut Value| {
            down.as_object_mut().unwrap().remove("enty_port_code");
        };
        assert_eq!(places(PLAIN, nowhere), ["/enty_port_code"]);
        let live = |down: &mut Value| down["goods"][0]["hs_code"] = json!("0103911000");
        assert_eq!(places(PLAIN, live), ["/goods/0/hs_code"]);
        let shared = |down: &mut Value| down["containers"][0]["lcl_flag"] = json!(true);
        assert_eq!(places(PLAIN, shared), ["/containers/0/lcl_flag"]);
        let both = Handling { is_consolidated_at_port: true, is_certified_at_port: true };
        assert_eq!(
            places(both, none),
            ["/handling/is_consolidated_at_port", "/handling/is_certified_at_port"]
        );
    }

    proptest! {
        /// Whatever else is said of live animals, they stay where they are.
        #[test]
        fn live_animals_never_travel(heading in "(01[0-9]{2}|0301)[0-9]{6}", together: bool) {
            let handling = Handling { is_consolidated_at_port: together, ..PLAIN };
            let found = places(handling, |down| down["goods"][0]["hs_code"] = json!(heading));
            prop_assert!(found.contains(&"/goods/0/hs_code".to_owned()));
        }
    }
}
