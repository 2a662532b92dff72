//! The life of a grant of direct release, as one table (domain 4.5, R16).
use crate::{
    direct_release::model::words,
    kernel::{Refusal, lifecycle},
};

words! {
    /// Where an enterprise stands with direct release (domain R16).
    Status as DirectEnterpriseStatus {
        /// The enterprise asked, and nobody has decided.
        Applied "APPLIED",
        /// Its goods may go directly.
        Approved "APPROVED",
        /// The application was refused; another may be made.
        Refused "REFUSED",
        /// Not for a year; then it may apply again.
        Suspended "SUSPENDED",
    }
}

words! {
    /// What is done with a grant.
    Action as DirectEnterpriseAction {
        Approve "APPROVE",
        Refuse "REFUSE",
        Suspend "SUSPEND",
        Reapply "REAPPLY",
    }
}

impl Status {
    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: Action) -> Option<Self> {
        use {Action::*, Status::*};
        Some(match (self, action) {
            (Applied, Approve) => Approved,
            (Applied, Refuse) => Refused,
            (Approved, Suspend) => Suspended,
            (Suspended, Reapply) => Applied,
            _ => return None,
        })
    }

    /// The state that `action` leads to.
    pub fn take(self, action: Action) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail =
                format!("{} is not possible while {}", action.name().to_lowercase(), self.name());
            Refusal::new("direct-enterprise/wrong-state", detail)
        })
    }

    #[must_use]
    pub fn is_final(self) -> bool {
        Action::ALL.iter().all(|&action| self.after(action).is_none())
    }

    /// Whether a partner that holds `self` for an enterprise may be told `told`. It sees no applications, so an
    /// approval after a suspension has one in between.
    #[must_use]
    pub fn may_be_told(self, told: Self) -> bool {
        use Status::*;
        matches!((self, told), (Approved | Suspended, Approved | Suspended))
    }
}

/// The diagram of `docs/lifecycle/direct-enterprise.md`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        Status::ALL,
        Action::ALL,
        |from, action| from.after(*action),
        Status::name,
        |action| action.name().to_lowercase(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        /// No sequence of actions leaves a final state, nor brings a suspended enterprise back without an application.
        #[test]
        fn every_walk_is_lawful(actions in prop::collection::vec(select(Action::ALL), 0..40)) {
            let mut walk = vec![Status::Applied];
            for action in actions {
                let here = *walk.last().unwrap();
                match here.take(action) {
                    Ok(next) => {
                        prop_assert!(!here.is_final());
                        walk.push(next);
                    }
                    Err(refusal) => prop_assert_eq!(refusal.code, "direct-enterprise/wrong-state"),
                }
            }
            for pair in walk.windows(2) {
                prop_assert!(pair[1] != Status::Approved || pair[0] == Status::Applied);
                prop_assert!(pair[1] != Status::Suspended || pair[0] == Status::Approved);
            }
        }
    }

    #[test]
    fn every_state_can_be_reached_and_refusal_alone_is_final() {
        for &status in Status::ALL {
            let entered = Status::ALL
                .iter()
                .any(|from| Action::ALL.iter().any(|&action| from.after(action) == Some(status)));
            assert!(entered, "{status:?}");
            assert_eq!(status.is_final(), status == Status::Refused);
        }
    }

    #[test]
    fn everything_that_the_table_does_not_name_is_refused() {
        let allowed: Vec<_> = Status::ALL
            .iter()
            .flat_map(|&from| Action::ALL.iter().map(move |&action| (from, action)))
            .filter(|(from, action)| from.take(*action).is_ok())
            .collect();

        assert_eq!(
            allowed,
            [
                (Status::Applied, Action::Approve),
                (Status::Applied, Action::Refuse),
                (Status::Approved, Action::Suspend),
                (Status::Suspended, Action::Reapply),
            ]
        );
    }
}
