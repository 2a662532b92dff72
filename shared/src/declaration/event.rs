//! What happened to declarations.
use serde::Serialize;
use uuid::Uuid;

use super::{Action, DeclarationId, Status};
use crate::ledger::Event;

/// A step of the lifecycle; the kind is the action's.
#[derive(Debug, Serialize)]
pub struct Stepped {
    #[serde(skip)]
    pub declaration: DeclarationId,
    #[serde(skip)]
    pub action: Action,
    #[serde(skip)]
    pub from: Status,
    #[serde(skip)]
    pub to: Status,
    #[serde(skip)]
    pub reason: Option<String>,
    pub version: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decl_no: Option<String>,
    /// The office that acted for the bureau.
    pub office: String,
}

impl Stepped {
    /// The number of an accepted declaration.
    #[must_use]
    pub fn number(&self) -> String {
        self.decl_no.clone().unwrap_or_default()
    }
}

impl Event for Stepped {
    const KIND: &'static str = "declaration.stepped";

    fn kind(&self) -> &'static str {
        self.action.event()
    }

    fn subject(&self) -> Uuid {
        self.declaration.0
    }

    fn step(&self) -> Option<(&str, &str)> {
        Some((self.from.name(), self.to.name()))
    }

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// A version came in.
#[derive(Debug, Serialize)]
pub struct Filed {
    #[serde(skip)]
    pub declaration: DeclarationId,
    pub version: i32,
    pub decl_org: String,
    pub release_org: String,
    /// How many findings its notice lists.
    pub findings: usize,
}

impl Event for Filed {
    const KIND: &'static str = "declaration.filed";

    fn subject(&self) -> Uuid {
        self.declaration.0
    }

    /// Only the first version takes the case anywhere: a later one follows the resubmission that did.
    fn step(&self) -> Option<(&str, &str)> {
        (self.version == 1).then_some(("DRAFT", "E_REVIEW"))
    }
}

macro_rules! told {
    ($($(#[$doc:meta])* $name:ident $kind:literal { $($field:ident : $kind_of:ty),* $(,)? })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        pub struct $name {
            #[serde(skip)]
            pub declaration: DeclarationId,
            #[serde(skip)]
            pub reason: Option<String>,
            $(pub $field: $kind_of),*
        }

        impl Event for $name {
            const KIND: &'static str = $kind;

            fn subject(&self) -> Uuid {
                self.declaration.0
            }

            fn reason(&self) -> Option<&str> {
                self.reason.as_deref()
            }
        }
    )* };
}

told! {
    /// It was drawn for inspection (抽批抽中); the reason is the draw's.
    Selected "declaration.selected" { decl_no: String, insp_org: String }
    /// The enterprise chose another release office (改变放行地).
    ReleaseOfficeChanged "declaration.release_office_changed" { from: String, to: String }
    /// Thirty days without a word, and a live form stands in the way of withdrawing it: the duty chief is told.
    SilenceNoticed "declaration.silence_noticed" {}
    /// The declarant wants an accepted declaration back.
    WithdrawalRequested "declaration.withdrawal_requested" {}
    /// The officer said no.
    WithdrawalRefused "declaration.withdrawal_refused" {}
    /// The declarant wants to change an accepted declaration.
    AmendmentRequested "amendment.requested" { amendment: super::AmendmentId, base_version: i32 }
    /// It was changed.
    AmendmentApproved "amendment.approved" { amendment: super::AmendmentId, version: i32 }
    /// The port agrees, and the bureau that inspected the goods is asked.
    AmendmentReferred "amendment.referred" { amendment: super::AmendmentId }
    AmendmentRefused "amendment.refused" { amendment: super::AmendmentId }
    AmendmentWithdrawn "amendment.withdrawn" { amendment: super::AmendmentId }
}

impl Selected {
    #[must_use]
    pub fn of(row: &super::Declaration, reason: &str) -> Self {
        Self {
            declaration: row.id,
            reason: Some(reason.to_owned()),
            decl_no: row.decl_no.clone().unwrap_or_default(),
            insp_org: row.insp_org.clone().unwrap_or_default(),
        }
    }
}
