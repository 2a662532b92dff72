//! Who sent this, and is it whole? Requests to and from the bank and to and from partner bureaus are signed, and so
//! are the bank's answers.
//!
//! Ed25519 over method, path, date and the SHA-256 of the body, one a line; the date may be five minutes off.
//! The answer to a request is signed under the method `ANSWER` and the path that was asked.
//! `docs/bank.md` and `docs/exchange-protocol.md` have it for the other side.
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use ed25519_dalek::{
    Signature, Signer as _, SigningKey, VerifyingKey,
    pkcs8::{DecodePrivateKey as _, DecodePublicKey as _},
};
use sha2::{Digest as _, Sha256};

use super::hex;

/// When it was signed: RFC 3339, UTC.
pub const DATE_HEADER: &str = "signature-date";
/// Base64 of the signature.
pub const SIGNATURE_HEADER: &str = "signature-ed25519";
/// The method under which answers are signed.
pub const ANSWER: &str = "ANSWER";
/// How far the date may be from our clock, either way.
pub const TOLERANCE: Duration = Duration::minutes(5);

/// What is signed, besides the date.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// `POST`, `GET` or [`ANSWER`].
    pub method: &'a str,
    /// Path and query as they were sent.
    pub path: &'a str,
    pub body: &'a [u8],
}

/// The two headers that go with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    pub date: String,
    pub signature: String,
}

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    #[error("the date or the signature is missing or malformed")]
    Malformed,
    #[error("the date is more than five minutes from ours")]
    Untimely,
    #[error("the signature does not fit")]
    Forged,
}

/// Our half of a key pair.
#[derive(Clone)]
pub struct SealingKey(SigningKey);

/// With what this bureau signs what it says for ever: its key, and how that is published.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// Code of the bureau, six digits.
    pub bureau: &'a str,
    /// The name of the key.
    pub key_id: &'a str,
    pub key: &'a SealingKey,
}

/// Their half of a key pair.
#[derive(Clone)]
pub struct CheckingKey(VerifyingKey);

/// A file that holds no key.
#[derive(Debug, thiserror::Error)]
#[error("not an Ed25519 key in PEM: {0}")]
pub struct NotAKey(String);

impl SealingKey {
    /// Reads a PKCS#8 PEM.
    pub fn from_pem(pem: &str) -> Result<Self, NotAKey> {
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|error| NotAKey(error.to_string()))?;
        Ok(Self(key))
    }

    /// A key from 32 bytes that the caller keeps secret.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// A key that was read elsewhere.
    #[must_use]
    pub const fn of(key: SigningKey) -> Self {
        Self(key)
    }

    /// The signature over some bytes, in base64.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> String {
        BASE64.encode(self.0.sign(bytes).to_bytes())
    }

    /// The other half.
    #[must_use]
    pub fn checking_key(&self) -> CheckingKey {
        CheckingKey(self.0.verifying_key())
    }

    #[must_use]
    pub fn seal(&self, message: Message<'_>, now: DateTime<Utc>) -> Seal {
        let date = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        Seal { signature: self.sign(text_of(message, &date).as_bytes()), date }
    }
}

impl CheckingKey {
    /// Reads a `SubjectPublicKeyInfo` PEM.
    pub fn from_pem(pem: &str) -> Result<Self, NotAKey> {
        let key = VerifyingKey::from_public_key_pem(pem);
        Ok(Self(key.map_err(|error| NotAKey(error.to_string()))?))
    }

    /// Reads the 32 bytes of a public key in base64.
    pub fn from_base64(text: &str) -> Result<Self, NotAKey> {
        let bytes = BASE64.decode(text).map_err(|error| NotAKey(error.to_string()))?;
        let bytes = bytes.try_into().map_err(|_| NotAKey("not 32 bytes".to_owned()))?;
        let key = VerifyingKey::from_bytes(&bytes);
        Ok(Self(key.map_err(|error| NotAKey(error.to_string()))?))
    }

    /// The 32 bytes in base64.
    #[must_use]
    pub fn to_base64(&self) -> String {
        BASE64.encode(self.0.to_bytes())
    }

    /// Did the other half sign these bytes? A signature that is none is simply a no.
    #[must_use]
    pub fn verifies(&self, bytes: &[u8], signature: &str) -> bool {
        signature_of(signature)
            .is_some_and(|signature| self.0.verify_strict(bytes, &signature).is_ok())
    }

    /// Believes a message, or says why not. Takes the headers as they came.
    pub fn check(
        &self,
        message: Message<'_>,
        date: Option<&str>,
        signature: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), Distrust> {
        let (Some(date), Some(signature)) = (date, signature) else {
            return Err(Distrust::Malformed);
        };
        let signature = signature_of(signature).ok_or(Distrust::Malformed)?;
        let at = DateTime::parse_from_rfc3339(date).map_err(|_| Distrust::Malformed)?;
        self.0
            .verify_strict(text_of(message, date).as_bytes(), &signature)
            .map_err(|_| Distrust::Forged)?;
        if (now - at.to_utc()).abs() > TOLERANCE {
            return Err(Distrust::Untimely);
        }
        Ok(())
    }
}

fn signature_of(text: &str) -> Option<Signature> {
    Signature::from_slice(&BASE64.decode(text).ok()?).ok()
}

fn text_of(message: Message<'_>, date: &str) -> String {
    let digest = hex(&Sha256::digest(message.body));
    format!("{}\n{}\n{date}\n{digest}", message.method, message.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: Message<'static> =
        Message { method: "POST", path: "/v1/debits", body: br#"{"amount":"484.00"}"# };

    fn key() -> SealingKey {
        SealingKey::from_seed(&[7; 32])
    }

    fn noon() -> DateTime<Utc> {
        "2014-05-12T04:00:00Z".parse().unwrap()
    }

    fn check(message: Message<'_>, seal: &Seal, now: DateTime<Utc>) -> Result<(), Distrust> {
        key().checking_key().check(message, Some(&seal.date), Some(&seal.signature), now)
    }

    #[test]
    fn a_sealed_message_is_believed() {
        let seal = key().seal(MESSAGE, noon());
        assert_eq!(seal.date, "2014-05-12T04:00:00.000Z");
        assert_eq!(check(MESSAGE, &seal, noon()), Ok(()));
    }

    #[test]
    fn tampering_with_any_part_is_noticed() {
        let seal = key().seal(MESSAGE, noon());
        let later = Seal { date: "2014-05-12T04:00:01.000Z".into(), ..seal.clone() };
        let forged = Err(Distrust::Forged);
        assert_eq!(check(Message { method: "GET", ..MESSAGE }, &seal, noon()), forged);
        assert_eq!(check(Message { path: "/v1/debits/1", ..MESSAGE }, &seal, noon()), forged);
        assert_eq!(
            check(Message { body: br#"{"amount":"4.84"}"#, ..MESSAGE }, &seal, noon()),
            forged
        );
        assert_eq!(check(MESSAGE, &later, noon()), forged);
    }

    #[test]
    fn somebody_elses_signature_is_noticed() {
        let seal = SealingKey::from_seed(&[8; 32]).seal(MESSAGE, noon());
        assert_eq!(check(MESSAGE, &seal, noon()), Err(Distrust::Forged));
    }

    #[test]
    fn a_replay_after_five_minutes_is_refused_and_so_is_a_clock_far_ahead() {
        let seal = key().seal(MESSAGE, noon());
        let at = |offset| check(MESSAGE, &seal, noon() + offset);
        assert_eq!(at(TOLERANCE), Ok(()));
        assert_eq!(at(-TOLERANCE), Ok(()));
        assert_eq!(at(TOLERANCE + Duration::milliseconds(1)), Err(Distrust::Untimely));
        assert_eq!(at(-TOLERANCE - Duration::milliseconds(1)), Err(Distrust::Untimely));
    }

    #[test]
    fn a_message_without_its_headers_is_not_believed() {
        let seal = key().seal(MESSAGE, noon());
        let checking = key().checking_key();
        let malformed = Err(Distrust::Malformed);
        assert_eq!(checking.check(MESSAGE, None, Some(&seal.signature), noon()), malformed);
        assert_eq!(checking.check(MESSAGE, Some(&seal.date), None, noon()), malformed);
        assert_eq!(checking.check(MESSAGE, Some("noon"), Some(&seal.signature), noon()), malformed);
        assert_eq!(checking.check(MESSAGE, Some(&seal.date), Some("AAAA"), noon()), malformed);
    }

    #[test]
    fn keys_are_read_from_pem() {
        let private = "-----BEGIN PRIVATE KEY-----\n\
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
            -----END PRIVATE KEY-----\n";
        let public = "-----BEGIN PUBLIC KEY-----\n\
            MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
            -----END PUBLIC KEY-----\n";
        let seal = SealingKey::from_pem(private).unwrap().seal(MESSAGE, noon());
        let checking = CheckingKey::from_pem(public).unwrap();

        let believed = checking.check(MESSAGE, Some(&seal.date), Some(&seal.signature), noon());

        assert_eq!(believed, Ok(()), "the pair of RFC 8032, test 1");
        assert!(CheckingKey::from_pem(private).is_err());
        assert!(SealingKey::from_pem("no key").is_err());
    }
}
