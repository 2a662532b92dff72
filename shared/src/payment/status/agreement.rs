//! The life of an e-payment agreement (三方协议), as one table.
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where an e-payment agreement stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreementState {
    Active,
    /// No new debits for the time being.
    Suspended,
    /// Over; a new one may be signed.
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementAction {
    Suspend,
    Resume,
    End,
}

impl AgreementState {
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Ended];

    /// The whole lifecycle.
    #[must_use]
    pub const fn after(self, action: AgreementAction) -> Option<Self> {
        use {AgreementAction::*, AgreementState::*};
        Some(match (self, action) {
            (Active, Suspend) => Suspended,
            (Suspended, Resume) => Active,
            (Active | Suspended, End) => Ended,
            _ => return None,
        })
    }

    pub fn take(self, action: AgreementAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!("cannot {action:?} an agreement that is {self:?}").to_lowercase();
            Refusal::new("payment/wrong-agreement-state", detail)
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

impl AgreementAction {
    pub const ALL: [Self; 3] = [Self::Suspend, Self::Resume, Self::End];
}

/// The lifecycle as a diagram, for `docs/lifecycle`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &AgreementState::ALL,
        &AgreementAction::ALL,
        |from, action| from.after(*action),
        AgreementState::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_agreement_is_over() {
        for action in AgreementAction::ALL {
            assert_eq!(AgreementState::Ended.after(action), None);
        }
    }

    #[test]
    fn the_diagram_shows_the_way_back_from_suspension() {
        assert!(mermaid().contains("SUSPENDED --> ACTIVE: Resume"));
    }
}
