//! The books as the wire shows them.
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use shared::{
    declaration::DeclarationId,
    kernel::money::Amount,
    payment::{
        PaymentId, Posted,
        audit::{Audit, Difference, Fault, FaultKind, Kind, Side},
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

/// The proof of the books (账务核对).
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerOut {
    /// Whether the sum is zero, no account differs, and the records fit each other.
    pub is_right: bool,
    /// Two for each posting.
    #[schema(minimum = 0)]
    pub entries: i64,
    /// Of all entries: debits less credits.
    pub sum: Amount,
    /// The chart of accounts, with what the accounts of each kind hold.
    #[schema(max_items = 50)]
    pub kinds: Vec<KindOut>,
    /// The accounts that do not hold what the rest of the tables say; none, when all is right.
    #[schema(max_items = 100_000)]
    pub differences: Vec<DifferenceOut>,
    /// Notices that do not fit their payments or their goods, the first hundred; none, when all is right.
    #[schema(max_items = 100)]
    pub faults: Vec<FaultOut>,
}

/// All accounts of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindOut {
    /// The kind; an account is `KIND` or `KIND:whose`.
    #[schema(example = "RECEIVABLE", max_length = 20)]
    pub kind: String,
    /// In Chinese.
    #[schema(example = "应收检验检疫费", max_length = 50)]
    pub name_zh: String,
    /// In English.
    #[schema(example = "what declaring units owe", max_length = 100)]
    pub name_en: String,
    /// On which side it grows.
    pub side: Side,
    /// How many accounts of the kind were ever used.
    #[schema(minimum = 0)]
    pub accounts: i64,
    /// All that was ever debited.
    pub debits: Amount,
    /// All that was ever credited.
    pub credits: Amount,
    /// What they hold, on their own side.
    pub balance: Amount,
}

/// An account that is not what it should be. Both figures are debits less credits.
#[derive(Debug, Serialize, ToSchema)]
pub struct DifferenceOut {
    /// The account.
    #[schema(example = "RECEIVABLE:3100601234", max_length = 100)]
    pub account: String,
    /// What its entries make.
    pub booked: Amount,
    /// What notices, payments, refunds and the bank's words make.
    pub claimed: Amount,
}

/// A notice that does not fit its payments or its goods.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultOut {
    /// In what it does not fit.
    pub kind: FaultKind,
    /// The declaration it belongs to.
    #[schema(value_type = Uuid)]
    pub declaration_id: DeclarationId,
    /// The number of the notice.
    #[schema(example = "310900114000124F01", max_length = 24)]
    pub notice_no: String,
}

/// What was posted for one notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingsOut {
    /// Oldest first.
    #[schema(max_items = 1000)]
    pub data: Vec<PostingOut>,
}

/// One amount that left one account and entered another.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingOut {
    /// Ours.
    pub id: Uuid,
    /// When it was posted.
    pub at: DateTime<Utc>,
    /// The account that is debited.
    #[schema(example = "BANK:SPDB", max_length = 100)]
    pub debit: String,
    /// The account that is credited.
    #[schema(example = "RECEIVABLE:3100601234", max_length = 100)]
    pub credit: String,
    /// How much.
    pub amount: Amount,
    /// Why.
    #[schema(example = "payment-succeeded", max_length = 50)]
    pub cause: String,
    /// The payment that it belongs to.
    #[schema(value_type = Option<Uuid>)]
    pub payment_id: Option<PaymentId>,
}

impl From<Audit> for LedgerOut {
    fn from(audit: Audit) -> Self {
        Self {
            is_right: audit.holds(),
            entries: audit.entries(),
            sum: audit.sum().into(),
            kinds: audit.kinds.into_iter().map(KindOut::from).collect(),
            differences: audit.differences.into_iter().map(DifferenceOut::from).collect(),
            faults: audit.faults.into_iter().map(FaultOut::from).collect(),
        }
    }
}

impl From<Fault> for FaultOut {
    fn from(fault: Fault) -> Self {
        let Fault { kind, declaration, notice_no } = fault;
        Self { kind, declaration_id: declaration, notice_no }
    }
}

impl From<Kind> for KindOut {
    fn from(kind: Kind) -> Self {
        Self {
            balance: kind.balance().into(),
            kind: kind.kind,
            name_zh: kind.name_zh,
            name_en: kind.name_en,
            side: kind.side,
            accounts: kind.accounts,
            debits: kind.debits.into(),
            credits: kind.credits.into(),
        }
    }
}

impl From<Difference> for DifferenceOut {
    fn from(difference: Difference) -> Self {
        let Difference { account, booked, claimed } = difference;
        Self { account, booked: booked.into(), claimed: claimed.into() }
    }
}

impl From<Posted> for PostingOut {
    fn from(posted: Posted) -> Self {
        Self {
            id: posted.id,
            at: posted.at,
            debit: posted.debit,
            credit: posted.credit,
            amount: posted.amount.into(),
            cause: posted.cause,
            payment_id: posted.payment_id,
        }
    }
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "is_right": true, "entries": 4, "sum": { "amount": "0.00", "currency": "CNY" },
        "kinds": [{
            "kind": "RECEIVABLE", "name_zh": "应收检验检疫费", "name_en": "what declaring units owe",
            "side": "DEBIT", "accounts": 1, "debits": { "amount": "484.00", "currency": "CNY" },
            "credits": { "amount": "484.00", "currency": "CNY" },
            "balance": { "amount": "0.00", "currency": "CNY" }
        }],
        "differences": [], "faults": []
    })
}

#[must_use]
pub fn example_posting() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c70", "at": "2014-05-12T02:05:31Z",
        "debit": "BANK:SPDB", "credit": "RECEIVABLE:3100601234",
        "amount": { "amount": "484.00", "currency": "CNY" }, "cause": "payment-succeeded",
        "payment_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61"
    })
}
