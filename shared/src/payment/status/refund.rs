//! The life of a refund, as one table (domain R10).
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where a refund stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundState {
    /// Proposed by an officer, or owed by a rule; two others have to approve it.
    Owed,
    /// It will not be; the money stays income.
    Refused,
    /// A fee officer and a duty chief agreed; a cashier pays it out.
    Approved,
    /// The order to the bank is promised; nothing has left the house.
    Ordered,
    /// The order may have left. Committed before it does.
    Sent,
    /// Sent, and no answer that could be trusted. Only the bank resolves it, never a second order.
    Unknown,
    /// The payer has the money.
    Executed,
    /// The bank gave nothing back. What is owed stays owed, under another number.
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundAction {
    /// The second of two approvals.
    Approve,
    Refuse,
    /// Handed out at the window.
    PayOut,
    /// Promised to be ordered at the bank.
    Order,
    Send,
    Succeed,
    Fail,
    /// The answer did not come, or cannot be believed.
    LoseSight,
}

impl RefundState {
    pub const ALL: [Self; 8] = [
        Self::Owed,
        Self::Refused,
        Self::Approved,
        Self::Ordered,
        Self::Sent,
        Self::Unknown,
        Self::Executed,
        Self::Failed,
    ];

    /// The whole lifecycle. Note what is missing: nothing leads back to `Sent`, and nothing is sent that two did not
    /// approve.
    #[must_use]
    pub const fn after(self, action: RefundAction) -> Option<Self> {
        use {RefundAction::*, RefundState::*};
        Some(match (self, action) {
            (Owed, Approve) => Approved,
            (Owed, Refuse) => Refused,
            (Approved, Order) => Ordered,
            (Ordered, Send) => Sent,
            (Approved, PayOut) | (Sent | Unknown, Succeed) => Executed,
            (Sent | Unknown, Fail) => Failed,
            (Sent, LoseSight) => Unknown,
            _ => return None,
        })
    }

    pub fn take(self, action: RefundAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!("cannot {action:?} a refund that is {self:?}").to_lowercase();
            Refusal::new("payment/wrong-refund-state", detail)
        })
    }

    /// The name on the wire, in tables and in history.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owed => "OWED",
            Self::Refused => "REFUSED",
            Self::Approved => "APPROVED",
            Self::Ordered => "ORDERED",
            Self::Sent => "SENT",
            Self::Unknown => "UNKNOWN",
            Self::Executed => "EXECUTED",
            Self::Failed => "FAILED",
        }
    }
}

impl RefundAction {
    pub const ALL: [Self; 8] = [
        Self::Approve,
        Self::Refuse,
        Self::PayOut,
        Self::Order,
        Self::Send,
        Self::Succeed,
        Self::Fail,
        Self::LoseSight,
    ];
}

/// The lifecycle as a diagram, for `docs/lifecycle`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &RefundState::ALL,
        &RefundAction::ALL,
        |from, action| from.after(*action),
        RefundState::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    #[test]
    fn every_state_can_be_reached() {
        let diagram = mermaid();
        for state in RefundState::ALL {
            let name = state.name();
            assert!(diagram.contains(&format!("--> {name}")), "{name} cannot be reached");
        }
    }

    proptest! {
        /// At most one sending in a life, and nothing leaves, by bank or by hand, without approval.
        #[test]
        fn no_walk_sends_twice(actions in prop::collection::vec(select(&RefundAction::ALL[..]), 0..40)) {
            let (mut state, mut sent, mut is_approved) = (RefundState::Owed, 0, false);
            for action in actions {
                if let Ok(next) = state.take(action) {
                    is_approved |= next == RefundState::Approved;
                    sent += u32::from(next == RefundState::Sent);
                    let leaves = matches!(next, RefundState::Sent | RefundState::Executed);
                    prop_assert!(!leaves || is_approved);
                    state = next;
                }
            }
            prop_assert!(sent <= 1);
        }
    }
}
