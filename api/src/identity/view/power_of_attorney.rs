use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    identity::{PowerOfAttorney, PowerOfAttorneyId, attorney::Draft},
    kernel::Violations,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A new power of attorney (代理报检委托书).
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PowerOfAttorneyIn {
    /// Registration number of the agent who may declare.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub agent_code: String,
    /// Registration number of the enterprise it may declare for. An enterprise names itself.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub enterprise_code: String,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day.
    pub valid_to: NaiveDate,
}

impl PowerOfAttorneyIn {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        let example = PowerOfAttorneyOut::example();
        Self {
            agent_code: example.agent_code,
            enterprise_code: example.enterprise_code,
            valid_from: example.valid_from,
            valid_to: example.valid_to,
        }
    }

    pub fn parse(&self) -> Result<Draft, Violations> {
        Draft::parse(&self.agent_code, &self.enterprise_code, self.valid_from, self.valid_to)
    }
}

/// A power of attorney.
#[derive(Debug, Serialize, ToSchema)]
pub struct PowerOfAttorneyOut {
    /// Its id here.
    pub id: PowerOfAttorneyId,
    /// Registration number of the agent.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub agent_code: String,
    /// Registration number of the enterprise.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub enterprise_code: String,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day.
    pub valid_to: NaiveDate,
    /// When it was revoked; null while it stands.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was granted.
    pub created_at: DateTime<Utc>,
}

impl PowerOfAttorneyOut {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        let first = super::then().date_naive();
        Self {
            id: PowerOfAttorneyId(super::some_id(5)),
            agent_code: "3100910343".into(),
            enterprise_code: "3100623765".into(),
            valid_from: first,
            valid_to: first + chrono::Days::new(364),
            revoked_at: None,
            created_at: super::then(),
        }
    }
}

impl From<PowerOfAttorney> for PowerOfAttorneyOut {
    fn from(power: PowerOfAttorney) -> Self {
        Self {
            id: power.id,
            agent_code: power.agent_code,
            enterprise_code: power.enterprise_code,
            valid_from: power.valid_from,
            valid_to: power.valid_to,
            revoked_at: power.revoked_at,
            created_at: power.created_at,
        }
    }
}

super::page!(PowerOfAttorneyPage of PowerOfAttorneyOut);

/// Which powers of attorney to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PowerOfAttorneyFilter {
    /// Only those given to this agent.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    pub agent_code: Option<String>,
    /// Only those given by this enterprise.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    pub enterprise_code: Option<String>,
    /// Only those in force on this day.
    pub in_force_on: Option<NaiveDate>,
    /// The `next_cursor` of the page before; leave it out for the first page.
    pub cursor: Option<Uuid>,
    /// How many to list: 1 to 200, 50 if left out.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only those that were given or revoked at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}
