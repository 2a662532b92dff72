//! What a port asks of the origin: to agree to an amendment that it may not make alone (domain 4.4 rule 3).
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::TransferId;
use crate::{
    kernel::{Actor, Refusal, lifecycle},
    words,
};

crate::id!(
    /// One amendment that a port asked for, as the origin keeps it.
    AskedAmendmentId
);

/// One place of the declaration that shall be different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferChange)]
pub struct Change {
    /// Where (RFC 6901).
    #[schema(example = "/goods/0/goods_total_val", max_length = 200)]
    pub pointer: String,
    /// What was transferred; null where there was nothing.
    #[schema(value_type = serde_json::Value)]
    pub transferred: Value,
    /// What it shall be; null where it shall be nothing.
    #[schema(value_type = serde_json::Value)]
    pub wanted: Value,
}

words! {
    /// Where an amendment stands that a port asked for.
    #[schema(as = TransferAmendmentState)]
    AskedState {
        /// An officer of the origin has not answered yet.
        Asked "ASKED",
        /// The origin agreed; the port has not said yet that it was made.
        Agreed "AGREED",
        /// The origin said no.
        Refused "REFUSED",
        /// The port made it.
        Applied "APPLIED",
        /// The port gave it up, or could no longer make it.
        Dropped "DROPPED",
    }
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedStep {
    Agree,
    Refuse,
    /// The port tells that it was made.
    Apply,
    /// The port tells that nothing came of it.
    Drop,
}

impl AskedStep {
    pub const ALL: [Self; 4] = [Self::Agree, Self::Refuse, Self::Apply, Self::Drop];
}

impl AskedState {
    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, step: AskedStep) -> Option<Self> {
        use {AskedState::*, AskedStep::*};
        Some(match (self, step) {
            (Asked, Agree) => Agreed,
            (Asked, Refuse) => Refused,
            (Agreed, Apply) => Applied,
            (Asked | Agreed, Drop) => Dropped,
            _ => return None,
        })
    }
}

/// The diagram of `docs/lifecycle/transfer-amendment.md`.
#[must_use]
pub fn asked_mermaid() -> String {
    lifecycle::mermaid(
        AskedState::ALL,
        &AskedStep::ALL,
        |from, step| from.after(*step),
        AskedState::name,
        |step| format!("{step:?}"),
    )
}

/// An amendment that a port asked for, at the origin.
#[derive(Clone, Debug)]
pub struct AskedAmendment {
    pub id: AskedAmendmentId,
    pub transfer_id: TransferId,
    pub transfer_no: String,
    /// The port's own id of it.
    pub port_amendment: Uuid,
    /// Why the claimant wants it.
    pub reason: String,
    pub changes: Json<Vec<Change>>,
    pub state: AskedState,
    pub asked_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub decision: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Why the port dropped it.
    pub outcome: Option<String>,
}

impl AskedAmendment {
    /// The origin's officer answers, once.
    pub fn decide(
        &mut self,
        actor: &Actor,
        now: DateTime<Utc>,
        is_agreed: bool,
        reason: &str,
    ) -> Result<(), Refusal> {
        let step = if is_agreed { AskedStep::Agree } else { AskedStep::Refuse };
        self.state = self.state.after(step).ok_or_else(|| {
            Refusal::new(
                "amendment/already-decided",
                format!("this amendment is {} already", self.state.name()),
            )
        })?;
        self.decided_at = Some(now);
        self.decided_by = actor.id;
        self.decision = Some(reason.to_owned());
        Ok(())
    }

    /// The port tells what became of it; what it says out of turn changes nothing.
    pub fn end(&mut self, now: DateTime<Utc>, is_applied: bool, reason: Option<&str>) {
        let step = if is_applied { AskedStep::Apply } else { AskedStep::Drop };
        if let Some(next) = self.state.after(step) {
            self.state = next;
            self.ended_at = Some(now);
            self.outcome = reason.map(str::to_owned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_applied_that_the_origin_did_not_agree_to() {
        for state in AskedState::ALL {
            let may_apply = state.after(AskedStep::Apply).is_some();
            assert_eq!(may_apply, *state == AskedState::Agreed, "{state:?}");
        }
    }
}
