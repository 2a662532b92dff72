//! How webhooks are signed: Standard Webhooks 1.0, `v1` (HMAC-SHA256) and `v1a` (Ed25519) side by side.
//!
//! Secrets are not kept anywhere. Each is made, when it is needed, of a key of the bureau that lies in a file, the
//! endpoint's id and a number that grows with each rotation: whoever reads the tables can sign nothing, and no two
//! endpoints share a secret.
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::model::EndpointId;
use crate::key_folder;

/// The event's id: the same over all attempts.
pub const ID_HEADER: &str = "webhook-id";
/// When this attempt was made, in whole seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The signatures, with blanks between.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// The bureau's keys, as they lie in their folder. New secrets are made of the newest, old ones of theirs.
#[derive(Clone)]
pub struct WebhookKeys {
    keys: BTreeMap<String, SigningKey>,
    newest: String,
    made: Made,
}

/// What was made lately: making a key pair costs as much as signing with it.
type Made = Arc<Mutex<HashMap<(EndpointId, Seed), Arc<Pair>>>>;

/// How many are remembered; then all are forgotten.
const REMEMBERED: usize = 4_096;

/// Which secret of an endpoint: made of which key, and the how many-eth.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seed {
    pub key_id: String,
    pub generation: i32,
}

/// With what an endpoint's messages are signed at some moment.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub endpoint: EndpointId,
    pub current: Seed,
    /// The one before, while both sign.
    pub previous: Option<Seed>,
}

/// One secret and one key pair.
pub struct Pair {
    secret: [u8; 32],
    signing: SigningKey,
}

impl WebhookKeys {
    /// Reads the folder.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        Self::of(key_folder::read(folder)?)
    }

    fn of(keys: BTreeMap<String, SigningKey>) -> anyhow::Result<Self> {
        let newest = keys.keys().next_back().cloned().context("no key")?;
        Ok(Self { keys, newest, made: Made::default() })
    }

    /// One key from 32 bytes that the caller keeps secret.
    #[must_use]
    pub fn from_seed(key_id: &str, seed: &[u8; 32]) -> Self {
        let keys = BTreeMap::from([(key_id.to_owned(), SigningKey::from_bytes(seed))]);
        Self { keys, newest: key_id.to_owned(), made: Made::default() }
    }

    /// The key that new secrets are made of.
    #[must_use]
    pub fn newest(&self) -> &str {
        &self.newest
    }

    /// The secret of an endpoint, and its key pair.
    pub fn pair(&self, endpoint: EndpointId, seed: &Seed) -> anyhow::Result<Arc<Pair>> {
        let wanted = (endpoint, seed.clone());
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pair) = made.get(&wanted) {
            return Ok(Arc::clone(pair));
        }
        let pair = Arc::new(self.make(endpoint, seed)?);
        if made.len() >= REMEMBERED {
            made.clear();
        }
        made.insert(wanted, Arc::clone(&pair));
        Ok(pair)
    }

    fn make(&self, endpoint: EndpointId, seed: &Seed) -> anyhow::Result<Pair> {
        let key = self.keys.get(&seed.key_id);
        let key = key.with_context(|| format!("no webhook key {} in its folder", seed.key_id))?;
        let made = |purpose: &str| -> [u8; 32] {
            let mut mac = keyed(&key.to_bytes());
            mac.update(purpose.as_bytes());
            mac.update(endpoint.0.as_bytes());
            mac.update(&seed.generation.to_be_bytes());
            mac.finalize().into_bytes().into()
        };
        Ok(Pair {
            secret: made("anyport webhook secret\n"),
            signing: SigningKey::from_bytes(&made("anyport webhook signing key\n")),
        })
    }

    /// The value of [`SIGNATURE_HEADER`]: both schemes, and both again for the secret before while it overlaps.
    pub fn sign(
        &self,
        credentials: &Credentials,
        id: &str,
        at: DateTime<Utc>,
        body: &[u8],
    ) -> anyhow::Result<String> {
        let mut content = format!("{id}.{}.", at.timestamp()).into_bytes();
        content.extend_from_slice(body);
        let mut signatures = Vec::with_capacity(4);
        for seed in
            [Some(&credentials.current), credentials.previous.as_ref()].into_iter().flatten()
        {
            let pair = self.pair(credentials.endpoint, seed)?;
            signatures.push(format!("v1,{}", pair.mac(&content)));
            signatures
                .push(format!("v1a,{}", BASE64.encode(pair.signing.sign(&content).to_bytes())));
        }
        Ok(signatures.join(" "))
    }

    /// What the endpoint has to answer to a challenge that was asked for at that moment.
    pub fn challenge(
        &self,
        credentials: &Credentials,
        asked_at: DateTime<Utc>,
    ) -> anyhow::Result<String> {
        let pair = self.pair(credentials.endpoint, &credentials.current)?;
        let content = format!("anyport webhook challenge\n{}", asked_at.timestamp_micros());
        Ok(pair.mac(content.as_bytes()))
    }
}

impl Pair {
    /// `whsec_…`: shown to the endpoint's owner once for each rotation.
    #[must_use]
    pub fn secret(&self) -> String {
        format!("whsec_{}", BASE64.encode(self.secret))
    }

    /// `whpk_…`: with it anybody verifies `v1a`.
    #[must_use]
    pub fn public_key(&self) -> String {
        format!("whpk_{}", BASE64.encode(self.signing.verifying_key().to_bytes()))
    }

    fn mac(&self, content: &[u8]) -> String {
        let mut mac = keyed(&self.secret);
        mac.update(content);
        BASE64.encode(mac.finalize().into_bytes())
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("an HMAC takes a key of any length"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn credentials(endpoint: u128, generation: i32) -> Credentials {
        let current = Seed { key_id: "2014-a".into(), generation };
        Credentials { endpoint: EndpointId(Uuid::from_u128(endpoint)), current, previous: None }
    }

    fn keys() -> WebhookKeys {
        WebhookKeys::from_seed("2014-a", &[7; 32])
    }

    fn noon() -> DateTime<Utc> {
        "2014-05-12T04:00:00Z".parse().unwrap()
    }

    #[test]
    fn no_two_endpoints_and_no_two_rotations_share_a_secret() {
        let secret = |endpoint, generation| {
            let given = credentials(endpoint, generation);
            keys().pair(given.endpoint, &given.current).unwrap().secret()
        };

        assert_eq!(secret(1, 1), secret(1, 1));
        assert_ne!(secret(1, 1), secret(2, 1));
        assert_ne!(secret(1, 1), secret(1, 2));
        assert!(secret(1, 1).starts_with("whsec_"));
    }

    #[test]
    fn while_secrets_overlap_both_sign_by_both_schemes() {
        let mut given = credentials(1, 2);
        let alone = keys().sign(&given, "a", noon(), b"{}").unwrap();
        given.previous = Some(credentials(1, 1).current);
        let both = keys().sign(&given, "a", noon(), b"{}").unwrap();

        let schemes: Vec<_> = both.split(' ').map(|one| one.split(',').next().unwrap()).collect();
        assert_eq!(schemes, ["v1", "v1a", "v1", "v1a"]);
        assert!(both.starts_with(&alone));
        assert!(both.ends_with(&keys().sign(&credentials(1, 1), "a", noon(), b"{}").unwrap()));
    }

    #[test]
    fn a_key_that_is_gone_signs_nothing() {
        let mut given = credentials(1, 1);
        given.current.key_id = "2013-a".into();

        assert!(keys().sign(&given, "a", noon(), b"{}").is_err());
    }
}
