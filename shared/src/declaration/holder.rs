//! Who is responsible (domain R9): a pure function of where the declaration stands.
use super::{Declaration, Status};
use crate::kernel::Refusal;

/// The office that should hold the case now. Final states keep their last holder.
#[must_use]
pub fn rightful(declaration: &Declaration) -> &str {
    use Status::*;
    match declaration.status {
        Draft | Submitted | EReview | NeedsCorrection | ManualReview => &declaration.decl_org,
        Selected | Inspecting | LabPending | NonConforming | TreatmentOrdered => {
            declaration.insp_org.as_deref().unwrap_or(&declaration.decl_org)
        }
        Conforming | Released => &declaration.release_org,
        Closed | Rejected | Withdrawn | AutoWithdrawn | CancelledByCiq => &declaration.holder_org,
    }
}

/// The direct bureau (直属局) that an office belongs to: the first two digits of its code say it (domain 1.2).
#[must_use]
pub fn bureau_of(office: &str) -> String {
    format!("{}0000", office.get(..2).unwrap_or_default())
}

/// Whether two offices, or an office and a bureau, are of one direct bureau.
#[must_use]
pub fn are_of_one_bureau(one: &str, other: &str) -> bool {
    one.get(..2) == other.get(..2)
}

impl Declaration {
    /// Whether this bureau is responsible for the case: its holder is an office of the bureau whose ledger this is.
    /// Of all bureaus that keep the case, this is true in one at most.
    #[must_use]
    pub fn lies_here(&self) -> bool {
        are_of_one_bureau(&self.holder_org, &self.direct_bureau)
    }

    /// Whether it was declared at another bureau, and came here by a handoff.
    #[must_use]
    pub fn is_visiting(&self) -> bool {
        !are_of_one_bureau(&self.decl_org, &self.direct_bureau)
    }

    /// Only the bureau that is responsible acts (domain R9).
    pub fn must_lie_here(&self) -> Result<(), Refusal> {
        if self.lies_here() {
            return Ok(());
        }
        let bureau = bureau_of(&self.holder_org);
        Err(Refusal::new(
            "handoff/lies-elsewhere",
            format!("the case lies with bureau {bureau}: this one acts when it comes home"),
        ))
    }

    /// What belongs to the enterprise's own bureau is done there: amending, withdrawing, cancelling, clearing.
    pub fn must_be_at_home(&self) -> Result<(), Refusal> {
        if !self.is_visiting() {
            return Ok(());
        }
        let bureau = bureau_of(&self.decl_org);
        Err(Refusal::new(
            "handoff/declared-elsewhere",
            format!("it was declared at bureau {bureau}: this is done there"),
        ))
    }
}
