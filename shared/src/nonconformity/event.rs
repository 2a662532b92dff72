//! What happened to notices, ours and others'.
use serde::Serialize;
use uuid::Uuid;

use super::{
    NcNoticeId, NcNoticeStatus, Notice, ReceivedNotice, ReceivedNoticeId, ReceivedNoticeStatus,
    Suspension,
};
use crate::ledger::Event;

/// A notice of ours was drafted, or took a step.
#[derive(Debug, Serialize)]
pub struct NoticeMoved<'a> {
    #[serde(skip)]
    id: NcNoticeId,
    notice_no: &'a str,
    round: i32,
    #[serde(skip)]
    from: Option<NcNoticeStatus>,
    #[serde(skip)]
    to: NcNoticeStatus,
    #[serde(skip)]
    reason: Option<&'a str>,
}

impl<'a> NoticeMoved<'a> {
    /// Told of the notice as it stands now. `from`: nothing, when it is new.
    #[must_use]
    pub fn of(notice: &'a Notice, from: Option<NcNoticeStatus>, reason: Option<&'a str>) -> Self {
        let (id, to, round) = (notice.id, notice.status, notice.round);
        Self { id, notice_no: &notice.notice_no, round, from, to, reason }
    }
}

impl Event for NoticeMoved<'_> {
    const KIND: &'static str = "nc_notice.drafted";
    fn kind(&self) -> &'static str {
        match self.to {
            NcNoticeStatus::Draft => Self::KIND,
            NcNoticeStatus::Discarded => "nc_notice.discarded",
            NcNoticeStatus::Approved => "nc_notice.approved",
            NcNoticeStatus::Sent => "nc_notice.sent",
            NcNoticeStatus::Acked => "nc_notice.acknowledged",
            NcNoticeStatus::Replied => "nc_notice.replied",
            NcNoticeStatus::Closed => "nc_notice.closed",
            NcNoticeStatus::Reopened => "nc_notice.reopened",
        }
    }
    fn subject(&self) -> Uuid {
        self.id.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        self.from.map(|from| (from.name(), self.to.name()))
    }
    fn reason(&self) -> Option<&str> {
        self.reason
    }
}

/// A notice of another port came, or took a step.
#[derive(Debug, Serialize)]
pub struct ReceivedNoticeMoved<'a> {
    #[serde(skip)]
    id: ReceivedNoticeId,
    sender: &'a str,
    notice_no: &'a str,
    #[serde(skip)]
    from: Option<ReceivedNoticeStatus>,
    #[serde(skip)]
    to: ReceivedNoticeStatus,
}

impl<'a> ReceivedNoticeMoved<'a> {
    #[must_use]
    pub fn of(notice: &'a ReceivedNotice, from: Option<ReceivedNoticeStatus>) -> Self {
        let (id, to) = (notice.id, notice.status);
        Self { id, sender: &notice.sender, notice_no: &notice.notice_no, from, to }
    }
}

impl Event for ReceivedNoticeMoved<'_> {
    const KIND: &'static str = "received_nc_notice.received";
    fn kind(&self) -> &'static str {
        match self.to {
            ReceivedNoticeStatus::Received => Self::KIND,
            ReceivedNoticeStatus::Acked => "received_nc_notice.acknowledged",
            ReceivedNoticeStatus::Replied => "received_nc_notice.replied",
            ReceivedNoticeStatus::Closed => "received_nc_notice.closed",
        }
    }
    fn subject(&self) -> Uuid {
        self.id.0
    }
    fn step(&self) -> Option<(&str, &str)> {
        self.from.map(|from| (from.name(), self.to.name()))
    }
}

/// The bureau of an enterprise answered a proposal to suspend it. It stands in the timeline of the notice, on either
/// side.
#[derive(Debug, Serialize)]
pub struct SuspensionAnswered<'a> {
    #[serde(skip)]
    pub notice: Uuid,
    pub reg_no: &'a str,
    #[serde(skip)]
    pub decision: Suspension,
    #[serde(skip)]
    pub reason: &'a str,
}

impl Event for SuspensionAnswered<'_> {
    const KIND: &'static str = "suspension.decided";
    fn subject(&self) -> Uuid {
        self.notice
    }
    fn step(&self) -> Option<(&str, &str)> {
        Some((Suspension::Proposed.name(), self.decision.name()))
    }
    fn reason(&self) -> Option<&str> {
        Some(self.reason)
    }
}

/// A month was told to an origin bureau.
#[derive(Debug, Serialize)]
pub struct Digested<'a> {
    #[serde(skip)]
    pub bureau: &'a str,
    pub month: chrono::NaiveDate,
    pub notices: i64,
}

impl Event for Digested<'_> {
    const KIND: &'static str = "nc_notice.digested";
    fn subject(&self) -> Uuid {
        crate::exchange::event::subject_of(self.bureau)
    }
}
