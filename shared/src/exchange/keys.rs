//! Our own signing keys, and the one way in which statements are signed and verified.
//!
//! What is signed is the RFC 8785 spelling (JCS) of a JSON object, so that it can be kept as JSON, read by people, and
//! verified years later with the public key alone.
use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, anyhow};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use ed25519_dalek::{
    Signature, Signer as _, SigningKey, VerifyingKey, pkcs8::DecodePrivateKey as _,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::kernel::{
    hex,
    signature::{Message, Seal, SealingKey},
};

/// Names the bureau that signed a request.
pub const BUREAU_HEADER: &str = "signature-bureau";
/// Names the key that it signed with.
pub const KEY_HEADER: &str = "signature-key";

/// The keys of this bureau: one PEM file (PKCS#8) each, named by its key id. The greatest name signs; the others are
/// still published, so that a key can be put in before it is used.
#[derive(Clone)]
pub struct OwnKeys {
    bureau: String,
    keys: BTreeMap<String, SigningKey>,
}

impl OwnKeys {
    /// Reads `<key id>.pem` files; public halves (`.pub.pem`) beside them are passed over.
    pub fn read(bureau: &str, folder: &Path) -> anyhow::Result<Self> {
        let shown = folder.display();
        let mut keys = BTreeMap::new();
        for entry in fs::read_dir(folder).with_context(|| format!("the folder of keys, {shown}"))? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some((key_id, "pem")) = name.rsplit_once('.') else { continue };
            if key_id.rsplit_once('.').is_some_and(|(_, half)| half == "pub") {
                continue;
            }
            let pem = fs::read_to_string(&path)?;
            let key = SigningKey::from_pkcs8_pem(&pem)
                .map_err(|error| anyhow!("{}: not an Ed25519 key: {error}", path.display()))?;
            keys.insert(key_id.to_owned(), key);
        }
        anyhow::ensure!(!keys.is_empty(), "no <key id>.pem with a private key in {shown}");
        Ok(Self { bureau: bureau.to_owned(), keys })
    }

    /// One key from 32 bytes that the caller keeps secret.
    #[must_use]
    pub fn from_seed(bureau: &str, key_id: &str, seed: &[u8; 32]) -> Self {
        let keys = BTreeMap::from([(key_id.to_owned(), SigningKey::from_bytes(seed))]);
        Self { bureau: bureau.to_owned(), keys }
    }

    /// Whose keys they are.
    #[must_use]
    pub fn bureau(&self) -> &str {
        &self.bureau
    }

    /// All public halves: key id and key in base64.
    pub fn public(&self) -> impl Iterator<Item = (&str, String)> {
        self.keys
            .iter()
            .map(|(id, key)| (id.as_str(), BASE64.encode(key.verifying_key().to_bytes())))
    }

    /// The key that signs now.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.keys.last_key_value().map_or("", |(id, _)| id)
    }

    /// Signs a request of ours: the headers that go with it, besides [`BUREAU_HEADER`] and [`KEY_HEADER`].
    #[must_use]
    pub fn seal_request(&self, request: Message<'_>, now: DateTime<Utc>) -> Option<Seal> {
        let (_, key) = self.keys.last_key_value()?;
        Some(SealingKey::of(key.clone()).seal(request, now))
    }

    /// Signs some bytes with the key that signs now: base64.
    #[must_use]
    pub fn sign_bytes(&self, bytes: &[u8]) -> String {
        let signature = self.keys.last_key_value().map(|(_, key)| key.sign(bytes).to_bytes());
        BASE64.encode(signature.unwrap_or([0; 64]))
    }

    /// Signs the canonical spelling of a statement.
    pub fn sign(&self, statement: &impl Serialize) -> anyhow::Result<String> {
        Ok(self.sign_bytes(&canonical(statement)?))
    }
}

/// The RFC 8785 spelling.
pub fn canonical(statement: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(statement).context("no canonical spelling")
}

/// `sha-256:` and the digest of the canonical spelling.
pub fn digest(payload: &impl Serialize) -> anyhow::Result<String> {
    Ok(format!("sha-256:{}", hex(&Sha256::digest(canonical(payload)?))))
}

/// Did the holder of that key sign these bytes? Malformed keys and signatures are simply a no.
#[must_use]
pub fn is_signed_bytes(public_key: &str, bytes: &[u8], signature: &str) -> bool {
    let verify = || {
        let key: [u8; 32] = BASE64.decode(public_key).ok()?.try_into().ok()?;
        let key = VerifyingKey::from_bytes(&key).ok()?;
        let signature = Signature::from_slice(&BASE64.decode(signature).ok()?).ok()?;
        key.verify_strict(bytes, &signature).ok()
    };
    verify().is_some()
}

/// Did the holder of that key sign this statement?
#[must_use]
pub fn is_signed(public_key: &str, statement: &impl Serialize, signature: &str) -> bool {
    canonical(statement).is_ok_and(|bytes| is_signed_bytes(public_key, &bytes, signature))
}
