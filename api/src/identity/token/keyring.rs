//! The Ed25519 keys that sign access tokens, as they lie in their folder.
use std::{collections::BTreeMap, path::Path};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use shared::key_folder;

/// All keys of the folder. The greatest name signs; all of them verify, so that a key can be put in before it
/// is used, and left in until the last token it signed has run out.
pub(super) struct Keyring {
    keys: BTreeMap<String, Key>,
    newest: String,
}

struct Key {
    signing: EncodingKey,
    verifying: DecodingKey,
    public: [u8; 32],
}

impl Keyring {
    /// Reads the folder.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let keys = key_folder::read(folder)?.into_iter();
        let keys: BTreeMap<_, _> =
            keys.map(|(kid, key)| Ok((kid, Key::of(&key)?))).collect::<anyhow::Result<_>>()?;
        let newest = keys.keys().next_back().cloned().context("no key")?;
        Ok(Self { keys, newest })
    }

    pub(super) fn signing(&self) -> (&str, &EncodingKey) {
        (&self.newest, &self.keys[&self.newest].signing)
    }

    pub(super) fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.keys.get(kid).map(|key| &key.verifying)
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        let publics = |ring: &Self| -> Vec<(String, [u8; 32])> {
            ring.keys.iter().map(|(kid, key)| (kid.clone(), key.public)).collect()
        };
        publics(self) == publics(other)
    }

    pub(super) fn jwks(&self) -> Jwks {
        Jwks { keys: self.keys.iter().map(|(kid, key)| Jwk::of(kid, &key.public)).collect() }
    }
}

impl Key {
    fn of(key: &SigningKey) -> anyhow::Result<Self> {
        let der = key.to_pkcs8_der().map_err(|error| anyhow::anyhow!("{error}"))?;
        let public = key.verifying_key().to_bytes();
        Ok(Self {
            signing: EncodingKey::from_ed_der(der.as_bytes()),
            verifying: DecodingKey::from_ed_der(&public),
            public,
        })
    }
}

/// A public key (RFC 7517, RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    #[schema(example = "OKP", max_length = 3, pattern = "^OKP$")]
    pub kty: &'static str,
    /// Always `Ed25519`.
    #[schema(example = "Ed25519", max_length = 7, pattern = "^Ed25519$")]
    pub crv: &'static str,
    /// Always `EdDSA`.
    #[schema(example = "EdDSA", max_length = 5, pattern = "^EdDSA$")]
    pub alg: &'static str,
    /// Always `sig`: it verifies signatures.
    #[serde(rename = "use")]
    #[schema(example = "sig", max_length = 3, pattern = "^sig$")]
    pub purpose: &'static str,
    /// The key id, as tokens name it in their header.
    #[schema(example = "token-0001", max_length = 200, pattern = "^.+$")]
    pub kid: String,
    /// The public key, base64url.
    #[schema(max_length = 43, pattern = "^[A-Za-z0-9_-]{43}$")]
    pub x: String,
}

impl Jwk {
    fn of(kid: &str, public: &[u8; 32]) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            purpose: "sig",
            kid: kid.to_owned(),
            x: URL_SAFE_NO_PAD.encode(public),
        }
    }
}

/// All public keys that tokens may be signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Jwks {
    /// Oldest first.
    #[schema(max_items = 100)]
    pub keys: Vec<Jwk>,
}

impl Jwks {
    /// For the contract.
    #[must_use]
    pub fn example() -> Self {
        Self { keys: vec![Jwk::of("token-0001", &[7; 32])] }
    }
}
