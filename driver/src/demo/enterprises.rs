//! Who files in the demo. All of them are made up.
use crate::world::{Enterprise, Proof, Settlement};

/// The agent, who declares for the first two.
const AGENT: &str = "3100910343";

/// The one whose client can be tried by hand.
pub(crate) const BY_HAND: &str = "3100601234";

/// Registration number, names, address, credit class, settlement; whether it may declare anywhere.
pub(crate) fn enterprises() -> Vec<Enterprise> {
    use Settlement::{Automatic, Monthly, Online, Refused, Unknown};
    let one =
        |reg_no: &str, (zh, en): (&str, &str), address: &str, class: &str, settlement| Enterprise {
            reg_no: reg_no.to_owned(),
            name_zh: zh.to_owned(),
            name_en: en.to_owned(),
            address: address.to_owned(),
            credit_class: class.to_owned(),
            anywhere: !matches!(class, "C" | "D"),
            agent: None,
            settlement: Some(settlement),
            proof: Proof::Secret,
        };
    let mut all = vec![
        one(
            BY_HAND,
            ("上海德瑞紧固件有限公司", "Shanghai Derui Fasteners Co., Ltd."),
            "上海市嘉定区叶城路1288号",
            "A",
            Automatic,
        ),
        one(
            "3100602345",
            ("上海葡园酒业贸易有限公司", "Shanghai Puyuan Wine Trading Co., Ltd."),
            "上海市黄浦区北京东路66号",
            "A",
            Online,
        ),
        one(
            "3100603456",
            ("上海清禾家居用品有限公司", "Shanghai Qinghe Housewares Co., Ltd."),
            "上海市徐汇区漕宝路88号",
            "B",
            Refused,
        ),
        one(
            "3100604567",
            ("上海恒灶厨具有限公司", "Shanghai Hengzao Kitchenware Co., Ltd."),
            "上海市嘉定区宝安公路3000号",
            "B",
            Unknown,
        ),
        one(
            "3100605678",
            ("上海联川电子有限公司", "Shanghai Lianchuan Electronics Co., Ltd."),
            "上海市浦东新区金桥路100号",
            "AA",
            Monthly,
        ),
        one(
            "3100606789",
            ("上海广植进出口有限公司", "Shanghai Guangzhi Import & Export Co., Ltd."),
            "上海市宝山区友谊路200号",
            "B",
            Automatic,
        ),
        one(
            "3100607890",
            ("上海明烛照明有限公司", "Shanghai Mingzhu Lighting Co., Ltd."),
            "上海市浦东新区川沙路500号",
            "C",
            Automatic,
        ),
        one(
            AGENT,
            ("上海顺捷报检服务有限公司", "Shanghai Shunjie Declaration Services Co., Ltd."),
            "上海市虹口区杨树浦路18号",
            "A",
            Automatic,
        ),
    ];
    for enterprise in &mut all {
        let is_agent = enterprise.is_agent();
        enterprise.anywhere &= !is_agent;
        if is_agent {
            enterprise.proof = Proof::Key;
        }
        if matches!(enterprise.reg_no.as_str(), BY_HAND | "3100602345") {
            enterprise.agent = Some(AGENT.to_owned());
        }
    }
    all
}
