//! Who may declare anywhere (通报通放).
pub mod apply;
pub mod approve;
pub mod get;
pub mod list;
pub mod reinstate;
pub mod remove;
pub mod review;
pub mod suspend;
