//! The life of a fee notice, as one table (domain R6).
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where a fee notice stands (domain R6).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeState {
    Draft,
    /// To be paid by its due date.
    Issued,
    /// A payment is under way.
    Paying,
    Paid,
    /// Not paid in time: a late fee runs.
    Overdue,
    Voided,
    PartiallyRefunded,
    Refunded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeAction {
    Issue,
    /// A payment begins.
    Debit,
    Succeed,
    /// The payment failed and the due date is still to come.
    FailInTime,
    /// The payment failed and the due date is over.
    FailLate,
    /// The due date is over.
    Lapse,
    Void,
    /// The bank took a success back, before the due date or after it.
    ReverseInTime,
    ReverseLate,
    RefundPart,
    RefundAll,
}

impl NoticeState {
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Issued,
        Self::Paying,
        Self::Paid,
        Self::Overdue,
        Self::Voided,
        Self::PartiallyRefunded,
        Self::Refunded,
    ];

    /// The whole lifecycle. Note what is missing: nothing voids a notice that is being paid.
    #[must_use]
    pub const fn after(self, action: NoticeAction) -> Option<Self> {
        use {NoticeAction::*, NoticeState::*};
        Some(match (self, action) {
            (Draft, Issue) | (Paying, FailInTime) | (Paid, ReverseInTime) => Issued,
            (Issued | Overdue, Debit) => Paying,
            (Paying, Succeed) => Paid,
            (Issued, Lapse) | (Paying, FailLate) | (Paid, ReverseLate) => Overdue,
            (Issued | Overdue, Void) => Voided,
            (Paid | PartiallyRefunded, RefundPart) => PartiallyRefunded,
            (Paid | PartiallyRefunded, RefundAll) => Refunded,
            _ => return None,
        })
    }

    pub fn take(self, action: NoticeAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!("cannot {action:?} a fee notice that is {self:?}").to_lowercase();
            Refusal::new("payment/wrong-notice-state", detail)
        })
    }

    /// Nothing is owed on it any more: it was paid, whatever was given back later (R5).
    #[must_use]
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::PartiallyRefunded | Self::Refunded)
    }

    /// The name on the wire, in tables and in history.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Issued => "ISSUED",
            Self::Paying => "PAYING",
            Self::Paid => "PAID",
            Self::Overdue => "OVERDUE",
            Self::Voided => "VOIDED",
            Self::PartiallyRefunded => "PARTIALLY_REFUNDED",
            Self::Refunded => "REFUNDED",
        }
    }
}

impl NoticeAction {
    pub const ALL: [Self; 11] = [
        Self::Issue,
        Self::Debit,
        Self::Succeed,
        Self::FailInTime,
        Self::FailLate,
        Self::Lapse,
        Self::Void,
        Self::ReverseInTime,
        Self::ReverseLate,
        Self::RefundPart,
        Self::RefundAll,
    ];
}

/// The lifecycle as a diagram, for `docs/lifecycle`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &NoticeState::ALL,
        &NoticeAction::ALL,
        |from, action| from.after(*action),
        NoticeState::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    #[test]
    fn a_notice_that_is_being_paid_cannot_be_voided() {
        let refusal = NoticeState::Paying.take(NoticeAction::Void).unwrap_err();
        assert_eq!(refusal.code, "payment/wrong-notice-state");
        assert_eq!(refusal.detail, "cannot void a fee notice that is paying");
    }

    #[test]
    fn every_state_can_be_reached() {
        let diagram = mermaid();
        for state in NoticeState::ALL {
            let name = state.name();
            assert!(diagram.contains(&format!("--> {name}")), "{name} cannot be reached");
        }
    }

    proptest! {
        /// However silly the walk: only a payment makes a notice paid, and what is voided stays voided.
        #[test]
        fn every_walk_is_lawful(actions in prop::collection::vec(select(&NoticeAction::ALL[..]), 0..40)) {
            let mut walk = vec![NoticeState::Draft];
            for action in actions {
                let here = *walk.last().unwrap();
                if let Ok(next) = here.take(action) {
                    prop_assert_ne!(here, NoticeState::Voided);
                    prop_assert_ne!(here, NoticeState::Refunded);
                    prop_assert!(next != NoticeState::Paid || here == NoticeState::Paying);
                    prop_assert!(next != NoticeState::Voided || here != NoticeState::Paying);
                    walk.push(next);
                }
            }
        }
    }
}
