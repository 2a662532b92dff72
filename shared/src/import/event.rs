//! What happened to imports.
use serde::Serialize;
use uuid::Uuid;

use super::{Import, ImportId, ImportState};
use crate::ledger::Event;

/// A file was brought.
#[derive(Debug, Serialize)]
pub struct Asked {
    pub import: ImportId,
    pub items: i32,
    pub dry_run: bool,
}

impl Event for Asked {
    const KIND: &'static str = "import.asked";

    fn subject(&self) -> Uuid {
        self.import.0
    }
}

/// An import came to its end.
#[derive(Debug, Serialize)]
pub struct Ended {
    pub import: ImportId,
    /// How many items were answered.
    pub answered: i32,
    #[serde(skip)]
    was: ImportState,
    #[serde(skip)]
    state: ImportState,
}

impl Ended {
    pub(super) fn of(was: ImportState, import: &Import) -> Self {
        Self { import: import.id, answered: import.position, was, state: import.state }
    }
}

impl Event for Ended {
    const KIND: &'static str = "import.done";

    fn kind(&self) -> &'static str {
        match self.state {
            ImportState::Cancelled => "import.cancelled",
            ImportState::Stopped => "import.stopped",
            ImportState::Running | ImportState::Done => Self::KIND,
        }
    }

    fn subject(&self) -> Uuid {
        self.import.0
    }

    fn step(&self) -> Option<(&str, &str)> {
        Some((self.was.name(), self.state.name()))
    }
}
