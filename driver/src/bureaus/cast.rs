//! Who plays in the business between bureaus; every enterprise is made up.
use anyhow::bail;

use crate::{
    demo,
    world::{Cast, Enterprise, Place, Post, Proof, Settlement, place},
};

pub(crate) const PORT: &str = "310000";
pub(crate) const ZHEJIANG: &str = "330000";
pub(crate) const JIANGSU: &str = "320000";

/// The Shipping Exchange, where transfers are claimed and cases come home.
pub(crate) const EXCHANGE: &str = "310900";
/// Inspects at the quay.
pub(crate) const WAIGAOQIAO: &str = "310700";
/// Reads the seals of what goes directly.
pub(crate) const YANGSHAN: &str = "311000";
/// Inspects in and around Hangzhou.
pub(crate) const XIAOSHAN: &str = "330900";
pub(crate) const SUZHOU: &str = "320500";

/// Imports at the port.
pub(crate) const IMPORTER: &str = demo::PLAIN_DECLARANT;
/// Claims transfers at the port: a model enterprise, whose goods are not drawn again.
pub(crate) const CLAIMANT: &str = "3100605678";
/// Makes down in Xiaoshan and sends it abroad.
pub(crate) const EXPORTER: &str = "3300601234";
/// Makes toys in Suzhou.
pub(crate) const MAKER: &str = "3205600077";

const AT_THE_PORT: [Place; 3] = [
    place(EXCHANGE, "上海局航交所办事处", "Shipping Exchange"),
    place(WAIGAOQIAO, "上海外高桥局", "Waigaoqiao"),
    place(YANGSHAN, "上海洋山局", "Yangshan"),
];
const IN_ZHEJIANG: [Place; 2] =
    [place(ZHEJIANG, "浙江出入境检验检疫局", "Zhejiang"), place(XIAOSHAN, "萧山局", "Xiaoshan")];
const IN_JIANGSU: [Place; 2] =
    [place(JIANGSU, "江苏出入境检验检疫局", "Jiangsu"), place(SUZHOU, "苏州局", "Suzhou")];

/// The enterprises of a bureau.
pub(super) fn enterprises(bureau: &str) -> Vec<Enterprise> {
    match bureau {
        ZHEJIANG => {
            vec![inland(EXPORTER, ("萧山样例羽绒有限公司", "Xiaoshan Example Down Co., Ltd."))]
        }
        JIANGSU => {
            vec![inland(MAKER, ("苏州样例玩具有限公司", "Suzhou Example Toys Co., Ltd."))]
        }
        _ => {
            let all = demo::enterprises().into_iter();
            let ours = all.filter(|one| [IMPORTER, CLAIMANT].contains(&one.reg_no.as_str()));
            ours.map(|one| Enterprise { agent: None, ..one }).collect()
        }
    }
}

fn inland(reg_no: &str, (zh, en): (&str, &str)) -> Enterprise {
    Enterprise {
        reg_no: reg_no.to_owned(),
        name_zh: zh.to_owned(),
        name_en: en.to_owned(),
        address: "样例路1号".to_owned(),
        credit_class: "AA".to_owned(),
        anywhere: false,
        agent: None,
        settlement: Some(Settlement::Online),
        proof: Proof::Secret,
    }
}

/// Offices of a bureau and whoever has something to do there.
pub(super) fn of<'a>(bureau: &str, enterprises: &'a [Enterprise]) -> anyhow::Result<Cast<'a>> {
    use Post::{Acceptance, Certification, Chief, Fee, FirstInspector, Release, SecondInspector};
    type Staff = [(&'static str, &'static [Post])];
    let (offices, staff, front_office): (&[Place], &Staff, _) = match bureau {
        PORT => (
            &AT_THE_PORT,
            &[
                (EXCHANGE, &[Acceptance, Fee, Chief, FirstInspector, SecondInspector, Release]),
                (WAIGAOQIAO, &[Chief, FirstInspector, SecondInspector]),
                (YANGSHAN, &[FirstInspector, SecondInspector]),
            ],
            EXCHANGE,
        ),
        ZHEJIANG => (
            &IN_ZHEJIANG,
            &[
                (ZHEJIANG, &[Chief]),
                (
                    XIAOSHAN,
                    &[Acceptance, Fee, Chief, FirstInspector, SecondInspector, Certification],
                ),
            ],
            XIAOSHAN,
        ),
        JIANGSU => (
            &IN_JIANGSU,
            &[
                (JIANGSU, &[Chief]),
                (SUZHOU, &[Acceptance, Fee, Chief, FirstInspector, SecondInspector, Release]),
            ],
            SUZHOU,
        ),
        other => bail!("no part is written for bureau {other}"),
    };
    let posts = staff.iter().flat_map(|(office, posts)| posts.iter().map(|post| (*office, *post)));
    Ok(Cast { offices, posts: posts.collect(), enterprises, front_office })
}
