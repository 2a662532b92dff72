//! What is told of organisations, people, clients, powers of attorney and eligibility.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule(
        "organisation-code-malformed",
        "机构代码或登记号格式有误",
        "The code of an office (6 digits) or of an organisation (10 digits) is malformed",
    ),
    rule("dates-reversed", "截止日期早于起始日期", "The last day lies before the first")
        .shared_by(&[Group::Identity, Group::Reference]),
    rule(
        "agent-unknown",
        "没有该登记号的有效代理报检单位",
        "No active declaring agent has this registration number",
    )
    .at(&["/agent_code"]),
    rule(
        "enterprise-unknown",
        "没有该登记号的有效企业",
        "No active enterprise has this registration number",
    )
    .at(&["/enterprise_code", "/reg_no"])
    .shared_by(&[Group::Identity, Group::Credit]),
    rule(
        "login-malformed",
        "登录名格式有误",
        "A login is 3 to 64 of a-z 0-9 . _ - and begins with a letter or digit",
    ),
    rule("password-length", "密码长度有误", "A password is too short or too long")
        .at(&["/password"])
        .by("contract"),
    rule("password-guessable", "密码过于简单", "A password is easily guessed")
        .at(&["/password"])
        .by("contract"),
    rule("role-missing", "至少需要一个角色", "Nobody works without a role")
        .at(&["/roles"])
        .by("domain R10"),
    rule("role-twice", "角色重复", "A role is listed twice").at(&["/roles/*"]).by("domain R10"),
    rule("role-unfit", "该角色不适用于此类机构", "An organisation of this kind has no such role")
        .at(&["/roles/*"])
        .by("domain R10"),
    rule(
        "public-key-unused",
        "使用密钥方式的客户端不需要公钥",
        "A client with a secret has no public key",
    )
    .at(&["/public_key"])
    .by("RFC 7523"),
    rule(
        "public-key-malformed",
        "公钥格式有误",
        "A public key is not one of Ed25519 in the form that is wanted",
    )
    .at(&["/public_key"])
    .by("RFC 8032")
    .shared_by(&[Group::Identity, Group::Exchange]),
    rule(
        "reason-malformed",
        "请说明理由，最多1000个字符",
        "A reason of 1 to 1000 characters is needed",
    )
    .at(&["/reason"]),
    condition(
        "organisation-disabled",
        "单位未登记或已停用",
        "The enterprise is not registered, or disabled",
    )
    .shared_by(&[Group::Identity, Group::DirectRelease]),
    condition(
        "registered-under-a-year",
        "登记未满一年",
        "The enterprise is registered for less than a year",
    ),
    condition("credit-below-b", "信用等级低于B级", "The credit class of the enterprise is below B"),
    condition(
        "commitments-unsigned",
        "未签署承诺书",
        "The enterprise has not signed the commitments",
    ),
    condition(
        "fees-overdue",
        "有逾期超过30天的费用",
        "The enterprise has a fee notice overdue for more than 30 days",
    ),
    condition(
        "non-conformity-open",
        "有未关闭的严重不合格通报",
        "The enterprise has a serious notice of non-conformity that is not closed",
    ),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Identity], Stage::Request, code, (zh, en)).by("domain 1.1, 1.3")
}

const fn condition(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Identity], Stage::Request, code, (zh, en)).by("domain 4.1")
}
