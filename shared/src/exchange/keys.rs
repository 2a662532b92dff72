//! Our own signing keys, and the one way in which statements are signed and verified.
//!
//! What is signed is the RFC 8785 spelling (JCS) of a JSON object, so that it can be kept as JSON, read by people, and
//! verified years later with the public key alone.
use std::{collections::BTreeMap, path::Path};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{
    kernel::{
        hex,
        signature::{CheckingKey, Message, Seal, SealingKey, Signer},
    },
    key_folder,
};

/// Names the bureau that signed a request.
pub const BUREAU_HEADER: &str = "signature-bureau";
/// Names the key that it signed with.
pub const KEY_HEADER: &str = "signature-key";

/// The keys of this bureau, as they lie in their folder. The newest signs; all of them are published.
#[derive(Clone)]
pub struct OwnKeys {
    bureau: String,
    keys: BTreeMap<String, SealingKey>,
    newest: String,
}

impl OwnKeys {
    /// Reads the folder.
    pub fn read(bureau: &str, folder: &Path) -> anyhow::Result<Self> {
        let keys = key_folder::read(folder)?.into_iter();
        let keys: BTreeMap<_, _> = keys.map(|(id, key)| (id, SealingKey::of(key))).collect();
        let newest = keys.keys().next_back().cloned().context("no key")?;
        Ok(Self { bureau: bureau.to_owned(), keys, newest })
    }

    /// One key from 32 bytes that the caller keeps secret.
    #[must_use]
    pub fn from_seed(bureau: &str, key_id: &str, seed: &[u8; 32]) -> Self {
        let newest = key_id.to_owned();
        let keys = BTreeMap::from([(newest.clone(), SealingKey::from_seed(seed))]);
        Self { bureau: bureau.to_owned(), keys, newest }
    }

    /// Whose keys they are.
    #[must_use]
    pub fn bureau(&self) -> &str {
        &self.bureau
    }

    /// All public halves: key id and key in base64.
    pub fn public(&self) -> impl Iterator<Item = (&str, String)> {
        self.keys.iter().map(|(id, key)| (id.as_str(), key.checking_key().to_base64()))
    }

    /// The key that signs now.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.newest
    }

    /// The key that signs now, for statements that other rooms make.
    #[must_use]
    pub fn signer(&self) -> Signer<'_> {
        Signer { bureau: &self.bureau, key_id: &self.newest, key: &self.keys[&self.newest] }
    }

    /// Signs a request of ours: the headers that go with it, besides [`BUREAU_HEADER`] and [`KEY_HEADER`].
    #[must_use]
    pub fn seal_request(&self, request: Message<'_>, now: DateTime<Utc>) -> Seal {
        self.signer().key.seal(request, now)
    }

    /// Signs the canonical spelling of a statement.
    pub fn sign(&self, statement: &impl Serialize) -> anyhow::Result<String> {
        Ok(self.signer().key.sign(&canonical(statement)?))
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

/// Did the holder of that key sign this statement? A key or a signature that is none is simply a no.
#[must_use]
pub fn is_signed(public_key: &str, statement: &impl Serialize, signature: &str) -> bool {
    let Ok(key) = CheckingKey::from_base64(public_key) else { return false };
    canonical(statement).is_ok_and(|bytes| key.verifies(&bytes, signature))
}
