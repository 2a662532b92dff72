//! What the driver reads in answers. Members it does not look at are left out; members it does not know do not
//! disturb it.
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Value;

/// One page of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct Page<T> {
    pub(crate) data: Vec<T>,
    #[serde(default)]
    pub(crate) next_cursor: Option<String>,
    #[serde(default)]
    pub(crate) has_more: bool,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Severity {
    Error,
    Warning,
    Info,
}

impl Severity {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
            Self::Info => "INFO",
        }
    }
}

/// One thing that is wrong, or worth telling.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Finding {
    pub(crate) pointer: String,
    pub(crate) code: String,
    pub(crate) severity: Severity,
    pub(crate) message_en: String,
}

/// Where a declaration stands (domain R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    Draft,
    Submitted,
    EReview,
    NeedsCorrection,
    ManualReview,
    Selected,
    Inspecting,
    LabPending,
    NonConforming,
    TreatmentOrdered,
    Conforming,
    Released,
    Closed,
    Rejected,
    Withdrawn,
    AutoWithdrawn,
    CancelledByCiq,
}

impl Status {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::EReview => "E_REVIEW",
            Self::NeedsCorrection => "NEEDS_CORRECTION",
            Self::ManualReview => "MANUAL_REVIEW",
            Self::Selected => "SELECTED",
            Self::Inspecting => "INSPECTING",
            Self::LabPending => "LAB_PENDING",
            Self::NonConforming => "NON_CONFORMING",
            Self::TreatmentOrdered => "TREATMENT_ORDERED",
            Self::Conforming => "CONFORMING",
            Self::Released => "RELEASED",
            Self::Closed => "CLOSED",
            Self::Rejected => "REJECTED",
            Self::Withdrawn => "WITHDRAWN",
            Self::AutoWithdrawn => "AUTO_WITHDRAWN",
            Self::CancelledByCiq => "CANCELLED_BY_CIQ",
        }
    }

    /// Nobody of the bureau has anything left to do: final, released, or back with the declarant.
    pub(crate) const fn is_settled(self) -> bool {
        matches!(
            self,
            Self::NeedsCorrection
                | Self::Released
                | Self::Closed
                | Self::Rejected
                | Self::Withdrawn
                | Self::AutoWithdrawn
                | Self::CancelledByCiq
        )
    }
}

/// In the statutory catalogue, or outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Kind {
    Catalogue,
    OutsideCatalogue,
}

/// The receipt of a filed version.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Receipt {
    pub(crate) id: String,
    pub(crate) status: Status,
    pub(crate) decl_no: Option<String>,
    #[serde(default)]
    pub(crate) fee_notice: Option<NoticeBrief>,
    pub(crate) defects: Vec<Finding>,
    pub(crate) filed_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NoticeBrief {
    pub(crate) id: String,
    pub(crate) total: Amount,
}

/// Money.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Amount {
    amount: String,
    currency: String,
}

impl Amount {
    /// `484.00 CNY` is 48,400 fen; `None` of what is no amount of CNY.
    pub(crate) fn in_fen(&self) -> Option<i64> {
        fen(&self.amount).filter(|_| self.currency == "CNY")
    }
}

/// `484.00` is 48,400: yuan with both their decimals.
pub(crate) fn fen(amount: &str) -> Option<i64> {
    let (yuan, fen) = amount.split_once('.').filter(|(_, fen)| fen.len() == 2)?;
    format!("{yuan}{fen}").parse().ok()
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

/// A declaration as lists show it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Declaration {
    pub(crate) id: String,
    pub(crate) decl_no: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    pub(crate) decl_org: String,
    pub(crate) release_org: String,
    pub(crate) insp_org: Option<String>,
    pub(crate) holder_org: String,
    pub(crate) is_selected: Option<bool>,
    pub(crate) has_result: bool,
    pub(crate) filed_at: DateTime<Utc>,
    pub(crate) released_at: Option<DateTime<Utc>>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// One thing that happened to a declaration.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Happening {
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: String,
    pub(crate) actor_kind: String,
    pub(crate) organisation: String,
    pub(crate) next: Option<String>,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Timeline {
    pub(crate) data: Vec<Happening>,
}

/// A handoff between two offices.
#[derive(Debug, Deserialize)]
pub(crate) struct Handoff {
    pub(crate) id: String,
    pub(crate) from_org: String,
    pub(crate) to_org: String,
    pub(crate) state: String,
    pub(crate) offered_at: DateTime<Utc>,
}

/// The inspection file of a declaration, as far as the driver's officers look at it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Dossier {
    pub(crate) appointments: Vec<Value>,
    pub(crate) rounds: Vec<Round>,
}

/// One round of inspection.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Round {
    pub(crate) samples: Vec<Sample>,
    /// Shown to the inspecting office only.
    pub(crate) signatures: Option<Vec<Signature>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Sample {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) result: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Signature {
    pub(crate) inspector: String,
}

/// A fee notice with the latest attempt to pay it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FeeNotice {
    pub(crate) id: String,
    pub(crate) notice_no: String,
    pub(crate) reg_no: String,
    pub(crate) total: Amount,
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) payment: Option<Payment>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Payment {
    pub(crate) state: String,
}

/// An e-payment agreement.
#[derive(Debug, Deserialize)]
pub(crate) struct Agreement {
    pub(crate) id: String,
    pub(crate) reg_no: String,
    pub(crate) account_token: String,
    pub(crate) state: String,
    pub(crate) credit_settlement: bool,
    pub(crate) auto_debit: bool,
}

/// Leave to pay fees once a month.
#[derive(Debug, Deserialize)]
pub(crate) struct MonthlySettlement {
    pub(crate) reg_no: String,
    pub(crate) state: String,
}

/// An organisation.
#[derive(Debug, Deserialize)]
pub(crate) struct Organisation {
    pub(crate) id: String,
    pub(crate) code: String,
}

/// A member of staff.
#[derive(Debug, Deserialize)]
pub(crate) struct Staff {
    pub(crate) id: String,
    pub(crate) login: String,
}

/// A machine client.
#[derive(Debug, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) organisation_code: String,
    pub(crate) name: String,
    pub(crate) state: String,
}

/// A client with its new credential.
#[derive(Debug, Deserialize)]
pub(crate) struct ClientIssued {
    pub(crate) client: Client,
    pub(crate) client_secret: Option<String>,
}

/// A power of attorney.
#[derive(Debug, Deserialize)]
pub(crate) struct PowerOfAttorney {
    pub(crate) agent_code: String,
    pub(crate) enterprise_code: String,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_to: NaiveDate,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

/// An eligibility to declare anywhere.
#[derive(Debug, Deserialize)]
pub(crate) struct Eligibility {
    pub(crate) id: String,
    pub(crate) enterprise_code: String,
    pub(crate) status: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_declaration_is_read_past_members_that_are_not_known() {
        let declaration: Declaration = serde_json::from_value(json!({
            "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d", "decl_no": null, "decl_reg_no": "3100601234",
            "kind": "OUTSIDE_CATALOGUE", "status": "MANUAL_REVIEW", "decl_org": "310900",
            "release_org": "310700", "insp_org": null, "holder_org": "310900", "is_selected": null,
            "has_result": false, "filed_at": "2014-05-12T02:20:00Z", "released_at": null,
            "updated_at": "2014-05-12T02:20:00.061Z", "something": ["new"]
        }))
        .unwrap();
        assert_eq!(declaration.status, Status::ManualReview);
        assert!(!declaration.status.is_settled());
    }

    #[test]
    fn money_is_counted_in_fen() {
        let fen = |amount: &str, currency: &str| {
            Amount { amount: amount.to_owned(), currency: currency.to_owned() }.in_fen()
        };

        assert_eq!(fen("484.05", "CNY"), Some(48_405));
        assert_eq!(fen("-0.50", "CNY"), Some(-50));
        assert_eq!((fen("1.5", "CNY"), fen("1.50", "EUR")), (None, None));
    }

    #[test]
    fn every_status_is_written_as_it_is_read() {
        use Status::*;
        for status in [
            Draft,
            Submitted,
            EReview,
            NeedsCorrection,
            ManualReview,
            Selected,
            Inspecting,
            LabPending,
            NonConforming,
            TreatmentOrdered,
            Conforming,
            Released,
            Closed,
            Rejected,
            Withdrawn,
            AutoWithdrawn,
            CancelledByCiq,
        ] {
            assert_eq!(serde_json::from_value::<Status>(json!(status.name())).unwrap(), status);
        }
    }
}
