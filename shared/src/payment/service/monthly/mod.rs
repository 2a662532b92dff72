//! Monthly settlement (月结): granted, suspended, told of, paid, dunned.
mod bill;
mod credit;
mod dun;
mod follow;
mod grant;
mod pay;
mod read;

pub use bill::issue_monthly_statements;
pub use credit::waiting_on_credit;
pub use dun::dun_monthly_statements;
pub use grant::{
    MonthlySettlementDraft, end_monthly_settlement, grant_monthly_settlement,
    resume_monthly_settlement, suspend_monthly_settlement,
};
pub use pay::pay_monthly_statement;
pub use read::{
    StatementFilter, monthly_settlement, monthly_settlements, monthly_statement, monthly_statements,
};

pub(super) use credit::{lines_of, restored};
pub(super) use follow::{Moved, follow};
