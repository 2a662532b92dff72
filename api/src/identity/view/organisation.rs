use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    identity::{CreditClass, Organisation, OrganisationId, OrganisationState, organisation::Input},
    kernel::OrganisationKind,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A new organisation, to be created.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationIn {
    /// Office, enterprise or agent.
    pub kind: OrganisationKind,
    /// Office: 6 digits. Enterprise or agent: the registration number (报检单位登记号) of 10 digits, whose
    /// fifth is 6 for enterprises and 9 for agents.
    #[schema(example = "3100623765", max_length = 10, pattern = r"^\d{6}(\d{4})?$")]
    pub code: String,
    /// Chinese name.
    #[schema(max_length = 150, pattern = r"^.*\S.*$")]
    pub name_zh: String,
    /// English name.
    #[schema(max_length = 400, pattern = r"^.*\S.*$")]
    pub name_en: Option<String>,
    /// Since when it is registered with the bureau.
    pub registered_on: NaiveDate,
    /// B if left out: an unrated enterprise is B.
    pub credit_class: Option<CreditClass>,
    /// On the black list: counts as class D.
    #[serde(default)]
    pub black_listed: bool,
}

impl OrganisationIn {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        let example = OrganisationOut::example();
        Self {
            kind: example.kind,
            code: example.code,
            name_zh: example.name_zh,
            name_en: example.name_en,
            registered_on: example.registered_on,
            credit_class: Some(example.credit_class),
            black_listed: example.black_listed,
        }
    }

    #[must_use]
    pub fn into_input(self) -> Input {
        Input {
            kind: self.kind,
            code: self.code,
            name_zh: self.name_zh,
            name_en: self.name_en,
            registered_on: self.registered_on,
            credit_class: self.credit_class,
            black_listed: self.black_listed,
        }
    }
}

/// An office, an enterprise or a declaring agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganisationOut {
    /// Its id here.
    pub id: OrganisationId,
    /// Office, enterprise or agent.
    pub kind: OrganisationKind,
    /// Office code or registration number.
    #[schema(max_length = 10, pattern = r"^\d{6}(\d{4})?$")]
    pub code: String,
    /// Chinese name.
    #[schema(max_length = 150, pattern = "^.+$")]
    pub name_zh: String,
    /// English name.
    #[schema(max_length = 400, pattern = "^.+$")]
    pub name_en: Option<String>,
    /// Since when it is registered with the bureau.
    pub registered_on: NaiveDate,
    /// Its own class, before the black list.
    pub credit_class: CreditClass,
    /// On the black list: counts as class D.
    pub black_listed: bool,
    /// Whether anybody may act for it.
    pub state: OrganisationState,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl OrganisationOut {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self {
            id: OrganisationId(super::some_id(1)),
            kind: OrganisationKind::Enterprise,
            code: "3100623765".into(),
            name_zh: "上海样例进出口有限公司".into(),
            name_en: Some("Shanghai Sample Import & Export Co., Ltd.".into()),
            registered_on: super::then().date_naive(),
            credit_class: CreditClass::B,
            black_listed: false,
            state: OrganisationState::Active,
            created_at: super::then(),
            updated_at: super::then(),
        }
    }
}

impl From<Organisation> for OrganisationOut {
    fn from(organisation: Organisation) -> Self {
        Self {
            id: organisation.id,
            kind: organisation.kind,
            code: organisation.code,
            name_zh: organisation.name_zh,
            name_en: organisation.name_en,
            registered_on: organisation.registered_on,
            credit_class: organisation.credit_class,
            black_listed: organisation.black_listed,
            state: organisation.state,
            created_at: organisation.created_at,
            updated_at: organisation.updated_at,
        }
    }
}

super::page!(OrganisationPage of OrganisationOut);

/// Which organisations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrganisationFilter {
    /// Only those of this kind.
    #[param(inline)]
    pub kind: Option<OrganisationKind>,
    /// Only those in this state.
    #[param(inline)]
    pub state: Option<OrganisationState>,
    /// Only the one with this office code or registration number.
    #[param(max_length = 10, pattern = r"^\d{6}(\d{4})?$")]
    pub code: Option<String>,
    /// The `next_cursor` of the page before; leave it out for the first page.
    pub cursor: Option<Uuid>,
    /// How many to list: 1 to 200, 50 if left out.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}
