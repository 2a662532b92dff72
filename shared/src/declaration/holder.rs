//! Who is responsible (domain R9): a pure function of where the declaration stands.
use super::{Declaration, Status};

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
