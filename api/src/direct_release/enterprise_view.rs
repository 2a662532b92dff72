//! Enterprises of direct release as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    direct_release::{
        Direction, Enterprise, EnterpriseId, Ground,
        enterprise::{Certification, Claims, Status},
    },
    kernel::{Failure, Violations},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::reply::Reply;

/// What an enterprise states of itself; its papers must prove it.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectReleaseClaims)]
pub struct ClaimsIn {
    /// The last day of an administrative penalty; left out: there never was one.
    #[serde(default)]
    pub penalised_on: Option<NaiveDate>,
    /// Value of a year's trade in US dollars, at most two decimals.
    #[schema(value_type = String, example = "1800000.00", max_length = 20, pattern = r"^\d{1,15}(\.\d{1,2})?$")]
    pub yearly_trade_usd: Decimal,
    /// What its quality system is certified under.
    #[serde(default)]
    pub certification: Option<Certification>,
    /// Whether it has an effective system of quality control; exporters must.
    pub has_quality_control: bool,
    /// Batches of the last year.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub batches: i64,
    /// How many of them passed.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub passed: i64,
    /// The last day on which goods came back or were claimed for their quality.
    #[serde(default)]
    pub returned_on: Option<NaiveDate>,
}

impl From<ClaimsIn> for Claims {
    fn from(given: ClaimsIn) -> Self {
        Self {
            penalised_on: given.penalised_on,
            yearly_trade_usd: given.yearly_trade_usd,
            certification: given.certification,
            has_quality_control: given.has_quality_control,
            batches: given.batches,
            passed: given.passed,
            returned_on: given.returned_on,
        }
    }
}

impl From<Claims> for ClaimsIn {
    fn from(kept: Claims) -> Self {
        Self {
            penalised_on: kept.penalised_on,
            yearly_trade_usd: kept.yearly_trade_usd,
            certification: kept.certification,
            has_quality_control: kept.has_quality_control,
            batches: kept.batches,
            passed: kept.passed,
            returned_on: kept.returned_on,
        }
    }
}

/// An application for direct release.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectReleaseApplication)]
pub struct ApplicationIn {
    /// For goods that go out, or that come in.
    pub direction: Direction,
    /// What it states of itself.
    pub claims: ClaimsIn,
}

/// Another application, after a suspension.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectReleaseReapplication)]
pub struct ReapplicationIn {
    /// What it states of itself now.
    pub claims: ClaimsIn,
}

/// Why, in plain words.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectReleaseReason)]
pub struct ReasonIn {
    /// It stands in the timeline.
    #[schema(max_length = 500, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub reason: String,
}

/// A notice of suspension (停止直通放行通知单).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectReleaseSuspension)]
pub struct SuspendIn {
    /// One of the five grounds.
    pub ground: Ground,
    /// What happened; partners are told.
    #[schema(max_length = 500, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub reason: String,
}

/// A reason of 1 to 500 characters, trimmed.
pub fn reason(given: &str) -> Result<String, Failure> {
    let mut wrong = Violations::default();
    let reason = wrong.text("/reason", given, 500);
    if given.contains('\0') {
        wrong.error("/reason", "text-malformed", "含有非法字符", "It contains U+0000");
    }
    Ok(wrong.finish(reason)?)
}

/// An enterprise and its grant of direct release for one direction.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectEnterprise)]
pub struct EnterpriseOut {
    /// Its id here.
    pub id: EnterpriseId,
    /// Registration number of the enterprise.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// For which goods.
    pub direction: Direction,
    /// The bureau that granted it and told us; null: this bureau decides.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub partner: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Counts the steps.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    /// What it stated; null where another bureau looked at that.
    pub claims: Option<ClaimsIn>,
    /// The first day of the grant.
    pub granted_on: Option<NaiveDate>,
    /// The day of the suspension.
    pub suspended_on: Option<NaiveDate>,
    /// The first day on which it may apply again.
    pub suspended_until: Option<NaiveDate>,
    /// Why it was suspended.
    pub ground: Option<Ground>,
    /// The same in words, or why the application was refused.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// The ground on which a first person asked to suspend it; a second has not confirmed yet.
    pub proposed_ground: Option<Ground>,
    /// The first person.
    pub proposed_by: Option<Uuid>,
    /// When it first applied, or was first told of.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Enterprise> for EnterpriseOut {
    fn from(row: Enterprise) -> Self {
        Self {
            id: row.id,
            reg_no: row.reg_no,
            direction: row.direction,
            partner: row.partner,
            status: row.status,
            version: row.version,
            claims: row.claims.map(ClaimsIn::from),
            granted_on: row.granted_on,
            suspended_on: row.suspended_on,
            suspended_until: row.suspended_until,
            ground: row.ground,
            reason: row.reason,
            proposed_ground: row.proposed.as_ref().map(|first| first.ground),
            proposed_by: row.proposed.as_ref().map(|first| first.by.0),
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The answer of every act on an enterprise.
pub fn reply(enterprise: Enterprise) -> serde_json::Result<Reply> {
    let revision = enterprise.revision();
    Ok(Reply::ok(&EnterpriseOut::from(enterprise))?.revision(revision))
}

/// A page of enterprises, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectEnterprisePage)]
pub struct EnterprisePage {
    /// The enterprises of this page.
    #[schema(max_items = 200)]
    pub data: Vec<EnterpriseOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EnterpriseFilter {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
    /// Only those of this enterprise.
    #[param(min_length = 10, max_length = 10)]
    pub reg_no: Option<String>,
    /// Only those for this direction.
    #[param(inline)]
    pub direction: Option<Direction>,
    /// Only those that stand here.
    #[param(inline)]
    pub status: Option<Status>,
}

/// What the documentation shows.
#[must_use]
pub fn claims_example() -> Value {
    json!({
        "yearly_trade_usd": "1800000.00", "certification": "ISO9000", "has_quality_control": true,
        "batches": 420, "passed": 419
    })
}

/// What the documentation shows.
#[must_use]
pub fn example() -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d20", "reg_no": "3205600077", "direction": "EXPORT",
        "partner": null, "status": "APPROVED", "version": 2,
        "claims": { "penalised_on": null, "yearly_trade_usd": "1800000.00", "certification": "ISO9000",
            "has_quality_control": true, "batches": 420, "passed": 419, "returned_on": null },
        "granted_on": "2014-05-12", "suspended_on": null, "suspended_until": null, "ground": null,
        "reason": null, "proposed_ground": null, "proposed_by": null,
        "created_at": "2014-05-12T02:20:00Z", "updated_at": "2014-05-12T03:00:00Z"
    })
}

/// The same, in a page.
#[must_use]
pub fn example_page() -> Value {
    json!({ "data": [example()], "next_cursor": null, "has_more": false })
}
