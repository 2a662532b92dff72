//! The life of a monthly settlement (月结), as one table (domain 4.2).
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where a monthly settlement stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MonthlySettlementState {
    Active,
    /// Nothing is taken on credit, and nothing unpaid is released, for the time being.
    Suspended,
    /// Over; a new one may be granted.
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthlySettlementAction {
    Suspend,
    Resume,
    End,
}

impl MonthlySettlementState {
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Ended];

    /// The whole lifecycle.
    #[must_use]
    pub const fn after(self, action: MonthlySettlementAction) -> Option<Self> {
        use {MonthlySettlementAction::*, MonthlySettlementState::*};
        Some(match (self, action) {
            (Active, Suspend) => Suspended,
            (Suspended, Resume) => Active,
            (Active | Suspended, End) => Ended,
            _ => return None,
        })
    }

    pub fn take(self, action: MonthlySettlementAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail =
                format!("cannot {action:?} a monthly settlement that is {self:?}").to_lowercase();
            Refusal::new("payment/wrong-monthly-settlement-state", detail)
        })
    }

    /// The name on the wire, in tables and in history.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Ended => "ENDED",
        }
    }
}

impl MonthlySettlementAction {
    pub const ALL: [Self; 3] = [Self::Suspend, Self::Resume, Self::End];
}

/// The lifecycle as a diagram, for `docs/lifecycle`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &MonthlySettlementState::ALL,
        &MonthlySettlementAction::ALL,
        |from, action| from.after(*action),
        MonthlySettlementState::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_settlement_is_over() {
        for action in MonthlySettlementAction::ALL {
            assert_eq!(MonthlySettlementState::Ended.after(action), None);
        }
    }

    #[test]
    fn the_diagram_shows_the_way_back_from_suspension() {
        assert!(mermaid().contains("SUSPENDED --> ACTIVE: Resume"));
    }
}
