//! What is told of partners, and of the messages that they send; what is said of a message stands in its receipt.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule("protocol-unknown", "不支持的协议", "The protocol is not spoken here")
        .at(&["/header/protocol"]),
    rule("type-malformed", "消息类型格式有误", "A type is a room, a dot and a word")
        .at(&["/header/type"]),
    rule("time-malformed", "时间格式有误", "A time cannot be read")
        .shared_by(&[Group::Exchange, Group::Handoff]),
    rule("number-too-small", "数值过小", "A number is smaller than it may be")
        .shared_by(&[Group::Exchange, Group::Nonconformity]),
    rule("number-not-whole", "数字应为整数", "A number is not whole: decimals are sent as text")
        .at(&["/payload"]),
    rule("payload-malformed", "内容不符合该类型", "The payload is not one of this type")
        .at(&["/payload"])
        .shared_by(&[
            Group::Exchange,
            Group::Handoff,
            Group::Swap,
            Group::Nonconformity,
            Group::DirectRelease,
        ]),
    rule("payload-changed", "内容与摘要不符", "The payload does not have its hash")
        .at(&["/header/payload_hash"]),
    rule("sender-not-caller", "发送方与调用方不符", "The sender is not the caller")
        .at(&["/header/sender"]),
    rule("receiver-wrong", "接收方不是本局", "It is meant for another bureau").shared_by(&[
        Group::Exchange,
        Group::Swap,
        Group::DirectRelease,
    ]),
    rule("partner-suspended", "该伙伴已暂停", "The exchange with this partner is suspended")
        .at(&["/header/sender"]),
    rule("sent-in-future", "发送时间在未来", "It was sent in the future").at(&["/header/sent_at"]),
    rule("key-not-good", "密钥未知、过期或已吊销", "The key is unknown, over or revoked")
        .at(&["/header/key_id"]),
    rule("signature-invalid", "签名无效", "The signature does not fit").at(&["/signature"]),
    rule("message-id-reused", "消息编号已用于其他内容", "The id was given to another message")
        .at(&["/header/id"]),
    rule("sequence-taken", "该序号已被占用", "Another message has this place in the conversation")
        .at(&["/header/sequence"]),
    rule("not-agreed", "双方无此项合作备忘录", "No memorandum in force lets this partner say so")
        .at(&["/header/type"]),
    rule(
        "records-malformed",
        "内容应为1至1000条记录",
        "The payload does not hold 1 to 1,000 records",
    )
    .at(&["/payload/records"]),
    rule("record-malformed", "记录格式有误", "A record cannot be read").at(&["/payload/records/*"]),
    rule("reg-no-malformed", "登记号应为10位数字", "A registration number does not have 10 digits")
        .shared_by(&[Group::Exchange, Group::Handoff, Group::Nonconformity, Group::DirectRelease]),
    rule(
        "not-its-enterprise",
        "该企业不归发送局管辖",
        "The enterprise belongs to another bureau than the sender",
    )
    .shared_by(&[Group::Exchange, Group::DirectRelease]),
    partner(
        "bureau-code-malformed",
        "机构代码应为6位数字",
        "The code of a bureau does not have 6 digits",
    )
    .at(&["/code"]),
    partner("bureau-is-own", "不能与本局互为伙伴", "This bureau is no partner of itself")
        .at(&["/code"]),
    partner("name-malformed", "名称为1至100个字", "A name does not have 1 to 100 characters")
        .at(&["/name_zh"]),
    partner(
        "url-malformed",
        "地址应以 http 或 https 开头",
        "An address is not one of http or https",
    )
    .at(&["/base_url"]),
    partner(
        "key-id-malformed",
        "密钥编号格式有误",
        "A key id is not 1 to 64 letters, digits, dots, dashes",
    )
    .at(&["/key_id"]),
    partner("validity-malformed", "截止早于起始", "What is valid ends before it begins")
        .shared_by(&[Group::Exchange, Group::Credit]),
    partner("terms-malformed", "条款应为对象", "The terms are no object").at(&["/terms"]),
    partner("message-count", "每次1至1000条消息", "A call does not carry 1 to 1,000 messages")
        .at(&["/messages"]),
    partner("receipt-count", "每次最多1000份回执", "A call carries more than 1,000 receipts")
        .at(&["/receipts"]),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Exchange], Stage::Message, code, (zh, en)).by("docs/exchange-protocol.md")
}

const fn partner(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Exchange], Stage::Request, code, (zh, en)).by("docs/exchange-protocol.md")
}
