//! Non-conformity notices (口岸查验不合格信息通报, domain 4.7, R14, R16).
//!
//! *Dramatis personae*: an inspector at the port drafts a [`Notice`] about goods that another bureau let go; a duty
//! chief, another person, approves it; it is sent to the origin bureau, which acknowledges and answers; the port
//! closes it. At the origin bureau the same thing is a [`ReceivedNotice`]. A critical notice withholds every
//! facilitation from the enterprise at once, and proposes to its bureau that it be suspended.
//!
//! `docs/nonconformity.md` tells the whole story.
pub mod event;
mod model;
pub mod received;
pub mod rules;
pub mod service;
pub mod severity;
pub mod status;
mod store;
pub mod wire;

pub use model::{
    Category, Disposition, Evidence, Goods, Input, NcNoticeId, Notice, Reply, Subject, SubjectKind,
    Suspension,
};
pub use received::{Closing, Digest, ReceivedNotice, ReceivedNoticeId, ReceivedNoticeStatus};
pub use severity::NcSeverity;
pub use status::NcNoticeStatus;
