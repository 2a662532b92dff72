//! The Ed25519 keys that sign access tokens: one PEM file (PKCS8) each, named by its key id.
use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _},
};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;

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
    /// Reads `<kid>.pem` files. Public halves beside them (`<kid>.pub.pem`) are not needed and are passed over.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let shown = folder.display();
        let mut keys = BTreeMap::new();
        for entry in fs::read_dir(folder).with_context(|| format!("the folder of keys, {shown}"))? {
            let path = entry.with_context(|| format!("the folder of keys, {shown}"))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some((kid, "pem")) = name.rsplit_once('.') else { continue };
            if kid.rsplit_once('.').is_some_and(|(_, half)| half == "pub") {
                continue;
            }
            let key = read_key(&path).with_context(|| format!("the key {}", path.display()))?;
            keys.insert(kid.to_owned(), key);
        }
        let newest = keys.keys().next_back().cloned();
        let newest =
            newest.with_context(|| format!("no <kid>.pem with a private key in {shown}"))?;
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

fn read_key(path: &Path) -> anyhow::Result<Key> {
    let pem = fs::read_to_string(path)?;
    let signing = SigningKey::from_pkcs8_pem(&pem)
        .map_err(|error| anyhow::anyhow!("not an Ed25519 private key in PKCS8 PEM: {error}"))?;
    let der = signing.to_pkcs8_der().map_err(|error| anyhow::anyhow!("{error}"))?;
    let public = signing.verifying_key().to_bytes();
    Ok(Key {
        signing: EncodingKey::from_ed_der(der.as_bytes()),
        verifying: DecodingKey::from_ed_der(&public),
        public,
    })
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
