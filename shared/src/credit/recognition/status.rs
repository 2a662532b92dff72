//! The life of a recognition, as one table (domain 4.6).
use crate::{
    kernel::{Refusal, lifecycle},
    words,
};

words! {
    /// Where the recognition of another bureau's class stands.
    #[schema(as = RecognitionStatus)]
    Status {
        /// Its bureau told us; nobody here has looked at it.
        Proposed "PROPOSED",
        /// An officer took note of it; it does not count yet.
        Acknowledged "ACKNOWLEDGED",
        /// The class counts, and its privileges are granted.
        Active "ACTIVE",
        /// Not for now.
        Suspended "SUSPENDED",
        /// Refused or taken back; a newer word of its bureau is looked at anew.
        Revoked "REVOKED",
        /// Its days are over; likewise.
        Expired "EXPIRED",
    }
}

words! {
    /// What is done with a recognition.
    #[schema(as = RecognitionAction)]
    Action {
        Acknowledge "ACKNOWLEDGE",
        Refuse "REFUSE",
        Activate "ACTIVATE",
        Suspend "SUSPEND",
        Resume "RESUME",
        Revoke "REVOKE",
        Expire "EXPIRE",
        /// Its bureau says something newer that must be looked at anew.
        Repropose "REPROPOSE",
    }
}

impl Status {
    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: Action) -> Option<Self> {
        use {Action::*, Status::*};
        Some(match (self, action) {
            (Proposed, Acknowledge) => Acknowledged,
            (Proposed | Acknowledged, Refuse) | (Active | Suspended, Revoke) => Revoked,
            (Acknowledged, Activate) | (Suspended, Resume) => Active,
            (Active, Suspend) => Suspended,
            (Proposed | Acknowledged | Active | Suspended, Expire) => Expired,
            (Acknowledged | Active | Revoked | Expired, Repropose) => Proposed,
            _ => return None,
        })
    }

    /// The state that `action` leads to.
    pub fn take(self, action: Action) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail =
                format!("{} is not possible while {}", action.name().to_lowercase(), self.name());
            Refusal::new("credit/recognition-wrong-state", detail)
        })
    }

    /// Where a newer word of its bureau leaves it. One that is over begins anew. One that asks for more than before is
    /// looked at anew, except while it is suspended: no word of its bureau lifts that. Anything else stays where it is.
    #[must_use]
    pub fn told_again(self, asks_for_more: bool) -> Self {
        let is_over = matches!(self, Self::Revoked | Self::Expired);
        let step = if asks_for_more || is_over { self.after(Action::Repropose) } else { None };
        step.unwrap_or(self)
    }
}

/// The diagram of `docs/lifecycle/credit-recognition.md`.
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

    /// A step of an officer or the clock, or a newer word of the bureau.
    fn steps() -> impl Strategy<Value = Vec<Result<Action, bool>>> {
        let step = prop_oneof![
            select(Action::ALL).prop_map(Ok),
            any::<bool>().prop_map(Err::<Action, bool>)
        ];
        prop::collection::vec(step, 0..60)
    }

    proptest! {
        /// No sequence of steps makes a recognition count that no officer activated or resumed, and while one is
        /// suspended nothing that its bureau says makes it count again.
        #[test]
        fn every_walk_is_lawful(steps in steps()) {
            let mut here = Status::Proposed;
            for step in steps {
                let next = match step {
                    Ok(action) => match here.take(action) {
                        Ok(next) => next,
                        Err(refusal) => {
                            prop_assert_eq!(refusal.code, "credit/recognition-wrong-state");
                            here
                        }
                    },
                    Err(asks_for_more) => here.told_again(asks_for_more),
                };
                if next == Status::Active && here != Status::Active {
                    prop_assert!(matches!(step, Ok(Action::Activate | Action::Resume)));
                    prop_assert!(matches!(here, Status::Acknowledged | Status::Suspended));
                }
                if here == Status::Suspended && step.is_err() {
                    prop_assert_eq!(next, Status::Suspended);
                }
                if matches!(here, Status::Revoked | Status::Expired) {
                    prop_assert!(matches!(next, Status::Proposed) || next == here);
                }
                here = next;
            }
        }
    }

    #[test]
    fn the_table_names_sixteen_steps() {
        let steps = Status::ALL
            .iter()
            .flat_map(|from| Action::ALL.iter().filter_map(|&action| from.after(action)));
        assert_eq!(steps.count(), 16);
    }
}
