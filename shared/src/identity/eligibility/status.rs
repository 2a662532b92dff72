//! The life of an eligibility to declare anywhere, as one table (domain 4.1).
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where an enterprise stands with declaring anywhere (domain R14).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = EligibilityStatus)]
pub enum Status {
    /// The enterprise asked.
    Applied,
    /// An officer has taken the application up.
    UnderReview,
    /// May declare and have released anywhere.
    Eligible,
    /// A condition no longer holds, or two officers said so.
    Suspended,
    /// Struck off; may apply again.
    Removed,
}

/// What is done with an eligibility.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = EligibilityAction)]
pub enum Action {
    Review,
    Approve,
    Suspend,
    Reinstate,
    Remove,
}

impl Status {
    pub const ALL: [Self; 5] =
        [Self::Applied, Self::UnderReview, Self::Eligible, Self::Suspended, Self::Removed];

    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: Action) -> Option<Self> {
        use {Action::*, Status::*};
        Some(match (self, action) {
            (Applied, Review) => UnderReview,
            (UnderReview, Approve) | (Suspended, Reinstate) => Eligible,
            (Eligible, Suspend) => Suspended,
            (Suspended, Remove) => Removed,
            _ => return None,
        })
    }

    /// The state that `action` leads to.
    pub fn take(self, action: Action) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail = format!("{} is not possible while {}", action.name(), self.name());
            Refusal::new("identity/eligibility-wrong-state", detail)
        })
    }

    #[must_use]
    pub fn is_final(self) -> bool {
        Action::ALL.iter().all(|&action| self.after(action).is_none())
    }

    /// The name on the wire and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "APPLIED",
            Self::UnderReview => "UNDER_REVIEW",
            Self::Eligible => "ELIGIBLE",
            Self::Suspended => "SUSPENDED",
            Self::Removed => "REMOVED",
        }
    }
}

impl Action {
    pub const ALL: [Self; 5] =
        [Self::Review, Self::Approve, Self::Suspend, Self::Reinstate, Self::Remove];

    /// The verb in paths and diagrams.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Approve => "approve",
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
            Self::Remove => "remove",
        }
    }
}

/// The table as a Mermaid state diagram.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &Status::ALL,
        &Action::ALL,
        |from, action| from.after(*action),
        Status::name,
        |action| action.name().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        /// No sequence of actions leaves a final state, nor makes anybody eligible whom nobody reviewed.
        #[test]
        fn every_walk_is_lawful(actions in prop::collection::vec(select(&Action::ALL[..]), 0..40)) {
            let mut walk = vec![Status::Applied];
            for action in actions {
                let here = *walk.last().unwrap();
                match here.take(action) {
                    Ok(next) => {
                        prop_assert!(!here.is_final());
                        walk.push(next);
                    }
                    Err(refusal) => {
                        prop_assert_eq!(refusal.code, "identity/eligibility-wrong-state");
                    }
                }
            }
            if walk.contains(&Status::Eligible) {
                prop_assert!(walk.contains(&Status::UnderReview));
            }
            if walk.contains(&Status::Removed) {
                prop_assert!(walk.contains(&Status::Suspended));
            }
        }
    }

    #[test]
    fn every_state_can_be_reached_and_removal_alone_is_final() {
        for status in Status::ALL {
            let entered = Status::ALL
                .iter()
                .any(|from| Action::ALL.iter().any(|&action| from.after(action) == Some(status)));
            assert!(entered || status == Status::Applied, "{status:?}");
            assert_eq!(status.is_final(), status == Status::Removed);
        }
    }

    #[test]
    fn the_diagram_shows_the_table() {
        assert_eq!(
            mermaid(),
            "stateDiagram-v2
    [*] --> APPLIED
    APPLIED --> UNDER_REVIEW: review
    UNDER_REVIEW --> ELIGIBLE: approve
    ELIGIBLE --> SUSPENDED: suspend
    SUSPENDED --> ELIGIBLE: reinstate
    SUSPENDED --> REMOVED: remove
    REMOVED --> [*]
"
        );
    }
}
