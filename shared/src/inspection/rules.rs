//! What is told of appointments, samples and results.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule("slot-reversed", "结束时间应晚于开始时间", "A slot ends before it begins")
        .at(&["/slot_to"]),
    rule("slot-over", "预约时段已过", "A slot is over already").at(&["/slot_to"]),
    rule("sample-missing", "至少采一个样", "There is no sample").at(&["/samples"]),
    rule("goods-line-unknown", "没有此项货物", "There is no such goods line in what it is said of")
        .shared_by(&[Group::Inspection, Group::Clearance, Group::DirectRelease, Group::Swap]),
    rule("evidence-missing", "应附证据", "There is no evidence"),
    rule("goods-line-twice", "该项货物重复评定", "A goods line is judged twice")
        .at(&["/findings/*"]),
    rule("goods-line-not-judged", "有货物未评定", "A goods line is not judged").at(&["/findings"]),
    rule(
        "laboratory-disagrees",
        "实验室检测结果为不合格",
        "The laboratory found a sample of the line non-conforming",
    )
    .at(&["/findings/*"]),
    rule(
        "line-does-not-pass",
        "有不合格项时不得判定合格",
        "A consignment cannot pass while a line does not",
    )
    .at(&["/findings/*"]),
    rule(
        "no-line-fails",
        "不合格批至少应有一项不合格",
        "A consignment cannot fail while every line passes",
    )
    .at(&["/findings"]),
    rule("code-missing", "应填写不合格原因", "What is wrong with the goods has no code")
        .at(&["/code"]),
    rule(
        "code-not-expected",
        "合格批不应填写不合格原因",
        "Goods that pass have a code of non-conformity",
    )
    .at(&["/code"]),
    rule("same-inspector", "应由两名不同的检验检疫人员施检", "The two inspectors are one person")
        .by("domain R10"),
    rule(
        "not-an-inspector",
        "不是本机构在职施检人员",
        "Somebody is no active inspector of the office",
    )
    .by("domain R10"),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Inspection], Stage::Request, code, (zh, en)).by("domain R1")
}
