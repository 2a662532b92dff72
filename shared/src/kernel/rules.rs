//! What any operation can say of a request, and what rooms say alike of a member.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule(
        "unknown-parameter",
        "不认识的查询参数",
        "A query parameter is not known to this operation",
    )
    .at(&["/query/*"]),
    rule("parameter-length", "查询参数长度有误", "A query parameter is too short or too long")
        .at(&["/query/*"]),
    rule("parameter-malformed", "查询参数格式有误", "A query parameter cannot be read")
        .at(&["/query"]),
    rule("header-malformed", "请求头格式有误", "A header cannot be read").at(&["/headers/*"]),
    rule("body-not-expected", "此操作不带请求体", "A body came with an act that takes none"),
    rule("body-unreadable", "请求体读取中断", "The body broke off"),
    rule("member-missing", "缺少字段", "A member that is needed is missing"),
    rule("value-unknown", "取值不在允许范围内", "A value is none of those that are listed"),
    rule("value-malformed", "值的格式有误", "A value does not have the form that is wanted"),
    rule("character-nul", "文本中不得含有U+0000", "A text holds U+0000, which cannot be stored"),
    rule("text-missing", "不能为空", "A text that is needed is empty"),
    rule("text-too-long", "内容过长", "A text is longer than it may be"),
    rule(
        "text-malformed",
        "文本过短、过长或含有不可用字符",
        "A text is too short or too long, or holds characters that it may not",
    ),
    rule("out-of-range", "超出范围", "A number or a span is not within its bounds"),
    rule("date-in-future", "日期在未来", "A day of what happened lies in the future"),
    rule("reason-required", "请说明理由", "A reason is needed, and is missing or too long")
        .at(&["/reason", "/text"]),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Request], Stage::Request, code, (zh, en)).by("contract")
}
