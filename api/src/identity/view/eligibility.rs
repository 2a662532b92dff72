use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    identity::{
        Eligibility, EligibilityId, OrganisationId, StaffId,
        eligibility::{Action, Status},
    },
    kernel::{Failure, Violations},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An application to declare anywhere.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationIn {
    /// Whether the enterprise has signed the commitments (承诺书).
    pub commitments_signed: bool,
}

impl ApplicationIn {
    /// For the contract.
    #[must_use]
    pub const fn example() -> Self {
        Self { commitments_signed: true }
    }
}

/// Why an eligibility is suspended or removed.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EligibilityReasonIn)]
pub struct ReasonIn {
    /// In plain words; it stands in the timeline.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

impl ReasonIn {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self { reason: "收货地址查无此人".into() }
    }

    pub fn parse(&self) -> Result<String, Failure> {
        let reason = self.reason.trim();
        let mut violations = Violations::default();
        if reason.is_empty() || reason.chars().count() > 1000 || reason.contains('\0') {
            violations.error(
                "/reason",
                "reason-malformed",
                "请说明理由,最多1000个字符",
                "Say why, in at most 1000 characters",
            );
        }
        Ok(violations.finish(Some(reason.to_owned()))?)
    }
}

/// An eligibility to declare anywhere (通报通放).
#[derive(Debug, Serialize, ToSchema)]
pub struct EligibilityOut {
    /// Its id here.
    pub id: EligibilityId,
    /// Whose it is.
    pub enterprise_id: OrganisationId,
    /// Registration number of the enterprise.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub enterprise_code: String,
    /// Where it stands.
    pub status: Status,
    /// Whether the enterprise has signed the commitments.
    pub commitments_signed: bool,
    /// Why it is suspended or removed.
    #[schema(max_length = 500, pattern = "^.*$")]
    pub reason: Option<String>,
    /// The officer who took the application up.
    pub reviewed_by: Option<StaffId>,
    /// The first day of being eligible.
    pub joined_on: Option<NaiveDate>,
    /// The day it was removed.
    pub left_on: Option<NaiveDate>,
    /// What a first person asked for; it waits for a second one, and one of the two must be a duty chief.
    pub proposed: Option<Action>,
    /// The first person.
    pub proposed_by: Option<StaffId>,
    /// When it was applied for.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl EligibilityOut {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self {
            id: EligibilityId(super::some_id(6)),
            enterprise_id: OrganisationId(super::some_id(1)),
            enterprise_code: "3100623765".into(),
            status: Status::Eligible,
            commitments_signed: true,
            reason: None,
            reviewed_by: Some(StaffId(super::some_id(2))),
            joined_on: Some(super::then().date_naive()),
            left_on: None,
            proposed: None,
            proposed_by: None,
            created_at: super::then(),
            updated_at: super::then(),
        }
    }
}

impl From<Eligibility> for EligibilityOut {
    fn from(eligibility: Eligibility) -> Self {
        Self {
            id: eligibility.id,
            enterprise_id: eligibility.enterprise_id,
            enterprise_code: eligibility.enterprise_code,
            status: eligibility.status,
            commitments_signed: eligibility.commitments_signed,
            reason: eligibility.reason,
            reviewed_by: eligibility.reviewed_by,
            joined_on: eligibility.joined_on,
            left_on: eligibility.left_on,
            proposed: eligibility.proposed,
            proposed_by: eligibility.proposed_by,
            created_at: eligibility.created_at,
            updated_at: eligibility.updated_at,
        }
    }
}

super::page!(EligibilityPage of EligibilityOut);

/// Which eligibilities to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EligibilityFilter {
    /// Only those of this enterprise.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    pub enterprise_code: Option<String>,
    /// Only those in this state.
    #[param(inline)]
    pub status: Option<Status>,
    /// The `next_cursor` of the page before; leave it out for the first page.
    pub cursor: Option<Uuid>,
    /// How many to list: 1 to 200, 50 if left out.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}
