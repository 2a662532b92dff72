//! The life of a declaration, as one table (domain R1).
//!
//! `ACCEPTED` is an event and `accepted_at`, not a resting state; clearance forms and certificates have
//! lifecycles of their own. Who may ask for an action, and under which guard, is said where the action is
//! taken; that nothing else can happen is said here.
use serde::{Deserialize, Serialize};

use crate::kernel::{Refusal, lifecycle};

/// Where a declaration stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = DeclarationStatus)]
pub enum Status {
    Draft,
    Submitted,
    EReview,
    NeedsCorrection,
    ManualReview,
    Selected,
    Inspecting,
    LabPending,
    NonConforming,
    TreatmentOrdered,
    Conforming,
    Released,
    Closed,
    Rejected,
    Withdrawn,
    AutoWithdrawn,
    #[serde(rename = "CANCELLED_BY_CIQ")]
    #[sqlx(rename = "CANCELLED_BY_CIQ")]
    CancelledByCiq,
}

/// What can happen to a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// The declarant hands it in.
    Submit,
    /// The electronic review (电子审单) begins.
    Review,
    /// The review found errors.
    FindErrors,
    /// The review wants an officer to look.
    FindDoubts,
    /// An officer returns it, with all defects.
    Return,
    /// An officer rejects it.
    Reject,
    /// The declarant hands in the next version.
    Resubmit,
    /// Accepted, and drawn for inspection.
    AcceptSelected,
    /// Accepted, and not drawn.
    AcceptNotSelected,
    /// An inspector orders a check of what was not drawn.
    OrderCheck,
    /// The duty chief takes a drawn one off.
    Deselect,
    StartInspection,
    Sample,
    ReportSample,
    Pass,
    Fail,
    OrderTreatment,
    /// Outbound goods are reworked and inspected again.
    Rework,
    /// Return or destruction is proven.
    ProveDisposal,
    TreatmentWorked,
    TreatmentFailed,
    Release,
    /// All requested certificates are issued or cancelled.
    Close,
    /// The declarant takes it back before acceptance.
    Withdraw,
    /// An officer approves the declarant's wish to take it back after acceptance.
    ApproveWithdrawal,
    /// Thirty days without a word.
    AutoWithdraw,
    /// The duty chief cancels it.
    Cancel,
}

impl Status {
    pub const ALL: [Self; 17] = [
        Self::Draft,
        Self::Submitted,
        Self::EReview,
        Self::NeedsCorrection,
        Self::ManualReview,
        Self::Selected,
        Self::Inspecting,
        Self::LabPending,
        Self::NonConforming,
        Self::TreatmentOrdered,
        Self::Conforming,
        Self::Released,
        Self::Closed,
        Self::Rejected,
        Self::Withdrawn,
        Self::AutoWithdrawn,
        Self::CancelledByCiq,
    ];

    /// The whole lifecycle. Anything not listed is refused.
    #[must_use]
    #[expect(clippy::match_same_arms, reason = "each arm is a row of the ruling")]
    pub const fn after(self, action: Action) -> Option<Self> {
        use {Action::*, Status::*};
        Some(match (self, action) {
            (Draft, Submit) => Submitted,
            (Submitted, Review) => EReview,
            (EReview, FindErrors) | (ManualReview, Return) => NeedsCorrection,
            (EReview, FindDoubts) => ManualReview,
            (ManualReview, Reject) => Rejected,
            (NeedsCorrection, Resubmit) => EReview,
            (EReview | ManualReview, AcceptSelected) | (Conforming, OrderCheck) => Selected,
            (EReview | ManualReview, AcceptNotSelected) | (Selected, Deselect) => Conforming,
            (Selected, StartInspection) | (LabPending, ReportSample) | (NonConforming, Rework) => {
                Inspecting
            }
            (Inspecting, Sample) => LabPending,
            (Inspecting, Pass) | (TreatmentOrdered, TreatmentWorked) => Conforming,
            (Inspecting, Fail) | (TreatmentOrdered, TreatmentFailed) => NonConforming,
            (NonConforming, OrderTreatment) => TreatmentOrdered,
            (Conforming, Release) => Released,
            (NonConforming, ProveDisposal) | (Released, Close) => Closed,
            (Draft | Submitted | EReview | NeedsCorrection | ManualReview, Withdraw)
            | (Selected | Conforming, ApproveWithdrawal) => Withdrawn,
            (NeedsCorrection | Selected, AutoWithdraw) => AutoWithdrawn,
            (
                Draft | Submitted | EReview | NeedsCorrection | ManualReview | Selected
                | Inspecting | LabPending | NonConforming | TreatmentOrdered | Conforming
                | Released,
                Cancel,
            ) => CancelledByCiq,
            _ => return None,
        })
    }

    /// Takes the step, or says why it cannot be taken.
    pub fn take(self, action: Action) -> Result<Self, Refusal> {
        self.after(action).ok_or_else(|| {
            Refusal::new(
                "declaration/wrong-status",
                format!("cannot {} a declaration that is {}", action.verb(), self.name()),
            )
        })
    }

    /// Nothing can happen to it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        Action::ALL.iter().all(|&action| self.after(action).is_none())
    }

    /// It was accepted once, and lives on (or ended) after that.
    #[must_use]
    pub const fn is_before_acceptance(self) -> bool {
        matches!(
            self,
            Self::Draft
                | Self::Submitted
                | Self::EReview
                | Self::NeedsCorrection
                | Self::ManualReview
        )
    }

    /// The name on the wire and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::EReview => "E_REVIEW",
            Self::NeedsCorrection => "NEEDS_CORRECTION",
            Self::ManualReview => "MANUAL_REVIEW",
            Self::Selected => "SELECTED",
            Self::Inspecting => "INSPECTING",
            Self::LabPending => "LAB_PENDING",
            Self::NonConforming => "NON_CONFORMING",
            Self::TreatmentOrdered => "TREATMENT_ORDERED",
            Self::Conforming => "CONFORMING",
            Self::Released => "RELEASED",
            Self::Closed => "CLOSED",
            Self::Rejected => "REJECTED",
            Self::Withdrawn => "WITHDRAWN",
            Self::AutoWithdrawn => "AUTO_WITHDRAWN",
            Self::CancelledByCiq => "CANCELLED_BY_CIQ",
        }
    }
}

macro_rules! actions {
    ($($action:ident $verb:literal $event:literal),* $(,)?) => {
        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$action),*];

            /// For people: "cannot <verb> a declaration that is …".
            #[must_use]
            pub const fn verb(self) -> &'static str {
                match self { $(Self::$action => $verb),* }
            }

            /// The event that it leaves in the ledger.
            #[must_use]
            pub const fn event(self) -> &'static str {
                match self { $(Self::$action => $event),* }
            }
        }
    };
}

actions! {
    Submit "submit" "declaration.submitted",
    Review "review" "declaration.review_started",
    FindErrors "return" "declaration.returned",
    FindDoubts "refer" "declaration.referred",
    Return "return" "declaration.returned",
    Reject "reject" "declaration.rejected",
    Resubmit "resubmit" "declaration.resubmitted",
    AcceptSelected "accept" "declaration.accepted",
    AcceptNotSelected "accept" "declaration.accepted",
    OrderCheck "order a check of" "inspection.ordered",
    Deselect "deselect" "inspection.deselected",
    StartInspection "start the inspection of" "inspection.started",
    Sample "sample" "inspection.sampled",
    ReportSample "report a sample of" "inspection.sample_reported",
    Pass "pass" "inspection.passed",
    Fail "fail" "inspection.failed",
    OrderTreatment "order treatment for" "treatment.ordered",
    Rework "rework" "inspection.reworked",
    ProveDisposal "prove the disposal of" "inspection.closed",
    TreatmentWorked "verify the treatment of" "treatment.verified",
    TreatmentFailed "verify the treatment of" "treatment.failed",
    Release "release" "declaration.released",
    Close "close" "declaration.closed",
    Withdraw "withdraw" "declaration.withdrawn",
    ApproveWithdrawal "withdraw" "declaration.withdrawn",
    AutoWithdraw "withdraw" "declaration.auto_withdrawn",
    Cancel "cancel" "declaration.cancelled",
}

/// The diagram of `docs/lifecycle/declaration.md`, drawn from the table.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &Status::ALL,
        Action::ALL,
        |from, action| from.after(*action),
        Status::name,
        |action| format!("{action:?}"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        /// No sequence of actions, however silly, leaves a final state, releases what was not accepted,
        /// or releases what was selected without a result.
        #[test]
        fn every_walk_is_lawful(actions in prop::collection::vec(select(Action::ALL), 0..60)) {
            let mut here = Status::Draft;
            let (mut accepted, mut selected, mut judged) = (false, false, false);
            for action in actions {
                use Action::*;
                let Ok(next) = here.take(action) else { continue };
                prop_assert!(!here.is_final());
                accepted |= matches!(action, AcceptSelected | AcceptNotSelected);
                selected |= matches!(action, AcceptSelected | OrderCheck);
                judged |= matches!(action, Pass | TreatmentWorked | Deselect);
                if next == Status::Released {
                    prop_assert!(accepted);
                    prop_assert!(!selected || judged);
                }
                here = next;
            }
        }
    }

    #[test]
    fn the_final_states_are_those_of_the_ruling() {
        use Status::*;
        let finals: Vec<Status> = Status::ALL.into_iter().filter(|s| s.is_final()).collect();
        assert_eq!(finals, [Closed, Rejected, Withdrawn, AutoWithdrawn, CancelledByCiq]);
    }

    #[test]
    fn every_state_can_be_reached_from_a_draft() {
        let mut reached = vec![Status::Draft];
        let mut next = 0;
        while next < reached.len() {
            for &action in Action::ALL {
                if let Some(to) = reached[next].after(action)
                    && !reached.contains(&to)
                {
                    reached.push(to);
                }
            }
            next += 1;
        }
        assert_eq!(reached.len(), Status::ALL.len());
    }

    #[test]
    fn names_on_the_wire_are_names_in_the_table() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
        }
    }
}
