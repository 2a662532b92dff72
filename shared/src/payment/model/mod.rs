//! The nouns of the room: notices, payments, agreements, and what stands between them.
mod day;
mod notice;
mod payment;
mod refund;
mod window;

pub use day::{
    BankDay, DayDifference, DayState, DifferenceId, DifferenceState, StatementSource, SuspenseItem,
    Why,
};
pub use notice::{
    Billed, Debtor, FeeNotice, NoticeDraft, NoticeId, NoticeKind, NoticeNo, Settlement,
};
pub use payment::{Agreement, AgreementId, Channel, Debt, Payment, PaymentId};
pub use refund::{Refund, RefundId};
pub use window::{Receipt, Shift, ShiftId, ShiftState};

use crate::kernel::{Actor, Failure};

/// Whose records somebody may see: a declarant its own, an office those declared there, the system all.
#[derive(Clone, Debug)]
pub(in crate::payment) struct Scope<'a> {
    pub reg_no: Option<&'a str>,
    pub office: Option<&'a str>,
}

impl<'a> Scope<'a> {
    /// The system's own.
    pub(in crate::payment) const ALL: Self = Self { reg_no: None, office: None };

    pub(in crate::payment) fn of(actor: &'a Actor, noun: &'static str) -> Result<Self, Failure> {
        let scope = Self { reg_no: actor.reg_no(), office: actor.office() };
        if scope.reg_no.is_none() && scope.office.is_none() && !actor.is_system() {
            return Err(Failure::Missing(noun));
        }
        Ok(scope)
    }
}
