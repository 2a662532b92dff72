//! Notices of other ports, about goods that we let go; and what they tell us every month.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Disposition, NcSeverity, Reply, Suspension, wire::NoticeSent};
use crate::{
    id,
    kernel::{Refusal, lifecycle},
    words,
};

id! {
    /// One notice of another port.
    ReceivedNoticeId
}

words! {
    /// Where a notice of another port stands here.
    ReceivedNoticeStatus {
        /// It has come, perhaps again.
        Received "RECEIVED",
        /// We have taken note, and told the port.
        Acked "ACKED",
        /// We have answered.
        Replied "REPLIED",
        /// The port is satisfied.
        Closed "CLOSED",
    }
}

words! {
    /// What is done with a notice of another port.
    ReceivedNoticeAction {
        Acknowledge "ACKNOWLEDGE",
        Reply "REPLY",
        Close "CLOSE",
        /// The port is not satisfied after all.
        Receive "RECEIVE",
    }
}

impl ReceivedNoticeStatus {
    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: ReceivedNoticeAction) -> Option<Self> {
        use {ReceivedNoticeAction::*, ReceivedNoticeStatus::*};
        Some(match (self, action) {
            (Received, Acknowledge) => Acked,
            (Acked, Reply) => Replied,
            (Replied, Close) => Closed,
            (Closed, Receive) => Received,
            _ => return None,
        })
    }

    /// The state that `action` leads to.
    pub fn take(self, action: ReceivedNoticeAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!("{} is not possible while {}", action.verb(), self.name());
            Refusal::new("nonconformity/wrong-state", detail)
        })
    }
}

impl ReceivedNoticeAction {
    /// The verb in paths and diagrams.
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Reply => "reply",
            Self::Close => "close",
            Self::Receive => "receive",
        }
    }
}

/// The table as a Mermaid state diagram.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        ReceivedNoticeStatus::ALL,
        ReceivedNoticeAction::ALL,
        |from, action| from.after(*action),
        ReceivedNoticeStatus::name,
        |action| action.verb().to_owned(),
    )
}

/// How the port closed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NcClosing)]
pub struct Closing {
    /// What became of the goods.
    pub disposition: Disposition,
    /// What else the port says.
    #[schema(max_length = 1000)]
    pub remark: Option<String>,
}

/// A notice of another port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedNotice {
    pub id: ReceivedNoticeId,
    /// The bureau of the port.
    pub sender: String,
    /// The conversation in which we answer.
    pub correlation_id: Uuid,
    pub notice_no: String,
    pub reg_no: String,
    pub severity: NcSeverity,
    /// The notice as it was last sent.
    pub content: NoticeSent,
    pub status: ReceivedNoticeStatus,
    pub ack_due_on: NaiveDate,
    pub reply_due_on: NaiveDate,
    /// `None`: no suspension is proposed.
    pub decide_due_on: Option<NaiveDate>,
    pub suspension: Option<Suspension>,
    pub received_at: DateTime<Utc>,
    pub acked_at: Option<DateTime<Utc>>,
    pub replied_at: Option<DateTime<Utc>>,
    pub reply: Option<Reply>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closing: Option<Closing>,
    pub updated_at: DateTime<Utc>,
}

impl ReceivedNotice {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}

/// What a port told us about one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    pub sender: String,
    pub month: NaiveDate,
    pub content: Value,
    pub received_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_acknowledged_before_it_is_answered_and_answered_before_it_is_closed() {
        use {ReceivedNoticeAction::*, ReceivedNoticeStatus::*};
        let mut here = Received;
        for (action, next) in
            [(Acknowledge, Acked), (Reply, Replied), (Close, Closed), (Receive, Received)]
        {
            let others = ReceivedNoticeAction::ALL.iter().filter(|&&other| other != action);
            for other in others {
                assert_eq!(here.take(*other).unwrap_err().code, "nonconformity/wrong-state");
            }
            here = here.take(action).unwrap();
            assert_eq!(here, next);
        }
    }
}
