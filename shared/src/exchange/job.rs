//! What is promised between bureaus.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::MessageId;
use crate::ledger::{Job, Lane};

/// Brings a partner what waits for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Deliver {
    pub partner: String,
}

impl Job for Deliver {
    const KIND: &'static str = "exchange.deliver";
    const LANE: Lane = Lane::Outward;
    fn subject(&self) -> Uuid {
        super::event::subject_of(&self.partner)
    }
}

/// Lets a stored message take effect, when its turn has come.
#[derive(Debug, Serialize, Deserialize)]
pub struct Apply {
    pub sender: String,
    pub message: MessageId,
}

impl Job for Apply {
    const KIND: &'static str = "exchange.apply";
    fn subject(&self) -> Uuid {
        self.message.0
    }
}

/// Asks a partner for what is missing in a conversation, if it is missing still.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskAgain {
    pub partner: String,
    pub correlation: Uuid,
}

impl Job for AskAgain {
    const KIND: &'static str = "exchange.ask_again";
    fn subject(&self) -> Uuid {
        self.correlation
    }
}
