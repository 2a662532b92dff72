//! The life of an import, as one table.
use crate::{
    kernel::{Refusal, lifecycle},
    words,
};

words! {
    /// Where an import stands.
    ImportState {
        /// Its declarations are being filed, or wait for it.
        Running "RUNNING",
        /// Each was filed, or refused with its reasons.
        Done "DONE",
        /// Whoever asked for it wants no more of it; what was filed stays filed.
        Cancelled "CANCELLED",
        /// Whoever asked for it may file no more.
        Stopped "STOPPED",
    }
}

words! {
    /// What is done with an import.
    ImportAction {
        Finish "FINISH",
        Cancel "CANCEL",
        Stop "STOP",
    }
}

impl ImportState {
    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: ImportAction) -> Option<Self> {
        use {ImportAction::*, ImportState::*};
        Some(match (self, action) {
            (Running, Finish) => Done,
            (Running, Cancel) => Cancelled,
            (Running, Stop) => Stopped,
            _ => return None,
        })
    }

    /// The state that `action` leads to.
    pub fn take(self, action: ImportAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            Refusal::new(
                "import/wrong-status",
                format!("cannot {} an import that is {}", action.verb(), self.name()),
            )
        })
    }
}

impl ImportAction {
    /// The verb in paths and diagrams.
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Finish => "finish",
            Self::Cancel => "cancel",
            Self::Stop => "stop",
        }
    }
}

/// The table as a Mermaid state diagram.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        ImportState::ALL,
        ImportAction::ALL,
        |from, action| from.after(*action),
        ImportState::name,
        |action| action.verb().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        /// An import ends once, and what ended stays as it is.
        #[test]
        fn every_walk_is_lawful(actions in prop::collection::vec(select(ImportAction::ALL), 0..20)) {
            let mut here = ImportState::Running;
            for (count, action) in actions.into_iter().enumerate() {
                match here.take(action) {
                    Ok(next) => {
                        prop_assert_eq!(count, 0, "the first act ends it");
                        here = next;
                    }
                    Err(refusal) => prop_assert_eq!(refusal.code, "import/wrong-status"),
                }
            }
        }
    }

    #[test]
    fn every_end_can_be_reached_and_is_an_end() {
        for state in ImportState::ALL.iter().filter(|state| **state != ImportState::Running) {
            let reach =
                |action: &&ImportAction| ImportState::Running.after(**action) == Some(*state);
            assert!(ImportAction::ALL.iter().any(|action| reach(&action)), "{state:?}");
            assert!(ImportAction::ALL.iter().all(|action| state.after(*action).is_none()));
        }
    }
}
