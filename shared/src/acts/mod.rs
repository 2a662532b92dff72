//! Acts that move several rooms at once. They stand above all rooms and call only their services.
//!
//! Every act has one shape: lock the declaration, decide, write, record, promise. Whatever it did, it ends
//! with [`advance`], which asks one question: who must act now, and is that office the one that holds it?
mod accept;
mod acceptance;
mod advance;
mod amend;
mod between_bureaus;
mod cancel;
mod clearance_forms;
mod credit;
mod desk;
pub mod direct_release;
mod eligibility;
pub mod exchange;
mod exemption;
mod file;
mod handoffs;
mod import;
mod judge;
mod nonconformity;
mod reading;
mod receipt;
mod rehearse;
mod release;
mod release_office;
mod resubmit;
mod reverse;
mod review;
pub mod swap;
mod withdraw;

pub use accept::accept;
pub use advance::{advance, go_on};
pub use amend::{approve_amendment, refuse_amendment, request_amendment, withdraw_amendment};
pub use between_bureaus::tell_partner;
pub use cancel::cancel;
pub use clearance_forms::{
    WantedForm, WantedLine, expire_clearance_forms, issue_clearance_form, issue_clearance_forms,
    void_clearance_form,
};
pub use credit::confirm_credit_change;
pub use desk::Desk;
pub use eligibility::{approve_eligibility, reinstate_eligibility, review_eligibilities};
pub use file::{Filed, Filing, file_in_turn, file_many, review_only};
pub use handoffs::{
    accept_handoff, answer_by_policy, expire_handoffs, offer_handoff, recall_handoff,
    refuse_handoff,
};
pub use import::go_on_importing;
pub use judge::sign_result;
pub use nonconformity::{approve_nc_notice, decide_nc_suspension, reopen_nc_notice};
pub use receipt::{NoticeBrief, Receipt};
pub use rehearse::{
    CaseWord, ConsignmentWord, Found, Stage, TransferWord, play_bureau, play_bureau_of_case,
    play_bureau_of_consignment, play_finding, play_inspectors, play_officers,
};
pub use release::{release, release_by_itself, release_many};
pub use release_office::change_release_office;
pub use resubmit::resubmit;
pub use reverse::follow_reversal;
pub use review::{reject, return_for_correction};
pub use withdraw::{approve_withdrawal, refuse_withdrawal, withdraw, withdraw_silent_cases};
