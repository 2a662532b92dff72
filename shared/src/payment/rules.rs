//! What is told of payments, agreements, windows, reports and the bank's days.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule("amount-malformed", "金额有误", "An amount is not one of yuan and fen within its bounds")
        .shared_by(&[Group::Payment, Group::DirectRelease]),
    rule(
        "failure-code-misplaced",
        "失败须给出原因，成功则不得有",
        "A failure has a code, and a success has none",
    )
    .at(&["/failure_code"]),
    rule(
        "bank-ref-malformed",
        "银行流水号为1至64个字符",
        "A reference of the bank has 1 to 64 characters",
    )
    .at(&["/bank_ref"]),
    rule("limit-malformed", "限额应为正的人民币金额", "A limit is not a positive amount of CNY"),
    rule("limit-above-daily", "单笔限额不得高于当日限额", "One debit may take more than a day may")
        .at(&["/single_limit"]),
    rule("account-token-missing", "账户代号不能为空", "The bank's account token is missing")
        .at(&["/account_token"]),
    rule("signed-in-future", "签约日期不能晚于今天", "An agreement is signed after today")
        .at(&["/signed_on"]),
    rule("organisation-unknown", "没有此报检单位", "There is no such declaring organisation")
        .at(&["/reg_no"]),
    rule(
        "due-day-out-of-range",
        "缴费日应为1至28日",
        "The day on which a month is due is none of 1 to 28",
    )
    .at(&["/due_day"]),
    rule("valid-from-past", "生效日期不得早于今天", "Something is granted for days that are over")
        .at(&["/valid_from"]),
    rule("valid-until-before-from", "失效日期不得早于生效日期", "A grant ends before it begins")
        .at(&["/valid_until"]),
    window("window-malformed", "窗口号为1至99", "The number of a window is none of 1 to 99")
        .at(&["/window_no"]),
    window("note-required", "现金长短款须说明原因", "The cash differs, and no note says why")
        .at(&["/note"]),
    window("tendered-short", "现金不足", "Less cash was given than is owed").at(&["/tendered"]),
    window("bank-missing", "请填写付款银行", "The bank of the cheque is missing")
        .at(&["/drawn_on"]),
    window("slip-missing", "请填写单据号", "The number of the slip or cheque is missing")
        .at(&["/slip_no"]),
    statement(
        "not-gb18030",
        "文件并非所注明的国标编码",
        "The file is not in the encoding that it was said to be in",
    )
    .at(&["/lines/*"]),
    statement("header-wrong", "表头有误", "The first line is not the header").at(&["/lines/*"]),
    statement("cells-wrong", "列数有误", "A line does not have five cells").at(&["/lines/*"]),
    statement("line-malformed", "该行无法读取", "A line cannot be read")
        .at(&["/lines/*"])
        .shared_by(&[Group::Payment, Group::Exchange]),
    statement("another-day", "不属于当日", "A booking is of another day").at(&["/lines/*"]),
    statement("after-end", "合计行之后不应再有内容", "Something follows the line END")
        .at(&["/lines/*"]),
    camt("namespace-unknown", "不是所支持版本的报文", "The document is of no version that is read")
        .at(&["/lines/*"]),
    camt("statement-missing", "文件中没有对账单", "There is no statement in the file")
        .at(&["/lines/*"]),
    camt(
        "statements-several",
        "一个文件只能有一份对账单",
        "There is more than one statement in the file",
    )
    .at(&["/lines/*"]),
    camt("statement-paged", "对账单不完整，分页文件须合并", "The file is one page of several")
        .at(&["/lines/*"]),
    camt("id-missing", "对账单没有编号", "The statement has no Id").at(&["/lines/*"]),
    camt("currency-wrong", "币种须为人民币", "A currency is not CNY"),
    camt("balance-missing", "缺少期初或期末余额", "The opening or the closing balance is missing")
        .at(&["/lines/*"]),
    camt("balance-doubled", "余额重复", "There are two opening or two closing balances")
        .at(&["/lines/*"]),
    camt("balance-malformed", "余额无法读取", "A balance cannot be read").at(&["/lines/*"]),
    camt("balances-differ", "余额与明细不符", "The entries do not make the closing balance")
        .at(&["/lines/*"]),
    camt("status-unknown", "入账状态有误", "The status of an entry is none that is known"),
    camt("direction-missing", "借贷标志有误", "An entry is neither credit nor debit"),
    camt(
        "direction-differs",
        "分笔与入账方向不一致",
        "A transaction goes in another direction than its entry",
    ),
    camt(
        "kind-unknown",
        "退款被冲回，无此类入账",
        "What was given back came back: there is no booking of that kind",
    ),
    camt(
        "entry-sum-differs",
        "分笔合计与入账金额不符",
        "The transactions do not make the amount of their entry",
    ),
    camt("reference-missing", "缺少银行流水号", "A booking has no reference of the bank"),
    camt("date-missing", "缺少入账日期", "An entry has neither a booking nor a value date"),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Payment], Stage::Request, code, (zh, en)).by("domain R6")
}

const fn window(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Payment], Stage::Request, code, (zh, en)).by("docs/money.md")
}

const fn statement(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Payment], Stage::File, code, (zh, en)).by("docs/bank.md")
}

const fn camt(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Payment], Stage::File, code, (zh, en)).by("ISO 20022 camt.053; docs/bank.md")
}
