//! A handoff between bureaus as the ledger keeps it, and the protocol's view of it.
use chrono::{DateTime, Utc};

use super::{
    HandoffId, State,
    protocol::{Crossing, Side, Way},
};
use crate::declaration::DeclarationId;

/// What is known of a handoff between bureaus, beside the handoff itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    pub handoff_id: HandoffId,
    pub declaration_id: DeclarationId,
    /// Counted by whoever holds the case, over all its handoffs between bureaus.
    pub generation: i32,
    /// The other bureau.
    pub partner: String,
    pub way: Way,
    /// Where the handoff stood when the partner was last told of it.
    pub told: Option<State>,
    /// Where it stands; `None`: it was over before it came to stand here.
    pub state: Option<State>,
    pub expires_at: Option<DateTime<Utc>>,
}

impl Passage {
    /// As the protocol sees it.
    #[must_use]
    pub fn crossing(&self) -> Crossing {
        Crossing {
            way: self.way,
            partner: self.partner.clone(),
            state: self.state.unwrap_or(State::Recalled),
            expires_at: self.expires_at.unwrap_or_default(),
        }
    }
}

impl Side {
    /// A bureau's side of a case, as its ledger keeps it.
    #[must_use]
    pub fn of(holds: bool, passages: &[Passage]) -> Self {
        let crossings = passages.iter().map(|one| (one.generation, one.crossing())).collect();
        Self { holds, crossings }
    }
}
