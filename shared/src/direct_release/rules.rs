//! What is told of direct release: the conditions of enterprises, seals, and what partners say.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    condition(
        "penalised-lately",
        "两年内受过行政处罚",
        "The enterprise had an administrative penalty within two years",
    ),
    condition("not-class-a", "不是一类企业", "The enterprise is not of class A"),
    condition(
        "trade-too-small",
        "年贸易额不足",
        "The yearly trade of the enterprise is below the least value",
    ),
    condition(
        "not-certified",
        "未通过HACCP或ISO9000认证",
        "The enterprise is not certified under HACCP or ISO 9000",
    ),
    condition(
        "no-quality-control",
        "没有有效的质量控制体系",
        "The enterprise has no effective quality control",
    ),
    condition("pass-rate-too-low", "年批次合格率不足", "Too few of its batches of a year passed"),
    condition(
        "goods-returned",
        "一年内因质量问题被退货或索赔",
        "Goods came back or were claimed for their quality within a year",
    ),
    condition(
        "facilitation-blocked",
        "因严重不合格已停止便利措施",
        "The facilitations of the enterprise are blocked for something critical",
    ),
    condition(
        "direct-release-excluded",
        "不得直通放行",
        "The goods or the way they go are excluded from direct release",
    ),
    seal("containers-malformed", "应有1至999个集装箱", "There are not 1 to 999 containers"),
    seal(
        "container-no-malformed",
        "集装箱号为4个大写字母加7位数字",
        "A container number is not four capitals and seven digits",
    ),
    seal("container-repeated", "集装箱重复", "A container is named twice"),
    seal("container-not-declared", "申报中没有此集装箱", "The declaration has no such container")
        .at(&["/containers/*"]),
    seal("container-not-sealed", "集装箱未施加封识", "A container of the declaration has no seal")
        .at(&["/containers"]),
    seal("seals-malformed", "每箱封识数有误", "A container has too few or too many seals"),
    seal(
        "seal-no-malformed",
        "封识号为4至20位大写字母、数字或连字符",
        "A seal number is not 4 to 20 capitals, digits, hyphens",
    ),
    seal("seal-repeated", "封识号重复", "A seal is named twice"),
    seal(
        "declaration-not-of-consignment",
        "不是该批货物的报检号",
        "There is no declaration here that belongs to the consignment",
    )
    .at(&["/decl_no"]),
    message(
        "clearance-no-malformed",
        "通关单号有误",
        "The number of a form does not have 18 digits, or is of another declaration",
    )
    .at(&["/payload"]),
    message("place-malformed", "地点代码为6位数字", "The code of a place does not have six digits")
        .at(&["/payload/place"]),
    message(
        "country-malformed",
        "出口须注明输往国二字母代码",
        "Of an export, and of nothing else, two letters of a country are told",
    )
    .at(&["/payload/destination_country"]),
    message("goods-malformed", "货物应为1至999项", "There are not 1 to 999 lines of goods")
        .at(&["/payload/goods"]),
    message("findings-malformed", "不符项过多", "There are more findings than seals")
        .at(&["/payload/findings"]),
    message(
        "state-inconsistent",
        "未暂停的企业不应有暂停内容",
        "What is not suspended has a suspension",
    ),
    message(
        "state-not-told",
        "状态只能为APPROVED或SUSPENDED",
        "A state is neither APPROVED nor SUSPENDED",
    ),
    message(
        "suspension-incomplete",
        "暂停须说明起止日期和理由",
        "A suspension lacks one of its days or its ground",
    ),
    message("suspension-too-short", "暂停不得少于一年", "A suspension lasts less than a year"),
];

const fn condition(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::DirectRelease], Stage::Request, code, (zh, en)).by("domain 4.5, R16")
}

const fn seal(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::DirectRelease], Stage::Request, code, (zh, en)).by("domain 4.5, R16")
}

const fn message(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::DirectRelease], Stage::Message, code, (zh, en))
        .by("docs/exchange-protocol.md; domain 4.5")
}
