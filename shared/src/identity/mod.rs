//! Who is who, and who may act for whom.
//!
//! *Dramatis personae*: an [`Organisation`] (office, enterprise or declaring agent) employs [`Staff`] and runs
//! [`Client`]s; an agent declares for an enterprise under a [`PowerOfAttorney`]; an enterprise earns the
//! [`Eligibility`] to declare anywhere (通报通放), and may lose every facilitation by a [`FacilitationBlock`].
pub mod attorney;
pub mod client;
pub mod eligibility;
pub mod event;
pub mod facilitation;
mod field;
pub mod organisation;
pub mod password;
pub mod permission;
mod recognised;
pub mod roles;
pub mod rules;
pub mod service;
pub mod staff;
mod store;

pub use attorney::{PowerOfAttorney, PowerOfAttorneyId};
pub use client::{Client, ClientId};
pub use eligibility::{Eligibility, EligibilityId};
pub use facilitation::{FacilitationBlock, FacilitationBlockId};
pub use organisation::{
    CreditClass, Organisation, OrganisationId, OrganisationState, PartyFacts, Rated,
};
pub use permission::Permission;
pub use recognised::{Known, Privilege, Recognised};
pub use roles::Roles;
pub use staff::{Staff, StaffId};
