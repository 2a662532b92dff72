//! The messages of a round, made before anybody looks at the clock.
use serde_json::{Value, json};

use crate::protocol::{Call, Message, Signer, new_id};

/// Records of one message: as many as one may hold.
pub(super) const RECORDS: u64 = 1000;

/// What is told of enterprises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// For the first time.
    New,
    /// That they lost what they had.
    Suspended,
}

/// Messages about enterprises that follow each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wave {
    /// The place of the first enterprise.
    pub(super) first: u64,
    pub(super) messages: u64,
    pub(super) told: Told,
}

impl Wave {
    pub(super) const fn records(self) -> u64 {
        self.messages * RECORDS
    }

    pub(super) fn render(self, signer: &Signer, receiver: &str) -> Vec<Call> {
        (0..self.messages).map(|message| self.call(signer, receiver, message)).collect()
    }

    fn call(self, signer: &Signer, receiver: &str, message: u64) -> Call {
        let first = self.first + message * RECORDS;
        let records: Vec<_> = (first..first + RECORDS).map(|place| self.record(place)).collect();
        let payload = json!({ "records": records });
        let place = (new_id(), 0);
        Call::bring(&[Message::new(signer, receiver, "direct.enterprises", place, &payload)])
    }

    fn record(self, place: u64) -> Value {
        let reg_no = format!("32{place:08}");
        match self.told {
            Told::New => json!({
                "reg_no": reg_no, "direction": "EXPORT", "state": "APPROVED", "version": 1,
                "granted_on": "2014-03-03",
            }),
            Told::Suspended => json!({
                "reg_no": reg_no, "direction": "EXPORT", "state": "SUSPENDED", "version": 2,
                "granted_on": "2014-03-03", "suspended_on": "2014-05-12", "suspended_until": "2015-05-12",
                "ground": "MISMATCH_AT_PORT",
            }),
        }
    }
}
