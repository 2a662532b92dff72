//! The life of a monthly statement (月结单), as one table (domain 4.2). Its notices lead: a statement takes no step that
//! they did not take.
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where a monthly statement stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MonthlyStatementState {
    /// To be paid by its due day.
    Issued,
    /// Not paid in time: it is dunned (催缴).
    Overdue,
    /// Each of its notices is paid, or void.
    Paid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthlyStatementAction {
    /// The due day is over.
    Lapse,
    /// The last of its notices was paid, or became void.
    Settle,
    /// The bank took back what paid one of its notices, before the due day or after it.
    ReopenInTime,
    ReopenLate,
}

/// How the notices of a statement stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// Each is paid, or void.
    Paid,
    /// Some are not, and the due day is still to come.
    Due,
    /// Some are not, and the due day is over.
    Late,
}

impl MonthlyStatementState {
    pub const ALL: [Self; 3] = [Self::Issued, Self::Overdue, Self::Paid];

    /// The whole lifecycle.
    #[must_use]
    pub const fn after(self, action: MonthlyStatementAction) -> Option<Self> {
        use {MonthlyStatementAction::*, MonthlyStatementState::*};
        Some(match (self, action) {
            (Issued, Lapse) | (Paid, ReopenLate) => Overdue,
            (Issued | Overdue, Settle) => Paid,
            (Paid, ReopenInTime) => Issued,
            _ => return None,
        })
    }

    pub fn take(self, action: MonthlyStatementAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail =
                format!("cannot {action:?} a monthly statement that is {self:?}").to_lowercase();
            Refusal::new("payment/wrong-monthly-statement-state", detail)
        })
    }

    /// The step that follows from its notices, if one does. That days go by is not their doing: see `Lapse`.
    #[must_use]
    pub const fn following(self, notices: Together) -> Option<MonthlyStatementAction> {
        use {MonthlyStatementAction::*, MonthlyStatementState::*};
        match (self, notices) {
            (Issued | Overdue, Together::Paid) => Some(Settle),
            (Paid, Together::Due) => Some(ReopenInTime),
            (Paid, Together::Late) => Some(ReopenLate),
            (Paid, Together::Paid) | (Issued | Overdue, Together::Due | Together::Late) => None,
        }
    }

    /// The name on the wire, in tables and in history.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issued => "ISSUED",
            Self::Overdue => "OVERDUE",
            Self::Paid => "PAID",
        }
    }
}

impl MonthlyStatementAction {
    pub const ALL: [Self; 4] = [Self::Lapse, Self::Settle, Self::ReopenInTime, Self::ReopenLate];
}

/// The lifecycle as a diagram, for `docs/lifecycle`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &MonthlyStatementState::ALL,
        &MonthlyStatementAction::ALL,
        |from, action| from.after(*action),
        MonthlyStatementState::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_the_notices_is_always_allowed() {
        for state in MonthlyStatementState::ALL {
            for notices in [Together::Paid, Together::Due, Together::Late] {
                let Some(action) = state.following(notices) else { continue };
                let next = state.take(action).unwrap();
                assert_eq!(next == MonthlyStatementState::Paid, notices == Together::Paid);
                assert_eq!(next.following(notices), None, "one step says it all");
            }
        }
    }

    #[test]
    fn a_paid_statement_does_not_lapse() {
        let refusal = MonthlyStatementState::Paid.take(MonthlyStatementAction::Lapse).unwrap_err();
        assert_eq!(refusal.code, "payment/wrong-monthly-statement-state");
    }
}
