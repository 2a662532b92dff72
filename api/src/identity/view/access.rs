use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::identity::token::Issued;

/// A request for a token (RFC 6749 section 4.4). Parameters not named here are ignored, as the RFC demands.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct TokenIn {
    /// Always `client_credentials`.
    #[schema(max_length = 60, pattern = "^client_credentials$")]
    pub grant_type: Option<String>,
    /// Leave it out, or empty: what a client may do follows from its roles.
    #[schema(max_length = 1000, pattern = "^.*$")]
    pub scope: Option<String>,
    /// With an assertion it may be named once more; it must be the assertion's subject.
    #[schema(max_length = 36, pattern = "^[0-9a-f-]{36}$")]
    pub client_id: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with an assertion.
    #[schema(
        max_length = 100,
        pattern = "^urn:ietf:params:oauth:client-assertion-type:jwt-bearer$"
    )]
    pub client_assertion_type: Option<String>,
    /// An `EdDSA` JWT (RFC 7523): `iss` and `sub` the `client_id`, `aud` our issuer or this endpoint's URL, `exp`
    /// in at most five minutes, a `jti` never used before.
    #[schema(max_length = 8192, pattern = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]
    pub client_assertion: Option<String>,
}

impl TokenIn {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self {
            grant_type: Some("client_credentials".into()),
            scope: None,
            client_id: None,
            client_assertion_type: None,
            client_assertion: None,
        }
    }
}

/// A person who signs in.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInIn {
    /// The login.
    #[schema(max_length = 64, pattern = "^[a-z0-9][a-z0-9._-]{2,63}$")]
    pub login: String,
    /// The password.
    #[schema(max_length = 128, pattern = "^.{1,128}$", format = Password)]
    pub password: String,
}

impl SignInIn {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self { login: "inspector.310700".into(), password: "take nine grey cranes".into() }
    }
}

/// An access token, and how long it is good.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenOut {
    /// Send it as `Authorization: Bearer …`.
    #[schema(max_length = 4096, pattern = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 6, pattern = "^Bearer$")]
    pub token_type: &'static str,
    /// Seconds it is good for.
    #[schema(minimum = 1, maximum = 1800)]
    pub expires_in: i64,
}

impl TokenOut {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self {
            access_token: "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl".into(),
            token_type: "Bearer",
            expires_in: 600,
        }
    }
}

impl From<Issued> for TokenOut {
    fn from(issued: Issued) -> Self {
        Self {
            access_token: issued.token,
            token_type: "Bearer",
            expires_in: issued.lifetime.num_seconds(),
        }
    }
}

/// Why there is no token, in the words of RFC 6749 section 5.2.
#[derive(Debug, Serialize, ToSchema)]
pub struct OAuthErrorOut {
    /// `invalid_request`, `invalid_client`, `unsupported_grant_type` or `invalid_scope`.
    #[schema(max_length = 40, pattern = "^[a-z_]+$")]
    pub error: &'static str,
    /// For people.
    #[schema(max_length = 200, pattern = "^.+$")]
    pub error_description: &'static str,
}

impl OAuthErrorOut {
    /// For the contract.
    #[must_use]
    pub const fn example() -> Self {
        Self { error: "invalid_client", error_description: "client authentication failed" }
    }
}

/// Where tokens come from (RFC 8414).
#[derive(Debug, Serialize, ToSchema)]
pub struct MetadataOut {
    /// Signs the tokens, and is their audience.
    #[schema(max_length = 300, format = "uri")]
    pub issuer: String,
    /// Where clients get tokens.
    #[schema(max_length = 300, format = "uri")]
    pub token_endpoint: String,
    /// Where the public keys are.
    #[schema(max_length = 300, format = "uri")]
    pub jwks_uri: String,
    /// Always `client_credentials`.
    #[schema(max_items = 1)]
    pub grant_types_supported: [&'static str; 1],
    /// None: there is no authorization endpoint.
    #[schema(max_items = 0)]
    pub response_types_supported: [&'static str; 0],
    /// How clients prove themselves.
    #[schema(max_items = 2)]
    pub token_endpoint_auth_methods_supported: [&'static str; 2],
    /// How assertions are signed.
    #[schema(max_items = 1)]
    pub token_endpoint_auth_signing_alg_values_supported: [&'static str; 1],
}

impl MetadataOut {
    #[must_use]
    pub fn of(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            token_endpoint: format!("{issuer}/oauth2/token"),
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            grant_types_supported: ["client_credentials"],
            response_types_supported: [],
            token_endpoint_auth_methods_supported: ["client_secret_basic", "private_key_jwt"],
            token_endpoint_auth_signing_alg_values_supported: ["EdDSA"],
        }
    }

    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self::of("https://anyport.example")
    }
}
