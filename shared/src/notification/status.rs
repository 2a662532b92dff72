//! The life of a webhook endpoint, as one table.
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where a webhook endpoint stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndpointState {
    /// It has to answer a challenge before it is told anything.
    Pending,
    Active,
    /// It is told nothing; what was on its way waits.
    Disabled,
}

/// Why an endpoint is told nothing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisabledBecause {
    /// Its owner said so.
    Owner,
    /// It answered 410.
    Gone,
    /// It failed for days.
    Failing,
}

impl DisabledBecause {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Gone => "GONE",
            Self::Failing => "FAILING",
        }
    }
}

/// What can happen to a webhook endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointAction {
    /// It answered the challenge.
    Verify,
    /// Another address has to prove itself.
    Move,
    Disable,
    /// It has to answer a challenge again.
    Enable,
}

impl EndpointState {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Disabled];

    /// The whole lifecycle.
    #[must_use]
    pub const fn after(self, action: EndpointAction) -> Option<Self> {
        use {EndpointAction::*, EndpointState::*};
        Some(match (self, action) {
            (Pending | Active, Verify) => Active,
            (Pending | Active, Move) | (Disabled, Enable) => Pending,
            (Pending | Active, Disable) | (Disabled, Move) => Disabled,
            _ => return None,
        })
    }

    pub fn take(self, action: EndpointAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!("cannot {action:?} an endpoint that is {self:?}").to_lowercase();
            Refusal::new("webhook/wrong-state", detail)
        })
    }

    /// The name on the wire, in tables and in history.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Active => "ACTIVE",
            Self::Disabled => "DISABLED",
        }
    }
}

impl EndpointAction {
    pub const ALL: [Self; 4] = [Self::Verify, Self::Move, Self::Disable, Self::Enable];
}

/// The lifecycle as a diagram, for `docs/lifecycle`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &EndpointState::ALL,
        &EndpointAction::ALL,
        |from, action| from.after(*action),
        EndpointState::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    proptest! {
        /// Whatever its owner does: nothing is told to an address that has not answered a challenge since it was given
        /// or enabled.
        #[test]
        fn an_endpoint_is_active_only_after_its_address_proved_itself(
            actions in vec(select(&EndpointAction::ALL[..]), 0..40),
        ) {
            let (mut state, mut is_proven) = (EndpointState::Pending, false);
            for action in actions {
                let Some(next) = state.after(action) else { continue };
                is_proven = match action {
                    EndpointAction::Verify => true,
                    EndpointAction::Move | EndpointAction::Enable => false,
                    EndpointAction::Disable => is_proven,
                };
                state = next;
                prop_assert!(state != EndpointState::Active || is_proven);
            }
        }
    }

    #[test]
    fn the_diagram_shows_the_way_back() {
        assert!(mermaid().contains("DISABLED --> PENDING: Enable"));
    }
}
