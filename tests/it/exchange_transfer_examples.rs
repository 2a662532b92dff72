//! The examples of `docs/exchange-transfer-examples.md`, byte by byte: scenario S4 as the two bureaus tell it, and
//! whatever else they may say about a transfer.
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    declaration::examples,
    exchange::{Envelope, MessageId, Outgoing, OwnKeys, keys},
    swap::{
        Action, Change, Handling,
        message::{
            AmendmentAsked, AmendmentDecided, AmendmentSettled, Created, Decided, Report, Unlocked,
        },
    },
};
use uuid::Uuid;

use crate::exchange_examples::{RECEIVER, SENDER, keys_of};

const PAGE: &str = include_str!("../../docs/exchange-transfer-examples.md");
const CONVERSATION: u128 = 0x0191_0a5e_7c1e_7b3a_9c55_0d6d_1a2b_3e00;
const NUMBER: &str = "330900214004567";
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
                    m0tOXkWq8h8WyVdYwC3Nq6XyQO1wz0vY3fJq1r0b5oE";

/// One bureau as it speaks; every word has the next sequence, is the next version, and comes a minute later.
struct Speaker {
    keys: OwnKeys,
    receiver: &'static str,
    said: i32,
}

impl Speaker {
    fn says(
        &mut self,
        kind: &'static str,
        payload: impl Fn(i32) -> Value,
    ) -> (&'static str, Envelope) {
        self.said += 1;
        let message = Outgoing {
            receiver: self.receiver.into(),
            kind,
            version: 1,
            correlation: Uuid::from_u128(CONVERSATION),
            payload: payload(self.said),
        };
        let side = if self.receiver == "310000" { 0x10 } else { 0x80 };
        let id = Uuid::from_u128(CONVERSATION + side + u128::try_from(self.said).unwrap());
        let begun: DateTime<Utc> = "2014-05-21T02:20:00Z".parse().unwrap();
        let at = begun + Duration::minutes(self.said.into());
        (kind, Envelope::seal(&self.keys, MessageId(id), self.said, at, message).unwrap())
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn written(said: impl Serialize) -> Value {
    serde_json::to_value(said).unwrap()
}

fn transfer_no() -> String {
    format!("{NUMBER}T")
}

fn changes() -> Vec<Change> {
    vec![Change {
        pointer: "/goods/0/goods_total_val".into(),
        transferred: json!("361250.00"),
        wanted: json!("317900.00"),
    }]
}

fn decided(version: i32) -> Value {
    written(Decided { transfer_no: transfer_no(), version, reason: "合同取消".into() })
}

fn words_of_the_origin() -> Vec<(&'static str, Envelope)> {
    let keys = keys_of("330000", SENDER);
    let mut origin = Speaker { keys, receiver: "310000", said: 0 };
    let created = |version| {
        written(Created {
            transfer_no: transfer_no(),
            version,
            decl_no: NUMBER.into(),
            origin_org: "330900".into(),
            port_bureau: "310000".into(),
            port_org: Some("310900".into()),
            password_hash: HASH.into(),
            concluded_on: day("2014-05-21"),
            valid_until: day("2014-07-20"),
            handling: Handling::default(),
            declaration: examples::down(),
        })
    };
    let unlocked = |version| {
        let password_hash = HASH.into();
        written(Unlocked { transfer_no: transfer_no(), version, password_hash })
    };
    let agreed = |version| {
        written(AmendmentDecided {
            transfer_no: transfer_no(),
            version,
            amendment: Uuid::from_u128(CONVERSATION + 1),
            is_agreed: true,
            reason: "与合同变更一致".into(),
        })
    };
    vec![
        origin.says("transfer.created", created),
        origin.says("transfer.unlocked", unlocked),
        origin.says("transfer.correction_agreed", decided),
        origin.says("transfer.amendment_decided", agreed),
        origin.says("transfer.revoked", decided),
    ]
}

/// What the port reports with that word.
fn report(kind: &str, version: i32) -> Value {
    let is_claimed = !["transfer.received", "transfer.locked"].contains(&kind);
    let is_swapped =
        ["transfer.swapped", "transfer.consumed", "transfer.revocation_refused"].contains(&kind);
    let reason = match kind {
        "transfer.check_failed" | "transfer.returned" => Some("货证不符"),
        "transfer.revocation_applied" => Some("合同取消"),
        "transfer.revocation_refused" => Some("customs has used the form"),
        "transfer.locked" => Some("too many wrong passwords"),
        _ => None,
    };
    written(Report {
        transfer_no: transfer_no(),
        version,
        port_org: Some("310900".into()),
        port_decl_no: is_claimed.then(|| "310900214000077".into()),
        clearance_no: is_swapped.then(|| "310900214000077000".into()),
        valid_until: is_swapped.then(|| day("2014-07-20")),
        reason: reason.map(str::to_owned),
    })
}

fn words_of_the_port() -> Vec<(&'static str, Envelope)> {
    let keys = keys_of("310000", RECEIVER);
    let mut port = Speaker { keys, receiver: "330000", said: 0 };
    let steps = Action::ALL.iter().map(|action| action.event());
    // That it was receipted on the way is nothing that a port says.
    let steps = steps.filter(|kind| *kind != "transfer.sent");
    let reports = steps.chain(["transfer.revocation_refused", "transfer.locked"]);
    let mut words: Vec<_> =
        reports.map(|kind| port.says(kind, |version| report(kind, version))).collect();
    words.push(port.says("transfer.amendment_asked", |version| {
        written(AmendmentAsked {
            transfer_no: transfer_no(),
            version,
            amendment: Uuid::from_u128(CONVERSATION + 1),
            reason: "单价调整".into(),
            changes: changes(),
        })
    }));
    words.push(port.says("transfer.amendment_settled", |version| {
        written(AmendmentSettled {
            transfer_no: transfer_no(),
            version,
            amendment: Uuid::from_u128(CONVERSATION + 1),
            is_applied: true,
            clearance_no: Some("310900214000077002".into()),
            valid_until: Some(day("2014-07-20")),
            reason: None,
            changes: changes(),
        })
    }));
    words
}

fn lines(heading: &str, words: &[(&'static str, Envelope)]) -> String {
    let mut lines = format!("## {heading}\n");
    for (kind, envelope) in words {
        let canonical = String::from_utf8(keys::canonical(envelope).unwrap()).unwrap();
        lines += &format!("\n### `{kind}`\n```json\n{canonical}\n```\n");
    }
    lines
}

#[test]
fn every_message_about_a_transfer_stands_in_the_page_as_it_is_signed() {
    let (origin, port) = (words_of_the_origin(), words_of_the_port());

    let messages = [
        lines("From the origin to the port", &origin),
        lines("From the port to the origin", &port),
    ]
    .join("\n");

    let (_, in_the_page) = PAGE.split_at(PAGE.find("## From the origin").unwrap_or(PAGE.len()));
    assert_eq!(in_the_page, messages, "docs/exchange-transfer-examples.md tells something else");
    for (kind, envelope) in origin.iter().chain(&port) {
        assert!(envelope.is_whole() && envelope.review().is_empty(), "{kind}");
        let (_, public_key) = if envelope.header.sender == "330000" {
            keys_of("330000", SENDER)
        } else {
            keys_of("310000", RECEIVER)
        }
        .public()
        .next()
        .map(|(id, key)| (id.to_owned(), key))
        .unwrap();
        assert!(PAGE.contains(&public_key), "the page has no {public_key}");
    }
}
