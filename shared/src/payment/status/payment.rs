//! The life of a payment, as one table (domain R6).
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where a debit stands (domain R6).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentState {
    /// Promised; nothing has left the house.
    Created,
    /// The debit may have left. Committed before it does.
    Sent,
    /// The bank took the money.
    Success,
    /// The bank took nothing.
    Failed,
    /// Sent, and no answer that could be trusted. Only the bank resolves it, never a second debit.
    Unknown,
    /// The bank took its success back.
    Reversed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentAction {
    Send,
    /// Given up before anything was sent.
    Abandon,
    Succeed,
    Fail,
    /// The answer did not come, or cannot be believed.
    LoseSight,
    Reverse,
}

impl PaymentState {
    pub const ALL: [Self; 6] =
        [Self::Created, Self::Sent, Self::Success, Self::Failed, Self::Unknown, Self::Reversed];

    /// The whole lifecycle. Note what is missing: nothing leads back to `Sent`.
    #[must_use]
    pub const fn after(self, action: PaymentAction) -> Option<Self> {
        use {PaymentAction::*, PaymentState::*};
        Some(match (self, action) {
            (Created, Send) => Sent,
            (Created, Abandon) | (Sent | Unknown, Fail) => Failed,
            (Sent | Unknown, Succeed) => Success,
            (Sent, LoseSight) => Unknown,
            (Success, Reverse) => Reversed,
            _ => return None,
        })
    }

    pub fn take(self, action: PaymentAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!("cannot {action:?} a payment that is {self:?}").to_lowercase();
            Refusal::new("payment/wrong-payment-state", detail)
        })
    }

    /// The bank has not had its last word.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::Sent | Self::Unknown)
    }

    /// The name on the wire, in tables and in history.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Sent => "SENT",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::Unknown => "UNKNOWN",
            Self::Reversed => "REVERSED",
        }
    }
}

impl PaymentAction {
    pub const ALL: [Self; 6] =
        [Self::Send, Self::Abandon, Self::Succeed, Self::Fail, Self::LoseSight, Self::Reverse];
}

/// The lifecycle as a diagram, for `docs/lifecycle`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &PaymentState::ALL,
        &PaymentAction::ALL,
        |from, action| from.after(*action),
        PaymentState::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    #[test]
    fn a_payment_whose_answer_is_unknown_cannot_be_sent_again() {
        let refusal = PaymentState::Unknown.take(PaymentAction::Send).unwrap_err();
        assert_eq!(refusal.code, "payment/wrong-payment-state");
    }

    #[test]
    fn every_state_can_be_reached() {
        let diagram = mermaid();
        for state in PaymentState::ALL {
            let name = state.name();
            assert!(diagram.contains(&format!("--> {name}")), "{name} cannot be reached");
        }
    }

    proptest! {
        /// At most one sending in a life, and nothing succeeds that was not sent (invariant 16).
        #[test]
        fn no_walk_sends_twice(actions in prop::collection::vec(select(&PaymentAction::ALL[..]), 0..40)) {
            let mut state = PaymentState::Created;
            let mut sent = 0;
            for action in actions {
                if let Ok(next) = state.take(action) {
                    sent += u32::from(next == PaymentState::Sent);
                    prop_assert!(next != PaymentState::Success || sent == 1);
                    state = next;
                }
            }
            prop_assert!(sent <= 1);
        }
    }
}
