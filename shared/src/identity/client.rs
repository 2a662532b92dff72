//! Clients: machines that act for exactly one organisation.
use std::fmt;

use chrono::{DateTime, Utc};
use ed25519_dalek::{
    VerifyingKey,
    pkcs8::{DecodePublicKey as _, EncodePublicKey as _, spki::der::pem::LineEnding},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{OrganisationId, Roles, field};
use crate::{
    id,
    kernel::{Actor, OrganisationKind, Role, Standing, Violations},
};

id! {
    /// The `client_id` of `OAuth2`.
    ClientId
}

/// How a client proves itself at the token endpoint.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum AuthMethod {
    /// A secret in the Basic scheme (RFC 6749 section 2.3.1).
    ClientSecretBasic,
    /// An assertion signed with its own Ed25519 key (RFC 7523).
    PrivateKeyJwt,
}

/// Whether a client may act.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClientState {
    Active,
    /// Gets no token, and no token of its is honoured. Final.
    Revoked,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    pub organisation_id: OrganisationId,
    pub organisation_code: String,
    pub name: String,
    pub auth_method: AuthMethod,
    pub public_key: Option<String>,
    pub roles: Roles,
    pub state: ClientState,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Client {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}

/// 256 random bits, shown to the client's owner once; only the SHA-256 of it is kept.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// `bits` come from the machine's random source.
    #[must_use]
    pub const fn of(bits: [u8; 32]) -> Self {
        Self(bits)
    }

    /// The text the client sends.
    #[must_use]
    pub fn reveal(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(self.0)
    }

    fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.reveal().as_bytes()).to_vec()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a client proves itself with.
#[derive(Clone, Debug)]
pub enum Credential {
    Secret(Secret),
    /// Ed25519 public key, PEM.
    PublicKey(String),
}

impl Credential {
    /// A fresh secret, or the public key that was given: exactly what `method` needs.
    pub fn parse(
        method: AuthMethod,
        public_key: Option<&str>,
        secret: Secret,
        violations: &mut Violations,
    ) -> Option<Self> {
        match (method, public_key) {
            (AuthMethod::ClientSecretBasic, None) => Some(Self::Secret(secret)),
            (AuthMethod::ClientSecretBasic, Some(_)) => {
                violations.error(
                    "/public_key",
                    "public-key-unused",
                    "使用密钥方式的客户端不需要公钥",
                    "A client with a secret has no public key",
                );
                None
            }
            (AuthMethod::PrivateKeyJwt, given) => {
                let key = given.and_then(ed25519);
                if key.is_none() {
                    violations.error(
                        "/public_key",
                        "public-key-malformed",
                        "需要PEM格式的Ed25519公钥",
                        "An Ed25519 public key in PEM is needed",
                    );
                }
                key.map(Self::PublicKey)
            }
        }
    }

    #[must_use]
    pub const fn method(&self) -> AuthMethod {
        match self {
            Self::Secret(_) => AuthMethod::ClientSecretBasic,
            Self::PublicKey(_) => AuthMethod::PrivateKeyJwt,
        }
    }

    /// The two columns it is kept in: the secret's hash, the public key.
    pub(super) fn columns(&self) -> (Option<Vec<u8>>, Option<&str>) {
        match self {
            Self::Secret(secret) => (Some(secret.digest()), None),
            Self::PublicKey(pem) => (None, Some(pem)),
        }
    }
}

/// The key in the one form that we keep, if it is an Ed25519 key worth its name.
fn ed25519(pem: &str) -> Option<String> {
    let key = VerifyingKey::from_public_key_pem(pem.trim()).ok().filter(|key| !key.is_weak())?;
    key.to_public_key_pem(LineEnding::LF).ok()
}

/// A new client, as it was asked for.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    pub auth_method: AuthMethod,
    pub public_key: Option<String>,
    pub roles: Vec<Role>,
}

/// A new client in which nothing is wrong.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) name: String,
    pub credential: Credential,
    pub(super) roles: Roles,
}

impl Draft {
    /// Tells everything that is wrong at once. `kind` is that of the organisation it acts for.
    pub fn parse(
        input: &Input,
        kind: OrganisationKind,
        secret: Secret,
    ) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let name = field::text(&mut violations, "/name", &input.name, 100);
        let key = input.public_key.as_deref();
        let credential = Credential::parse(input.auth_method, key, secret, &mut violations);
        let roles = Roles::parse(&input.roles, kind, &mut violations);
        let draft = name.zip(credential).map(|(name, credential)| Self { name, credential, roles });
        violations.finish(draft)
    }
}

/// An active client of an active organisation, as the token endpoint needs it.
#[derive(Clone, Debug)]
pub struct Applicant {
    pub(super) id: ClientId,
    pub(super) organisation_id: OrganisationId,
    pub(super) organisation_kind: OrganisationKind,
    pub(super) organisation_code: String,
    pub(super) secret_hash: Option<Vec<u8>>,
    /// Ed25519 public key (PEM), where it proves itself by assertion.
    pub public_key: Option<String>,
    pub(super) roles: Roles,
}

impl Applicant {
    /// Whether `secret` is the one that was handed out. Takes the same time for every wrong one.
    #[must_use]
    pub fn has_secret(&self, secret: &str) -> bool {
        let given = Sha256::digest(secret.as_bytes());
        self.secret_hash.as_deref().is_some_and(|kept| kept.ct_eq(&given).into())
    }

    /// Who it is once it has proved itself.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor {
            id: Some(self.id.0),
            standing: Standing::Member {
                kind: self.organisation_kind,
                organisation: self.organisation_id.0,
                code: self.organisation_code.clone(),
                is_staff: false,
            },
            roles: self.roles.as_slice().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";

    fn input(auth_method: AuthMethod, public_key: Option<&str>) -> Input {
        let public_key = public_key.map(str::to_owned);
        Input { name: "ERP".into(), auth_method, public_key, roles: vec![Role::Declarant] }
    }

    fn parse(input: &Input) -> Result<Draft, Violations> {
        Draft::parse(input, OrganisationKind::Enterprise, Secret::of([7; 32]))
    }

    #[test]
    fn a_secret_is_known_by_its_hash_alone() {
        let secret = Secret::of([7; 32]);
        let applicant = Applicant {
            id: ClientId(uuid::Uuid::nil()),
            organisation_id: OrganisationId(uuid::Uuid::nil()),
            organisation_kind: OrganisationKind::Enterprise,
            organisation_code: "3100623765".into(),
            secret_hash: Some(secret.digest()),
            public_key: None,
            roles: Role::Declarant.into(),
        };

        assert_eq!(secret.reveal().len(), 43);
        assert!(applicant.has_secret(&secret.reveal()));
        assert!(!applicant.has_secret(&Secret::of([8; 32]).reveal()));
        assert!(!Applicant { secret_hash: None, ..applicant }.has_secret(&secret.reveal()));
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }

    #[test]
    fn a_client_has_the_credential_its_method_needs_and_no_other() {
        use AuthMethod::*;
        assert!(parse(&input(ClientSecretBasic, None)).is_ok());
        assert!(parse(&input(PrivateKeyJwt, Some(PUBLIC_KEY))).is_ok());
        for wrong in [
            input(ClientSecretBasic, Some(PUBLIC_KEY)),
            input(PrivateKeyJwt, None),
            input(
                PrivateKeyJwt,
                Some("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----"),
            ),
        ] {
            let violations = parse(&wrong).unwrap_err();
            assert_eq!(violations.iter().next().unwrap().pointer, "/public_key");
        }
    }
}
