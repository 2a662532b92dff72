//! What is told of notices of non-conformity, ours and those of partners.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule(
        "subject-malformed",
        "编号为1至40个字母数字",
        "The number of a subject is not 1 to 40 letters and digits",
    ),
    rule("subject-unknown", "无此报检号", "There is no such declaration").at(&["/subject/number"]),
    rule(
        "goods-no-malformed",
        "货物序号为1至999",
        "The number of a goods line is none of 1 to 999",
    ),
    rule("too-many-files", "证据最多50份", "There are more than 50 files of evidence"),
    rule(
        "sha256-malformed",
        "应为64位小写十六进制的SHA-256",
        "A SHA-256 is not 64 lower-case hexadecimal digits",
    ),
    rule("bureau-unknown", "应为伙伴局或本局", "The origin is neither a partner nor this bureau")
        .at(&["/origin_bureau"]),
    rule(
        "not-of-this-category",
        "该字段不适用于此类别",
        "A member does not belong to notices of this category",
    )
    .at(&["/goods_changed", "/alert_code"]),
    rule("alert-unknown", "当日无此警示通报", "No such alert was in force on that day")
        .at(&["/alert_code"]),
    rule(
        "decision-malformed",
        "应为 SUSPENDED 或 DECLINED",
        "A decision is neither SUSPENDED nor DECLINED",
    )
    .at(&["/decision", "/payload/decision"]),
    message(
        "port-org-mismatch",
        "与通报号不符",
        "The number of the notice is that of another office",
    )
    .at(&["/payload/port_org"]),
    message(
        "notice-no-malformed",
        "通报号为NC加15位数字",
        "A notice number is not NC and 15 digits",
    )
    .at(&["/payload/notice_no"]),
    message("month-malformed", "应为当月一日", "A month is not told by its first day")
        .at(&["/payload/month"]),
    message(
        "too-many-lines",
        "每类每级一行",
        "There is more than one line for a category and severity",
    )
    .at(&["/payload/lines"]),
    message(
        "count-malformed",
        "数量有误",
        "A count is below zero, or more are open than were sent",
    )
    .at(&["/payload/lines"]),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Nonconformity], Stage::Request, code, (zh, en)).by("domain 4.7")
}

const fn message(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Nonconformity], Stage::Message, code, (zh, en))
        .by("domain 4.7; docs/nonconformity.md")
}
