//! What an outsider is told of an event: one definition for the feed and for webhooks.
//!
//! It is made of what never changes, so it is the same whenever and however often it is told.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::types::{About, EventType};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = EventPayload)]
pub struct Payload {
    /// What happened: one of `GET /v1/event-types`.
    #[serde(rename = "type")]
    #[schema(example = "declaration.released", max_length = 64)]
    pub kind: String,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// To what, and how it stands since.
    pub data: Data,
}

/// To what it happened, and how that stands since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = EventData)]
pub struct Data {
    /// `declaration`, `transfer` or `webhook_endpoint`.
    #[schema(max_length = 20)]
    pub about: String,
    /// Our id of it.
    pub id: Uuid,
    /// Whose it is.
    #[schema(example = "3100601234", max_length = 10)]
    pub reg_no: String,
    /// The number of the declaration (报检号), once it had one.
    #[schema(example = "310900114000017", max_length = 15)]
    pub decl_no: Option<String>,
    /// The declarant's own reference of the declaration.
    #[schema(example = "DR-2014-0512-01", max_length = 32)]
    pub ent_decl_no: Option<String>,
    /// The state that was left, where one was.
    #[schema(example = "CONFORMING", max_length = 40)]
    pub previous: Option<String>,
    /// The state that was entered.
    #[schema(example = "RELEASED", max_length = 40)]
    pub next: Option<String>,
    /// Why, where somebody had to say why.
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
    /// What else the event tells: its members depend on the type, as in the timeline.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
    /// Where to read how it stands now.
    #[schema(example = "/v1/declarations/0145f011-9a00-7000-8000-000000000001", max_length = 200)]
    pub link: String,
}

/// An event with what is known of its declaration, as stores read it.
#[derive(Clone, Debug)]
pub struct Happened {
    pub kind: String,
    pub at: DateTime<Utc>,
    pub subject: Uuid,
    pub reg_no: String,
    pub decl_no: Option<String>,
    pub ent_decl_no: Option<String>,
    pub previous: Option<String>,
    pub next: Option<String>,
    pub reason: Option<String>,
    pub data: serde_json::Value,
}

impl From<Happened> for Payload {
    fn from(happened: Happened) -> Self {
        let about = EventType::find(&happened.kind).map_or(About::Declaration, |one| one.about);
        Self {
            timestamp: happened.at,
            data: Data {
                about: about.name().to_owned(),
                id: happened.subject,
                reg_no: happened.reg_no,
                decl_no: happened.decl_no,
                ent_decl_no: happened.ent_decl_no,
                previous: happened.previous,
                next: happened.next,
                reason: happened.reason,
                details: happened.data,
                link: format!("{}/{}", about.path(), happened.subject),
            },
            kind: happened.kind,
        }
    }
}

/// What the documentation shows of a type.
#[must_use]
pub fn example(kind: &EventType) -> serde_json::Value {
    let id: Uuid = Uuid::from_u128(0x0145_f011_9a00_7000_8000_0000_0000_0001);
    let is_case = kind.about == About::Declaration;
    let is_release = kind.name == "declaration.released";
    serde_json::json!({
        "type": kind.name,
        "timestamp": "2014-05-12T02:20:00Z",
        "data": {
            "about": kind.about.name(), "id": id, "reg_no": "3100601234",
            "decl_no": is_case.then_some("310900114000017"),
            "ent_decl_no": is_case.then_some("DR-2014-0512-01"),
            "previous": is_release.then_some("CONFORMING"), "next": is_release.then_some("RELEASED"),
            "reason": null, "details": {}, "link": format!("{}/{id}", kind.about.path()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_far_below_the_twenty_kilobytes_that_receivers_expect() {
        let happened = Happened {
            kind: "declaration.returned".into(),
            at: "2014-05-12T02:20:00Z".parse().unwrap(),
            subject: Uuid::nil(),
            reg_no: "3100601234".into(),
            decl_no: Some("310900114000017".into()),
            ent_decl_no: Some("境".repeat(32)),
            previous: Some("MANUAL_REVIEW".into()),
            next: Some("NEEDS_CORRECTION".into()),
            reason: Some("缺".repeat(1000)),
            data: serde_json::json!({ "version": 1, "office": "310900" }),
        };

        let sent = serde_json::to_vec(&Payload::from(happened)).unwrap();

        assert!(sent.len() < 5_000, "{}", sent.len());
    }

    #[test]
    fn every_type_has_an_example_that_is_a_payload() {
        for kind in super::super::types::ALL {
            let payload: Payload = serde_json::from_value(example(kind)).unwrap();
            assert_eq!(payload.kind, kind.name);
        }
    }
}
