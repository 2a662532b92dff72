//! Agreements as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::json;
use shared::{
    kernel::money::Amount,
    payment::{Agreement, AgreementId, AgreementState},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// A three-party e-payment agreement (三方协议) of enterprise, bank and bureau.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: AgreementId,
    /// Who pays.
    #[schema(example = "3100601234", max_length = 10)]
    pub reg_no: String,
    /// The bank that holds the account.
    #[schema(example = "SPDB", max_length = 20)]
    pub bank_code: String,
    /// The bank's token for the account; never an account number.
    #[schema(example = "acct-ok-3100601234", max_length = 64)]
    pub account_token: String,
    /// When the three signed.
    pub signed_on: NaiveDate,
    /// Whether it is in force.
    pub state: AgreementState,
    /// The most that one debit may take.
    pub single_limit: Amount,
    /// The most that the debits of one day may take.
    pub daily_limit: Amount,
    /// Monthly settlement may be granted on it.
    pub credit_settlement: bool,
    /// A notice is debited as soon as it is issued.
    pub auto_debit: bool,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Agreement> for AgreementOut {
    fn from(agreement: Agreement) -> Self {
        Self {
            id: agreement.id,
            reg_no: agreement.reg_no,
            bank_code: agreement.bank_code,
            account_token: agreement.account_token,
            signed_on: agreement.signed_on,
            state: agreement.state,
            single_limit: agreement.single_limit.into(),
            daily_limit: agreement.daily_limit.into(),
            credit_settlement: agreement.credit_settlement,
            auto_debit: agreement.auto_debit,
            created_at: agreement.created_at,
            updated_at: agreement.updated_at,
        }
    }
}

/// A page of agreements.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementPage {
    /// The agreements of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<AgreementOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c62", "reg_no": "3100601234", "bank_code": "SPDB",
        "account_token": "acct-ok-3100601234", "signed_on": "2014-05-01", "state": "ACTIVE",
        "single_limit": { "amount": "20000.00", "currency": "CNY" },
        "daily_limit": { "amount": "200000.00", "currency": "CNY" },
        "credit_settlement": false, "auto_debit": true,
        "created_at": "2014-05-01T02:00:00Z", "updated_at": "2014-05-01T02:00:00Z"
    })
}
