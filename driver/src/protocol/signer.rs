//! What is signed is the RFC 8785 spelling (JCS) of a JSON object; payloads hold whole numbers only, which makes that
//! spelling short to write.
use std::fmt::Write as _;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{
    Signature, Signer as _, SigningKey, VerifyingKey, pkcs8::DecodePrivateKey as _,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A bureau's private key.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) bureau: String,
    pub(crate) key_id: String,
    key: SigningKey,
}

impl Signer {
    /// Reads a PKCS#8 PEM.
    pub(crate) fn from_pem(bureau: &str, key_id: &str, pem: &str) -> anyhow::Result<Self> {
        let key = SigningKey::from_pkcs8_pem(pem).context("not an Ed25519 key in PEM")?;
        Ok(Self { bureau: bureau.to_owned(), key_id: key_id.to_owned(), key })
    }

    /// The public half: 32 bytes in base64.
    pub(crate) fn public_key(&self) -> String {
        BASE64.encode(self.key.verifying_key().to_bytes())
    }

    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> String {
        BASE64.encode(self.key.sign(bytes).to_bytes())
    }

    /// Signs a statement.
    pub(crate) fn sign(&self, statement: &Value) -> String {
        self.sign_bytes(canonical(statement).as_bytes())
    }
}

/// Did the holder of that key sign this statement?
pub(crate) fn verifies(public_key: &str, statement: &Value, signature: &str) -> bool {
    let bytes = |text: &str| BASE64.decode(text).ok();
    let key =
        bytes(public_key).and_then(|bytes| VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok());
    let signature = bytes(signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
    key.zip(signature).is_some_and(|(key, signature)| {
        key.verify_strict(canonical(statement).as_bytes(), &signature).is_ok()
    })
}

/// `sha-256:` and the digest of the canonical spelling.
pub(crate) fn digest(payload: &Value) -> String {
    format!("sha-256:{}", hex_of_hash(canonical(payload).as_bytes()))
}

pub(super) fn hex_of_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The RFC 8785 spelling: no blanks, members by the UTF-16 units of their names.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            let members: Vec<_> = members
                .into_iter()
                .map(|(name, member)| {
                    format!("{}:{}", Value::from(name.as_str()), canonical(member))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_spelling_is_that_of_rfc_8785() {
        // From its section 3.2.3, as far as names go: U+FB33 stands after U+1F600, whose first unit is U+D83D.
        let value = json!({ "\u{fb33}": 1, "\u{1f600}": "\u{7}\n", "b": [true, null], "a": -3 });

        let spelled = canonical(&value);

        assert_eq!(
            spelled,
            "{\"a\":-3,\"b\":[true,null],\"\u{1f600}\":\"\\u0007\\n\",\"\u{fb33}\":1}"
        );
    }

    #[test]
    fn the_example_of_the_page_has_the_hash_that_the_page_says() {
        let payload = json!({ "last": 3, "first": 2,
            "correlation_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d04" });
        let page = include_str!("../../../docs/exchange-protocol.md");

        assert!(page.contains(&digest(&payload)));
    }
}
