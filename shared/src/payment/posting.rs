//! The books: every amount leaves one account and enters another (domain R6, "Day").
//!
//! Each row is balanced by itself, so the books balance whatever happens; what they say is tested.
use std::fmt::{self, Display, Formatter};

use super::model::{NoticeId, PaymentId};
use crate::kernel::Fen;

/// Where money stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account<'a> {
    /// What a declaring unit owes.
    Receivable(&'a str),
    /// Fees, on their way to the treasury (收支两条线).
    FeeIncome,
    /// Late fees, likewise.
    LateIncome,
    /// What a bank took for us.
    Bank(&'a str),
    /// What a bank took and no payment waits for.
    Suspense(&'a str),
    /// What is owed back to a declaring unit.
    RefundsOwed(&'a str),
    /// Cash in the drawer of a shift.
    Drawer(&'a str),
    /// Cash that the shifts of an office handed in.
    Safe(&'a str),
    /// Cards that an office took.
    Pos(&'a str),
    /// Cheques that an office took.
    Cheques(&'a str),
    /// What was missing in the drawers of an office, less what was over.
    CashDifference(&'a str),
}

impl Display for Account<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receivable(reg_no) => write!(f, "RECEIVABLE:{reg_no}"),
            Self::FeeIncome => f.write_str("FEE_INCOME"),
            Self::LateIncome => f.write_str("LATE_INCOME"),
            Self::Bank(code) => write!(f, "BANK:{code}"),
            Self::Suspense(code) => write!(f, "SUSPENSE:{code}"),
            Self::RefundsOwed(reg_no) => write!(f, "REFUNDS_OWED:{reg_no}"),
            Self::Drawer(shift) => write!(f, "DRAWER:{shift}"),
            Self::Safe(office) => write!(f, "SAFE:{office}"),
            Self::Pos(office) => write!(f, "POS:{office}"),
            Self::Cheques(office) => write!(f, "CHEQUES:{office}"),
            Self::CashDifference(office) => write!(f, "CASH_DIFFERENCE:{office}"),
        }
    }
}

/// One movement of money.
#[derive(Clone, Debug)]
pub struct Posting {
    pub debit: String,
    pub credit: String,
    pub amount: Fen,
    /// `notice-issued`, `payment-succeeded` …
    pub cause: &'static str,
    pub notice: Option<NoticeId>,
    pub payment: Option<PaymentId>,
}

impl Posting {
    #[must_use]
    pub fn new(cause: &'static str, debit: Account<'_>, credit: Account<'_>, amount: Fen) -> Self {
        let (debit, credit) = (debit.to_string(), credit.to_string());
        Self { debit, credit, amount, cause, notice: None, payment: None }
    }

    /// Out of an account that is known by its name.
    #[must_use]
    pub fn out_of(cause: &'static str, debit: &str, credit: Account<'_>, amount: Fen) -> Self {
        let (debit, credit) = (debit.to_owned(), credit.to_string());
        Self { debit, credit, amount, cause, notice: None, payment: None }
    }

    #[must_use]
    pub fn for_notice(self, notice: NoticeId) -> Self {
        Self { notice: Some(notice), ..self }
    }

    #[must_use]
    pub fn for_payment(self, payment: PaymentId) -> Self {
        Self { payment: Some(payment), ..self }
    }
}
