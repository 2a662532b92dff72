//! The examples of `docs/exchange-protocol.md`, byte by byte: whoever implements the other side tries them first.
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    direct_release::consignment::wire::{Consigned, Reported},
    exchange::{Envelope, MessageId, Outcome, Outgoing, OwnKeys, Receipt, keys},
    kernel::signature::Message,
};
use uuid::Uuid;

const PAGE: &str = include_str!("../../docs/exchange-protocol.md");
/// RFC 8032, section 7.1, tests 1 and 2.
pub(crate) const SENDER: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
pub(crate) const RECEIVER: &str =
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

pub(crate) fn keys_of(bureau: &str, seed: &str) -> OwnKeys {
    let byte = |place| u8::from_str_radix(&seed[place..place + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..64).step_by(2).map(byte).collect();
    OwnKeys::from_seed(bureau, "2014-a", &bytes.try_into().unwrap())
}

fn noon() -> DateTime<Utc> {
    "2014-05-12T02:20:00Z".parse().unwrap()
}

fn message() -> Envelope {
    let payload = json!({
        "correlation_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d04", "first": 2, "last": 3,
    });
    let message = Outgoing {
        receiver: "310000".into(),
        kind: "exchange.resend",
        version: 1,
        correlation: "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d03".parse().unwrap(),
        payload,
    };
    let id: Uuid = "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d02".parse().unwrap();
    Envelope::seal(&keys_of("330000", SENDER), MessageId(id), 0, noon(), message).unwrap()
}

fn receipt() -> Receipt {
    let keys = keys_of("310000", RECEIVER);
    Receipt::seal(&keys, &message().header, noon(), Outcome::Stored, vec![]).unwrap()
}

#[track_caller]
fn must_stand_in_the_page(example: &impl Serialize) {
    let text = serde_json::to_string_pretty(example).unwrap();
    assert!(PAGE.contains(&text), "docs/exchange-protocol.md has no\n{text}");
}

#[test]
fn the_message_of_the_page_is_signed_as_it_says() {
    must_stand_in_the_page(&message());
    let canonical = String::from_utf8(keys::canonical(&message().header).unwrap()).unwrap();
    assert!(PAGE.contains(&canonical), "docs/exchange-protocol.md has no\n{canonical}");
}

#[test]
fn the_receipt_of_the_page_is_signed_as_it_says() {
    must_stand_in_the_page(&receipt());
}

#[test]
fn the_signed_request_of_the_page_has_these_headers() {
    let body = br#"{"messages":[]}"#;
    let request = Message { method: "POST", path: "/v1/exchange/messages", body };
    let seal = keys_of("330000", SENDER).seal_request(request, noon());
    for line in
        [format!("signature-date: {}", seal.date), format!("signature-ed25519: {}", seal.signature)]
    {
        assert!(PAGE.contains(&line), "docs/exchange-protocol.md has no\n{line}");
    }
}

#[test]
fn the_public_keys_of_the_page_are_those_of_the_rfc() {
    for keys in [keys_of("330000", SENDER), keys_of("310000", RECEIVER)] {
        let (_, public_key) = keys.public().next().unwrap();
        assert!(PAGE.contains(&public_key), "docs/exchange-protocol.md has no\n{public_key}");
    }
    let read: Value = serde_json::to_value(message()).unwrap();
    let read: Envelope = serde_json::from_value(read).unwrap();
    assert!(read.is_whole() && read.review().is_empty());
}

/// The payloads of the page, read as this bureau reads them and written as it writes them.
#[test]
fn the_payloads_of_direct_release_are_read_and_written_as_the_page_says() {
    let blocks: Vec<&str> =
        PAGE.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let of = |member: &str| *blocks.iter().find(|block| block.contains(member)).unwrap();

    let consigned: Consigned = serde_json::from_str(of("\"issuing_org\"")).unwrap();
    let reported: Reported = serde_json::from_str(of("\"consignment\"")).unwrap();

    must_stand_in_the_page(&consigned);
    must_stand_in_the_page(&reported);
    assert_eq!(consigned.first_no(), reported.consignment);
}
