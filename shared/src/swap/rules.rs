//! What is told of electronic transfers: of what enterprises ask, and of what partners say.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule(
        "transfer-no-malformed",
        "转单号应为报检号加T",
        "A transfer number is not a declaration number and a T",
    ),
    rule(
        "transfer-password-malformed",
        "转单密码为4位数字",
        "A transfer password does not have 4 digits",
    )
    .at(&["/password"]),
    rule(
        "transfer-excluded",
        "不得电子转单",
        "The goods or the way they go are excluded from electronic transfer",
    ),
    rule(
        "validity-out-of-range",
        "有效期超出范围",
        "A transfer would end before today, or later than goods of its kind may",
    )
    .at(&["/valid_until"]),
    rule("port-office-wrong", "该转单不在此机构换证", "The transfer is not swapped at that office")
        .at(&["/port_org"]),
    rule(
        "goes-back-to-origin",
        "须由产地机构更改",
        "The port may lessen what was transferred; everything else goes back to the origin",
    ),
    message("subject-not-own", "不属于发送方", "What it is about is not one of the sender's")
        .shared_by(&[Group::Swap, Group::DirectRelease]),
    message(
        "password-hash-malformed",
        "密码散列格式有误",
        "The hash of a password is not of the form that is agreed",
    )
    .at(&["/payload/password_hash"]),
    message(
        "changes-malformed",
        "更改项过多或过长",
        "There are too many changes, or a pointer is too long",
    )
    .at(&["/payload/changes"]),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Swap], Stage::Request, code, (zh, en)).by("domain 4.4, R15")
}

const fn message(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Swap], Stage::Message, code, (zh, en)).by("docs/swap.md")
}
