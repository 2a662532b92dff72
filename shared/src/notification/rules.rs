//! What is told of webhook endpoints and of positions in the feed.
use crate::kernel::{Group, Rule, Stage};

/// Each code once.
pub const RULES: &[Rule] = &[
    rule("url-not-allowed", "推送地址不可用", "Nothing is sent to such an address").at(&["/url"]),
    rule("event-type-unknown", "没有这种事件", "There is no such event type")
        .at(&["/event_types/*"]),
    rule("event-type-repeated", "事件重复", "An event type is listed twice")
        .at(&["/event_types/*"]),
    rule("span-empty", "结束时间应晚于起始时间", "A span ends before it begins").at(&["/to"]),
    rule("position-unknown", "没有这个位置", "No such position was given out yet")
        .at(&["/position"]),
];

const fn rule(code: &'static str, zh: &'static str, en: &'static str) -> Rule {
    Rule::of(&[Group::Notification], Stage::Request, code, (zh, en)).by("docs/webhooks.md")
}
