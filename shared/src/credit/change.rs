//! A change of a credit class: proposed by one, confirmed by another (domain R10).
use chrono::{DateTime, Utc};

use super::Period;
use crate::{
    id,
    identity::{CreditClass, OrganisationId, StaffId, eligibility::Person},
    kernel::{Refusal, lifecycle},
    words,
};

id! {
    /// One proposal to change the class of one enterprise.
    CreditChangeId
}

words! {
    /// Where a change of a credit class stands.
    #[schema(as = CreditChangeStatus)]
    ChangeStatus {
        /// One person asks for it, or an evaluation does.
        Proposed "PROPOSED",
        /// A second person agreed: the class is changed.
        Confirmed "CONFIRMED",
        /// It will not be.
        Refused "REFUSED",
    }
}

words! {
    /// What is done with a proposal.
    #[schema(as = CreditChangeAction)]
    ChangeAction {
        Confirm "CONFIRM",
        Refuse "REFUSE",
    }
}

impl ChangeStatus {
    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    pub const fn after(self, action: ChangeAction) -> Option<Self> {
        Some(match (self, action) {
            (Self::Proposed, ChangeAction::Confirm) => Self::Confirmed,
            (Self::Proposed, ChangeAction::Refuse) => Self::Refused,
            _ => return None,
        })
    }

    /// The state that `action` leads to.
    pub fn take(self, action: ChangeAction) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            let detail =
                format!("{} is not possible while {}", action.name().to_lowercase(), self.name());
            Refusal::new("credit/change-decided", detail)
        })
    }

    #[must_use]
    pub fn is_final(self) -> bool {
        ChangeAction::ALL.iter().all(|&action| self.after(action).is_none())
    }
}

/// The diagram of `docs/lifecycle/credit-change.md`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        ChangeStatus::ALL,
        ChangeAction::ALL,
        |from, action| from.after(*action),
        ChangeStatus::name,
        |action| action.name().to_lowercase(),
    )
}

/// A proposal, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditChange {
    pub id: CreditChangeId,
    pub organisation: OrganisationId,
    pub reg_no: String,
    pub from: CreditClass,
    pub to: CreditClass,
    /// The evaluation that proposes it; `None`: a person does.
    pub period: Option<Period>,
    pub status: ChangeStatus,
    pub reason: String,
    /// `None`: the system, after an evaluation.
    pub proposed_by: Option<StaffId>,
    pub proposed_by_chief: bool,
    pub proposed_at: DateTime<Utc>,
    pub decided_by: Option<StaffId>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused.
    pub decision: Option<String>,
    pub updated_at: DateTime<Utc>,
}

impl CreditChange {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }

    /// The first of the two persons, where the proposal is a person's.
    #[must_use]
    pub fn first_person(&self) -> Option<Person> {
        let id = self.proposed_by?;
        Some(Person { id, is_duty_chief: self.proposed_by_chief })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_decided_once() {
        for &status in ChangeStatus::ALL {
            for &action in ChangeAction::ALL {
                let is_open = status == ChangeStatus::Proposed;
                assert_eq!(status.take(action).is_ok(), is_open, "{status:?} {action:?}");
            }
            assert_eq!(status.is_final(), status != ChangeStatus::Proposed);
        }
    }
}
