//! What is told of messages about a case that goes from bureau to bureau; each stands in a receipt.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule(
        "correlation-wrong",
        "会话编号与内容不符",
        "The conversation is not the one of its subject",
    )
    .at(&["/header/correlation_id"])
    .shared_by(&[Group::Handoff, Group::DirectRelease]),
    rule("receipt-wrong", "流转凭证与内容不符", "The receipt is not that of this offer")
        .at(&["/payload/offer_receipt"]),
    rule("decl-no-malformed", "报检号应为15位数字", "A declaration number does not have 15 digits")
        .shared_by(&[Group::Handoff, Group::Swap]),
    rule("cause-wrong", "仅移交抽中的报检批", "What is handed over was not drawn")
        .at(&["/payload/cause"]),
    rule("content-changed", "内容与摘要不符", "The content does not have its hash")
        .at(&["/payload/case/content_hash"]),
    rule("not-its-office", "不属于该局", "An office does not belong to that bureau"),
    rule("generation-malformed", "流转序号应大于零", "Generations count from 1")
        .at(&["/payload/generation"]),
    rule("code-unknown", "拒收应注明理由代码", "A refusal, and nothing else, has a known code")
        .at(&["/payload/code"]),
    rule("reason-wrong", "失效应注明原因", "What is void, and nothing else, has a reason")
        .at(&["/payload/reason"]),
    rule("version-malformed", "版本号应大于零", "Versions count from 1").shared_by(&[
        Group::Handoff,
        Group::Credit,
        Group::DirectRelease,
    ]),
    rule(
        "result-not-signed-twice",
        "检验结果应由两人签署",
        "A result is not signed by two, or does not come with its step",
    )
    .at(&["/payload/result"]),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Handoff], Stage::Message, code, (zh, en)).by("docs/handoff.md")
}
