//! What happened in this room. Ids only: no names, no logins, no secrets.
use serde::Serialize;
use uuid::Uuid;

use super::{
    ClientId, CreditClass, EligibilityId, FacilitationBlockId, OrganisationId, PowerOfAttorneyId,
    StaffId, eligibility,
};
use crate::ledger::Event;

/// Events that carry nothing but whose timeline they stand in.
macro_rules! plain {
    ($($(#[$doc:meta])* $name:ident $kind:literal of $subject:ident: $id:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Serialize)]
        pub struct $name {
            pub $subject: $id,
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            fn subject(&self) -> Uuid {
                self.$subject.0
            }
        }
    )*};
}

plain! {
    /// An organisation was registered.
    OrganisationCreated "organisation.created" of organisation: OrganisationId;
    /// Nobody acts for it any more.
    OrganisationDisabled "organisation.disabled" of organisation: OrganisationId;
    /// It may act again.
    OrganisationEnabled "organisation.enabled" of organisation: OrganisationId;

    /// A person may sign in from now on.
    StaffCreated "staff.created" of staff: StaffId;
    /// A person may not sign in any more.
    StaffDisabled "staff.disabled" of staff: StaffId;
    /// A disabled person may sign in again.
    StaffEnabled "staff.enabled" of staff: StaffId;
    /// Too many wrong passwords in a row.
    StaffLocked "staff.locked" of staff: StaffId;
    /// An administrator opened a locked account.
    StaffUnlocked "staff.unlocked" of staff: StaffId;
    /// An administrator set a new password; older tokens are void.
    StaffPasswordReset "staff.password_reset" of staff: StaffId;
    /// A person signed in.
    StaffSignedIn "staff.signed_in" of staff: StaffId;

    /// A machine may act for its organisation from now on.
    ClientCreated "client.created" of client: ClientId;
    /// It has a new credential; older tokens are void.
    ClientRotated "client.rotated" of client: ClientId;
    /// It never acts again.
    ClientRevoked "client.revoked" of client: ClientId;

    /// An agent may declare for an enterprise.
    PowerOfAttorneyGranted "power_of_attorney.granted" of power_of_attorney: PowerOfAttorneyId;
    /// The agent may not any more.
    PowerOfAttorneyRevoked "power_of_attorney.revoked" of power_of_attorney: PowerOfAttorneyId;

    /// An enterprise asked to declare anywhere.
    EligibilityApplied "eligibility.applied" of eligibility: EligibilityId;
}

/// The credit class of an enterprise is another from now on (domain 4.6).
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OrganisationReclassified {
    pub organisation: OrganisationId,
    #[serde(skip)]
    pub from: CreditClass,
    #[serde(skip)]
    pub to: CreditClass,
    /// How often the class was changed.
    pub version: i64,
}

impl Event for OrganisationReclassified {
    const KIND: &'static str = "organisation.reclassified";
    fn subject(&self) -> Uuid {
        self.organisation.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        Some((self.from.name(), self.to.name()))
    }
}

/// Events that move an eligibility from one state to the next, perhaps with a reason.
macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $name(pub Step);

        impl Event for $name {
            const KIND: &'static str = $kind;
            fn subject(&self) -> Uuid {
                self.0.eligibility.0
            }
            fn step(&self) -> Option<(&str, &str)> {
                Some((self.0.from.name(), self.0.to.name()))
            }
            fn reason(&self) -> Option<&str> {
                self.0.reason.as_deref()
            }
        }
    )*};
}

/// From where to where, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub eligibility: EligibilityId,
    #[serde(skip)]
    pub from: eligibility::Status,
    #[serde(skip)]
    pub to: eligibility::Status,
    #[serde(skip)]
    pub reason: Option<String>,
}

steps! {
    /// An officer took an application up.
    EligibilityReviewed "eligibility.reviewed";
    /// An enterprise may declare anywhere.
    EligibilityApproved "eligibility.approved";
    /// It may not for now.
    EligibilitySuspended "eligibility.suspended";
    /// It may again.
    EligibilityReinstated "eligibility.reinstated";
    /// It was struck off.
    EligibilityRemoved "eligibility.removed";
}

/// The first of two persons asked for an act that needs two (domain R10).
#[derive(Clone, Debug, Serialize)]
pub struct EligibilityProposed {
    pub eligibility: EligibilityId,
    pub action: eligibility::Action,
    #[serde(skip)]
    pub reason: Option<String>,
}

impl Event for EligibilityProposed {
    const KIND: &'static str = "eligibility.proposed";
    fn subject(&self) -> Uuid {
        self.eligibility.0
    }
    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// Facilitations are withheld from an enterprise; told in the timeline of what caused it.
#[derive(Clone, Debug, Serialize)]
pub struct FacilitationBlocked<'a> {
    pub block: FacilitationBlockId,
    #[serde(skip)]
    pub source: Uuid,
    pub reg_no: &'a str,
    #[serde(skip)]
    pub reason: &'a str,
}

impl Event for FacilitationBlocked<'_> {
    const KIND: &'static str = "facilitation.blocked";
    fn subject(&self) -> Uuid {
        self.source
    }
    fn reason(&self) -> Option<&str> {
        Some(self.reason)
    }
}

/// Facilitations are given back.
#[derive(Clone, Debug, Serialize)]
pub struct FacilitationLifted<'a> {
    pub block: FacilitationBlockId,
    #[serde(skip)]
    pub source: Uuid,
    pub reg_no: &'a str,
    #[serde(skip)]
    pub reason: &'a str,
}

impl Event for FacilitationLifted<'_> {
    const KIND: &'static str = "facilitation.lifted";
    fn subject(&self) -> Uuid {
        self.source
    }
    fn reason(&self) -> Option<&str> {
        Some(self.reason)
    }
}
