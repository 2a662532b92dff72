//! Inspection (施检): which consignments are drawn, and what inspectors find.
//!
//! *Dramatis personae*: acceptance makes a [`Selection`] from [`Inputs`] and the [`DrawKey`] of the day; an
//! inspector may order a check, a duty chief may take a drawn one off; two inspectors of the inspecting office
//! start a [`Round`], take [`Sample`]s and sign a [`Judgement`]; what fails gets a [`Treatment`], is reworked,
//! or ends in a [`Disposal`].
pub mod draw;
pub mod event;
pub mod keys;
mod model;
pub mod reproduce;
pub mod rules;
pub mod service;
mod store;
pub mod verdict;

pub use draw::{Cause, Draw, Factor, Inputs, Mandate, Purpose, Rate, Reason, Selection, select};
pub use keys::{DrawKey, DrawKeys, NoKey, WrongKeys};
pub use model::{
    Appointment, AppointmentDraft, AppointmentId, Change, ChangeKind, Comparison, Conformity,
    Disposal, DisposalKind, Dossier, Drawn, Effect, InspectionId, LONGEST_TEXT, Round, Sample,
    SampleId, SampleInput, Signature, Stored, Treatment, TreatmentId,
};
pub use reproduce::{Reproduction, reproduce};
pub use verdict::{Fault, Finding, Judgement, Verdict};
