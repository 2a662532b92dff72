use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    identity::{
        OrganisationId, Staff, StaffId,
        staff::{Input, StaffState},
    },
    kernel::Role,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A new member of staff.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffIn {
    /// Who employs them.
    pub organisation_id: OrganisationId,
    /// What they sign in with.
    #[schema(min_length = 3, max_length = 64, pattern = "^[a-z0-9][a-z0-9._-]{2,63}$")]
    pub login: String,
    /// Their name.
    #[schema(max_length = 50, pattern = r"^.*\S.*$")]
    pub name: String,
    /// What they are employed to do. Offices employ no declarants, enterprises and agents nobody else.
    #[schema(min_items = 1, max_items = 10)]
    pub roles: Vec<Role>,
    /// Their first password: 12 to 128 characters, not easily guessed.
    #[schema(min_length = 12, max_length = 128, pattern = "^.{12,128}$", format = Password)]
    pub password: String,
}

impl StaffIn {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self {
            organisation_id: OrganisationId(super::some_id(3)),
            login: "inspector.310700".into(),
            name: "施检员".into(),
            roles: vec![Role::Inspector],
            password: "take nine grey cranes".into(),
        }
    }

    #[must_use]
    pub fn into_input(self) -> (OrganisationId, Input) {
        let input = Input {
            login: self.login,
            name: self.name,
            roles: self.roles,
            password: self.password,
        };
        (self.organisation_id, input)
    }
}

/// A new password, set by an administrator.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordIn {
    /// 12 to 128 characters, not easily guessed.
    #[schema(min_length = 12, max_length = 128, pattern = "^.{12,128}$", format = Password)]
    pub password: String,
}

impl PasswordIn {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self { password: "seven slow green boats".into() }
    }
}

/// A member of staff, without the password.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaffOut {
    /// Their id here.
    pub id: StaffId,
    /// Who employs them.
    pub organisation_id: OrganisationId,
    /// Office code or registration number of their organisation.
    #[schema(max_length = 10, pattern = r"^\d{6}(\d{4})?$")]
    pub organisation_code: String,
    /// What they sign in with.
    #[schema(max_length = 64, pattern = "^[a-z0-9][a-z0-9._-]{2,63}$")]
    pub login: String,
    /// Their name.
    #[schema(max_length = 50, pattern = "^.+$")]
    pub name: String,
    /// What they are employed to do.
    #[schema(max_items = 10)]
    pub roles: Vec<Role>,
    /// Whether they may sign in.
    pub state: StaffState,
    /// Since when wrong passwords have locked the account; null if it is open.
    pub locked_at: Option<DateTime<Utc>>,
    /// When they were entered.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

impl StaffOut {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self {
            id: StaffId(super::some_id(2)),
            organisation_id: OrganisationId(super::some_id(3)),
            organisation_code: "310700".into(),
            login: "inspector.310700".into(),
            name: "施检员".into(),
            roles: vec![Role::Inspector],
            state: StaffState::Active,
            locked_at: None,
            created_at: super::then(),
            updated_at: super::then(),
        }
    }
}

impl From<Staff> for StaffOut {
    fn from(staff: Staff) -> Self {
        Self {
            id: staff.id,
            organisation_id: staff.organisation_id,
            organisation_code: staff.organisation_code,
            login: staff.login,
            name: staff.name,
            roles: staff.roles.as_slice().to_vec(),
            state: staff.state,
            locked_at: staff.locked_at,
            created_at: staff.created_at,
            updated_at: staff.updated_at,
        }
    }
}

super::page!(StaffPage of StaffOut);

/// Which staff to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StaffFilter {
    /// Only of the organisation with this office code or registration number.
    #[param(max_length = 10, pattern = r"^\d{6}(\d{4})?$")]
    pub organisation_code: Option<String>,
    /// Only the one with this login.
    #[param(max_length = 64, pattern = "^[a-z0-9][a-z0-9._-]{2,63}$")]
    pub login: Option<String>,
    /// Only those in this state.
    #[param(inline)]
    pub state: Option<StaffState>,
    /// The `next_cursor` of the page before; leave it out for the first page.
    pub cursor: Option<Uuid>,
    /// How many to list: 1 to 200, 50 if left out.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}
