//! The acts of the room.
mod agreement;
mod audit;
mod day;
mod debit;
mod hear;
mod issue;
mod monthly;
mod parity;
mod pay;
mod read;
mod receipt;
mod refund;
mod report;
mod settle;
mod suspense;
mod void;
mod window;

pub use agreement::{
    AgreementDraft, agreements_of, alarm_of_reversal, end_agreement, resume_agreement,
    sign_agreement, suspend_agreement,
};
pub use audit::{Posted, audit, postings_of};
pub use day::{
    DaySheet, StatementFile, approve_difference, close_day, day_record, days, explain_difference,
    sheet, take_statement, want_statements,
};
pub use debit::{NEVER_HEARD_OF, Told, answered, asked, question, take};
pub use hear::{hear, hear_many};
pub use issue::{issue_notice, issue_notices};
pub use monthly::{
    MonthlySettlementDraft, StatementFilter, dun_monthly_statements, end_monthly_settlement,
    grant_monthly_settlement, issue_monthly_statements, monthly_settlement, monthly_settlements,
    monthly_statement, monthly_statements, pay_monthly_statement, resume_monthly_settlement,
    suspend_monthly_settlement, waiting_on_credit,
};
pub use parity::check_parity;
pub use pay::pay;
pub use read::{NoticeFilter, agreement, agreements, notice, notices, payment};
pub use receipt::{print_receipt, receipt};
pub use refund::{
    RefundDraft, approve_refund, asked_refund, execute_refund, propose_refund, question_refund,
    refund, refund_answered, refunds, refuse_refund, take_refund,
};
pub use report::report;
pub use settle::{overdue, overdue_before, settled, settled_many};
pub use suspense::suspense_items;
pub use void::{refund_difference, void_notice, void_notices_of, void_unpaid_of};
pub use window::{Count, ShiftDraft, Tender, close_shift, collect, open_shift, shift, shifts};
