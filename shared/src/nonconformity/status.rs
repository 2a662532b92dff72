//! The life of a notice of ours, as one table (domain 4.7, R16).
use crate::{
    kernel::{Refusal, lifecycle},
    words,
};

words! {
    /// Where a notice of non-conformity stands.
    NcNoticeStatus {
        /// Written by an inspector; nobody else knows.
        Draft "DRAFT",
        /// Given up before it was approved.
        Discarded "DISCARDED",
        /// A duty chief stands behind it; it waits until the origin bureau can be told.
        Approved "APPROVED",
        /// The origin bureau is told.
        Sent "SENT",
        /// The origin bureau has taken note.
        Acked "ACKED",
        /// The origin bureau has answered.
        Replied "REPLIED",
        /// The port is satisfied.
        Closed "CLOSED",
        /// The port is not satisfied after all; it waits until the origin bureau can be told.
        Reopened "REOPENED",
    }
}

words! {
    /// What is done with a notice.
    NcNoticeAction {
        Discard "DISCARD",
        Approve "APPROVE",
        Send "SEND",
        Acknowledge "ACKNOWLEDGE",
        Reply "REPLY",
        Close "CLOSE",
        Reopen "REOPEN",
    }
}

impl NcNoticeStatus {
    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: NcNoticeAction) -> Option<Self> {
        use {NcNoticeAction::*, NcNoticeStatus::*};
        Some(match (self, action) {
            (Draft, Discard) => Discarded,
            (Draft, Approve) => Approved,
            (Approved | Reopened, Send) => Sent,
            (Sent, Acknowledge) => Acked,
            (Acked, Reply) => Replied,
            (Replied, Close) => Closed,
            (Closed, Reopen) => Reopened,
            _ => return None,
        })
    }

    /// The state that `action` leads to.
    pub fn take(self, action: NcNoticeAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!("{} is not possible while {}", action.verb(), self.name());
            Refusal::new("nonconformity/wrong-state", detail)
        })
    }

    /// Approved, and not closed: it counts against the enterprise (domain R14).
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Draft | Self::Discarded | Self::Closed)
    }
}

impl NcNoticeAction {
    /// The verb in paths and diagrams.
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Discard => "discard",
            Self::Approve => "approve",
            Self::Send => "send",
            Self::Acknowledge => "acknowledge",
            Self::Reply => "reply",
            Self::Close => "close",
            Self::Reopen => "reopen",
        }
    }
}

/// The table as a Mermaid state diagram.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        NcNoticeStatus::ALL,
        NcNoticeAction::ALL,
        |from, action| from.after(*action),
        NcNoticeStatus::name,
        |action| action.verb().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        /// Whatever is tried, nobody answers what was not sent, and nothing is sent that nobody approved.
        #[test]
        fn every_walk_is_lawful(
            actions in prop::collection::vec(select(NcNoticeAction::ALL), 0..60)
        ) {
            let (mut here, mut taken) = (NcNoticeStatus::Draft, Vec::new());
            for action in actions {
                match here.take(action) {
                    Ok(next) => { taken.push(action); here = next; }
                    Err(refusal) => prop_assert_eq!(refusal.code, "nonconformity/wrong-state"),
                }
            }
            let count = |wanted| taken.iter().filter(|&&action| action == wanted).count();
            prop_assert!(count(NcNoticeAction::Approve) <= 1);
            prop_assert!(count(NcNoticeAction::Send) <= count(NcNoticeAction::Approve) + count(NcNoticeAction::Reopen));
            prop_assert!(count(NcNoticeAction::Acknowledge) <= count(NcNoticeAction::Send));
            prop_assert!(count(NcNoticeAction::Reply) <= count(NcNoticeAction::Acknowledge));
            prop_assert!(count(NcNoticeAction::Close) <= count(NcNoticeAction::Reply));
            prop_assert_eq!(here.is_open(), count(NcNoticeAction::Approve) == 1 && here != NcNoticeStatus::Closed);
        }
    }

    #[test]
    fn every_state_can_be_reached() {
        for status in NcNoticeStatus::ALL {
            let entered = NcNoticeStatus::ALL
                .iter()
                .any(|from| NcNoticeAction::ALL.iter().any(|&a| from.after(a) == Some(*status)));
            assert!(entered || *status == NcNoticeStatus::Draft, "{status:?}");
        }
    }
}
