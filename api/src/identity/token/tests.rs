//! What passes for a token and what does not. Revocation needs a database: see `tests/it/identity.rs`.
use std::{fs, path::PathBuf};

use ed25519_dalek::{
    SigningKey,
    pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding},
};
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://anyport.example";

/// A folder of keys that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("anyport-{test}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn put(&self, kid: &str, seed: u8) {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap();
        fs::write(self.0.join(format!("{kid}.pem")), pem.as_bytes()).unwrap();
    }

    fn tokens(&self) -> Tokens {
        Tokens::open(&self.0, ISSUER).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn client() -> Actor {
    let standing = Standing::Member {
        kind: OrganisationKind::Enterprise,
        organisation: Uuid::from_u128(2),
        code: "3100623765".into(),
        is_staff: false,
    };
    Actor { id: Some(Uuid::from_u128(1)), standing, roles: vec![Role::Declarant] }
}

fn officer() -> Actor {
    let standing = Standing::Member {
        kind: OrganisationKind::BureauOffice,
        organisation: Uuid::from_u128(3),
        code: "310900".into(),
        is_staff: true,
    };
    Actor { id: Some(Uuid::from_u128(4)), standing, roles: vec![Role::Inspector] }
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": ISSUER, "sub": Uuid::from_u128(1), "iat": noon().timestamp(),
        "exp": noon().timestamp() + 600, "jti": Uuid::from_u128(9),
        "client_id": Uuid::from_u128(1), "org": Uuid::from_u128(2), "org_kind": "ENTERPRISE",
        "org_code": "3100623765", "roles": ["declarant"],
    })
}

fn header(kid: &str) -> Header {
    Header { typ: Some(TYPE.into()), kid: Some(kid.into()), ..Header::new(Algorithm::EdDSA) }
}

fn key(seed: u8) -> EncodingKey {
    let der = SigningKey::from_bytes(&[seed; 32]).to_pkcs8_der().unwrap();
    EncodingKey::from_ed_der(der.as_bytes())
}

fn refusal(tokens: &Tokens, token: &str) -> String {
    tokens.read(token, noon()).unwrap_err().to_string()
}

#[test]
fn a_token_says_who_bears_it_and_lives_ten_minutes() {
    let folder = Folder::new("lives");
    folder.put("2026-01", 1);
    let tokens = folder.tokens();

    let issued = tokens.issue(&client(), noon()).unwrap();
    let claims = tokens.read(&issued.token, noon()).unwrap();

    assert_eq!(issued.lifetime, Duration::minutes(10));
    assert_eq!(claims.subject(), Subject::Client(ClientId(Uuid::from_u128(1))));
    assert_eq!((claims.org_code.as_str(), claims.roles), ("3100623765", vec![Role::Declarant]));
    assert!(tokens.read(&issued.token, noon() + Duration::seconds(599)).is_ok());
    let late = tokens.read(&issued.token, noon() + Duration::seconds(600)).unwrap_err();
    assert_eq!(late.to_string(), "token refused: expired");
}

#[test]
fn a_person_is_known_for_half_an_hour() {
    let folder = Folder::new("person");
    folder.put("2026-01", 1);
    let tokens = folder.tokens();

    let issued = tokens.issue(&officer(), noon()).unwrap();

    assert_eq!(issued.lifetime, Duration::minutes(30));
    let claims = tokens.read(&issued.token, noon() + Duration::minutes(29)).unwrap();
    assert_eq!(claims.subject(), Subject::Staff(StaffId(Uuid::from_u128(4))));
}

#[test]
fn the_bureau_itself_carries_no_token() {
    let folder = Folder::new("system");
    folder.put("2026-01", 1);
    assert!(folder.tokens().issue(&Actor::system(), noon()).is_err());
}

#[test]
fn a_token_of_our_own_making_is_read_so_the_forgeries_below_fail_for_what_they_are() {
    let folder = Folder::new("honest");
    folder.put("2026-01", 1);
    let token = jsonwebtoken::encode(&header("2026-01"), &claims(), &key(1)).unwrap();
    assert!(folder.tokens().read(&token, noon()).is_ok());
}

#[test]
fn a_token_for_another_audience_or_from_another_issuer_is_refused() {
    let folder = Folder::new("audience");
    folder.put("2026-01", 1);
    let tokens = folder.tokens();
    for (claim, value) in [
        ("aud", json!("https://elsewhere.example")),
        ("iss", json!("https://elsewhere.example")),
        ("aud", Value::Null),
        ("iss", Value::Null),
        ("exp", Value::Null),
        ("sub", json!("nobody")),
    ] {
        let mut claims = claims();
        claims[claim] = value;
        let token = jsonwebtoken::encode(&header("2026-01"), &claims, &key(1)).unwrap();
        assert_eq!(refusal(&tokens, &token), "token refused: signature, issuer or audience");
    }
}

#[test]
fn a_token_signed_with_a_foreign_key_is_refused() {
    let folder = Folder::new("foreign");
    folder.put("2026-01", 1);
    let tokens = folder.tokens();

    let forged = jsonwebtoken::encode(&header("2026-01"), &claims(), &key(2)).unwrap();
    let unknown = jsonwebtoken::encode(&header("2026-02"), &claims(), &key(2)).unwrap();

    assert_eq!(refusal(&tokens, &forged), "token refused: signature, issuer or audience");
    assert_eq!(refusal(&tokens, &unknown), "token refused: unknown key");
}

#[test]
fn a_token_that_chooses_its_own_algorithm_is_refused() {
    let folder = Folder::new("algorithm");
    folder.put("2026-01", 1);
    let tokens = folder.tokens();

    // `none`, and HS256 keyed with our public key: the two classic confusions.
    let part = |value: &Value| {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(value.to_string())
    };
    let none = json!({ "alg": "none", "typ": TYPE, "kid": "2026-01" });
    let unsigned = format!("{}.{}.", part(&none), part(&claims()));
    let public = SigningKey::from_bytes(&[1; 32]).verifying_key();
    let pem = public.to_public_key_pem(LineEnding::LF).unwrap();
    let hmac = Header { alg: Algorithm::HS256, ..header("2026-01") };

    assert_eq!(refusal(&tokens, &unsigned), "token refused: unreadable");
    for secret in [pem.as_bytes(), public.as_bytes().as_slice()] {
        let token =
            jsonwebtoken::encode(&hmac, &claims(), &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(refusal(&tokens, &token), "token refused: not an access token");
    }
}

#[test]
fn another_kind_of_jwt_is_not_an_access_token() {
    let folder = Folder::new("kind");
    folder.put("2026-01", 1);
    let tokens = folder.tokens();
    for typ in [None, Some("JWT".to_owned())] {
        let header = Header { typ, ..header("2026-01") };
        let token = jsonwebtoken::encode(&header, &claims(), &key(1)).unwrap();
        assert_eq!(refusal(&tokens, &token), "token refused: not an access token");
    }
    assert_eq!(refusal(&tokens, "not.a.token"), "token refused: unreadable");
    assert_eq!(refusal(&tokens, ""), "token refused: unreadable");
}

#[test]
fn the_greatest_name_signs_and_older_keys_still_verify() {
    let folder = Folder::new("rotation");
    folder.put("2026-01", 1);
    let tokens = folder.tokens();
    let old = tokens.issue(&client(), noon()).unwrap().token;

    folder.put("2026-02", 2);
    tokens.reload().unwrap();
    let new = tokens.issue(&client(), noon()).unwrap().token;

    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    assert_eq!((kid(&old).as_str(), kid(&new).as_str()), ("2026-01", "2026-02"));
    assert!(tokens.read(&old, noon()).is_ok() && tokens.read(&new, noon()).is_ok());
    let kids: Vec<_> = tokens.jwks().keys.into_iter().map(|key| key.kid).collect();
    assert_eq!(kids, ["2026-01", "2026-02"]);

    fs::remove_file(folder.0.join("2026-01.pem")).unwrap();
    tokens.reload().unwrap();
    assert_eq!(refusal(&tokens, &old), "token refused: unknown key");
}

#[test]
fn a_key_that_another_process_signs_with_already_is_looked_for() {
    let folder = Folder::new("lookup");
    folder.put("2026-01", 1);
    let tokens = folder.tokens();

    folder.put("2026-02", 2);
    let token = jsonwebtoken::encode(&header("2026-02"), &claims(), &key(2)).unwrap();

    assert!(tokens.read(&token, noon()).is_ok());
    let stranger = jsonwebtoken::encode(&header("2026-03"), &claims(), &key(3)).unwrap();
    folder.put("2026-03", 3);
    assert!(tokens.read(&stranger, noon()).is_err(), "not again within five seconds");
    assert!(tokens.read(&stranger, noon() + Duration::seconds(5)).is_ok());
}

#[test]
fn a_folder_without_keys_is_refused_and_one_that_breaks_changes_nothing() {
    let folder = Folder::new("broken");
    assert!(Tokens::open(&folder.0, ISSUER).is_err());
    folder.put("2026-01", 1);
    fs::write(folder.0.join("2026-01.pub.pem"), "passed over").unwrap();
    let tokens = folder.tokens();

    fs::write(folder.0.join("2026-02.pem"), "not a key").unwrap();

    assert!(tokens.reload().is_err());
    assert_eq!(tokens.jwks().keys.len(), 1);
    assert!(tokens.issue(&client(), noon()).is_ok());
}
