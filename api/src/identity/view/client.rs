use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    identity::{
        Client, ClientId, OrganisationId,
        client::{AuthMethod, ClientState, Credential, Input},
    },
    kernel::Role,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A new machine client.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientIn {
    /// The one organisation it acts for.
    pub organisation_id: OrganisationId,
    /// What its owner calls it.
    #[schema(max_length = 100, pattern = r"^.*\S.*$")]
    pub name: String,
    /// How it proves itself at the token endpoint.
    pub auth_method: AuthMethod,
    /// Its Ed25519 public key in PEM; only with `private_key_jwt`.
    #[schema(max_length = 400, pattern = "^-----BEGIN PUBLIC KEY-----")]
    pub public_key: Option<String>,
    /// What it may do. Clients of enterprises and agents are declarants.
    #[schema(min_items = 1, max_items = 10)]
    pub roles: Vec<Role>,
}

impl ClientIn {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        let example = ClientOut::example();
        Self {
            organisation_id: example.organisation_id,
            name: example.name,
            auth_method: example.auth_method,
            public_key: None,
            roles: example.roles,
        }
    }

    #[must_use]
    pub fn into_input(self) -> (OrganisationId, Input) {
        let input = Input {
            name: self.name,
            auth_method: self.auth_method,
            public_key: self.public_key,
            roles: self.roles,
        };
        (self.organisation_id, input)
    }
}

/// A new credential for a client.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateIn {
    /// The new Ed25519 public key in PEM; only with `private_key_jwt`. A secret is made here.
    #[schema(max_length = 400, pattern = "^-----BEGIN PUBLIC KEY-----")]
    pub public_key: Option<String>,
}

/// A machine client, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientOut {
    /// Its `client_id`.
    pub id: ClientId,
    /// The one organisation it acts for.
    pub organisation_id: OrganisationId,
    /// Office code or registration number of its organisation.
    #[schema(max_length = 10, pattern = r"^\d{6}(\d{4})?$")]
    pub organisation_code: String,
    /// What its owner calls it.
    #[schema(max_length = 100, pattern = "^.+$")]
    pub name: String,
    /// How it proves itself at the token endpoint.
    pub auth_method: AuthMethod,
    /// Its Ed25519 public key in PEM, with `private_key_jwt`.
    #[schema(max_length = 400, pattern = "^-----BEGIN PUBLIC KEY-----")]
    pub public_key: Option<String>,
    /// What it may do.
    #[schema(max_items = 10)]
    pub roles: Vec<Role>,
    /// Whether it may have tokens.
    pub state: ClientState,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl ClientOut {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self {
            id: ClientId(super::some_id(4)),
            organisation_id: OrganisationId(super::some_id(1)),
            organisation_code: "3100623765".into(),
            name: "ERP".into(),
            auth_method: AuthMethod::ClientSecretBasic,
            public_key: None,
            roles: vec![Role::Declarant],
            state: ClientState::Active,
            created_at: super::then(),
            updated_at: super::then(),
        }
    }
}

impl From<Client> for ClientOut {
    fn from(client: Client) -> Self {
        Self {
            id: client.id,
            organisation_id: client.organisation_id,
            organisation_code: client.organisation_code,
            name: client.name,
            auth_method: client.auth_method,
            public_key: client.public_key,
            roles: client.roles.as_slice().to_vec(),
            state: client.state,
            created_at: client.created_at,
            updated_at: client.updated_at,
        }
    }
}

/// A client with its new credential.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientIssuedOut {
    /// The client.
    pub client: ClientOut,
    /// Its secret. It is shown this once and kept nowhere; null for a client with a key, and in an answer
    /// that is repeated under its `Idempotency-Key`.
    #[schema(max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$")]
    pub client_secret: Option<String>,
}

impl ClientIssuedOut {
    /// The member that is shown once.
    pub const SECRET: &str = "client_secret";

    #[must_use]
    pub fn new(client: Client, credential: &Credential) -> Self {
        let client_secret = match credential {
            Credential::Secret(secret) => Some(secret.reveal()),
            Credential::PublicKey(_) => None,
        };
        Self { client: client.into(), client_secret }
    }

    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        let client_secret = Some("c2hvd24gb25jZSBhbmQga2VwdCBub3doZXJlIGhlcmU".into());
        Self { client: ClientOut::example(), client_secret }
    }
}

super::page!(ClientPage of ClientOut);

/// Which clients to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClientFilter {
    /// Only of the organisation with this office code or registration number.
    #[param(max_length = 10, pattern = r"^\d{6}(\d{4})?$")]
    pub organisation_code: Option<String>,
    /// Only those in this state.
    #[param(inline)]
    pub state: Option<ClientState>,
    /// The `next_cursor` of the page before; leave it out for the first page.
    pub cursor: Option<Uuid>,
    /// How many to list: 1 to 200, 50 if left out.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}
