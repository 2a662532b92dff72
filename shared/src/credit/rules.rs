//! What is told of points, classes and what partners say of their enterprises.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule("class-unchanged", "企业已是该等级", "The enterprise has this class already")
        .at(&["/to_class"]),
    rule("credit-item-unknown", "当日无此记分项", "The book has no such item on that day")
        .at(&["/item"]),
    message(
        "hs-scope-malformed",
        "商品范围应为至多100个2至10位HS编码前缀",
        "The goods are not at most 100 prefixes of 2 to 10 digits",
    ),
    message("privilege-twice", "便利措施重复", "A privilege is listed twice"),
    message(
        "no-facilitation-for-d",
        "D级企业不享受便利措施",
        "An enterprise of class D has no privileges",
    ),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Credit], Stage::Request, code, (zh, en)).by("domain 4.6")
}

const fn message(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Credit], Stage::Message, code, (zh, en)).by("domain 4.6; docs/credit.md")
}
