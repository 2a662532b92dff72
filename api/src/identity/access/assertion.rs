//! `private_key_jwt` (RFC 7523): a client proves itself with a short JWT signed with its own Ed25519 key.
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use shared::identity::{ClientId, client::Applicant, service::client};

use super::token::Stop;
use crate::{Context, identity::view::access::TokenIn};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far ahead an assertion may expire.
const LONGEST_LIFE: Duration = Duration::minutes(5);
/// How far a client's clock may be ahead of ours.
const SKEW: Duration = Duration::seconds(30);

#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    jti: String,
}

/// The client, if the assertion is its own, meant for us, fresh, and never used before.
pub(super) async fn prove(
    ctx: &Context,
    form: &TokenIn,
    assertion: &str,
) -> Result<Applicant, Stop> {
    if form.client_assertion_type.as_deref() != Some(TYPE) {
        return Err(Stop::unproven());
    }
    let id = claimed_client(assertion, form.client_id.as_deref()).ok_or(Stop::unproven())?;
    let now = ctx.clock.now();
    let mut conn = ctx.pool.acquire().await?;
    let applicant = client::applicant(&mut conn, id).await?.ok_or(Stop::unproven())?;
    let key = applicant.public_key.as_deref().ok_or(Stop::unproven())?;
    let claims = verified(assertion, key, ctx.tokens.issuer(), now).ok_or(Stop::unproven())?;

    // The last check, and the one that leaves a trace: a forged assertion uses nothing up.
    let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(Stop::unproven())?;
    if client::spend_assertion(&mut conn, &applicant, &claims.jti, expires_at, now).await? {
        Ok(applicant)
    } else {
        Err(Stop::unproven())
    }
}

/// Whose assertion it claims to be. Believed only so far as to look up the key to verify it with.
pub(crate) fn claimed_client(assertion: &str, named: Option<&str>) -> Option<ClientId> {
    let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(assertion).ok()?;
    if named.is_some_and(|named| named != claims.sub) {
        return None;
    }
    claims.sub.parse().ok().map(ClientId)
}

pub(crate) fn verified(
    assertion: &str,
    key: &str,
    issuer: &str,
    now: DateTime<Utc>,
) -> Option<Claims> {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.set_audience(&[issuer.to_owned(), format!("{issuer}/oauth2/token")]);
    // The library asks the machine for the time; we ask our clock, below.
    rules.validate_exp = false;
    let key = DecodingKey::from_ed_pem(key.as_bytes()).ok()?;
    let claims = jsonwebtoken::decode::<Claims>(assertion, &key, &rules).ok()?.claims;

    let has_own_voice = claims.iss == claims.sub;
    let is_fresh = claims.exp > now.timestamp() && claims.exp <= (now + LONGEST_LIFE).timestamp();
    let has_begun = claims.nbf.is_none_or(|nbf| nbf <= (now + SKEW).timestamp());
    let has_name = (1..=255).contains(&claims.jti.len())
        && claims.jti.bytes().all(|byte| byte.is_ascii_graphic());
    (has_own_voice && is_fresh && has_begun && has_name).then_some(claims)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{
        SigningKey,
        pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding},
    };
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://anyport.example";
    const CLIENT: &str = "00000000-0000-0000-0000-000000000007";

    fn noon() -> DateTime<Utc> {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn public_key() -> String {
        SigningKey::from_bytes(&[1; 32]).verifying_key().to_public_key_pem(LineEnding::LF).unwrap()
    }

    fn signed(claims: &Value, seed: u8) -> String {
        let der = SigningKey::from_bytes(&[seed; 32]).to_pkcs8_der().unwrap();
        let key = EncodingKey::from_ed_der(der.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), claims, &key).unwrap()
    }

    fn good() -> Value {
        let exp = noon().timestamp() + 300;
        json!({ "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "exp": exp, "jti": "one" })
    }

    fn passes(claim: &str, value: Value) -> bool {
        let mut claims = good();
        claims[claim] = value;
        verified(&signed(&claims, 1), &public_key(), ISSUER, noon()).is_some()
    }

    #[test]
    fn an_assertion_for_us_that_is_fresh_and_signed_passes() {
        assert!(passes("jti", json!("one")));
        assert!(passes("aud", json!(format!("{ISSUER}/oauth2/token"))));
        assert!(passes("aud", json!(["https://elsewhere.example", ISSUER])));
        assert!(passes("nbf", json!(noon().timestamp() + 30)));
    }

    #[test]
    fn an_assertion_that_is_not_all_it_should_be_does_not() {
        for (claim, value) in [
            ("aud", json!("https://elsewhere.example")),
            ("aud", Value::Null),
            ("iss", json!("somebody")),
            ("exp", json!(noon().timestamp())),
            ("exp", json!(noon().timestamp() + 301)),
            ("exp", Value::Null),
            ("nbf", json!(noon().timestamp() + 31)),
            ("jti", json!("")),
            ("jti", json!("with a\u{0}")),
            ("jti", json!("x".repeat(256))),
            ("jti", Value::Null),
        ] {
            assert!(!passes(claim, value.clone()), "{claim} = {value}");
        }
        assert!(verified(&signed(&good(), 2), &public_key(), ISSUER, noon()).is_none());
    }

    #[test]
    fn an_assertion_keyed_with_the_public_key_does_not_pass() {
        let key = EncodingKey::from_secret(public_key().as_bytes());
        let forged = jsonwebtoken::encode(&Header::default(), &good(), &key).unwrap();
        assert!(verified(&forged, &public_key(), ISSUER, noon()).is_none());
    }

    #[test]
    fn the_client_named_beside_the_assertion_is_its_subject() {
        let assertion = signed(&good(), 1);
        let id = Some(ClientId(CLIENT.parse().unwrap()));
        assert_eq!(claimed_client(&assertion, None), id);
        assert_eq!(claimed_client(&assertion, Some(CLIENT)), id);
        assert_eq!(claimed_client(&assertion, Some("somebody else")), None);
        assert_eq!(claimed_client("x", None), None);
    }
}
