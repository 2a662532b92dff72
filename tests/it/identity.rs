//! Who is let in, who is not, and who may act for whom.
mod anywhere;
mod clients;
mod keeping;
mod people;
mod powers;

use actix_web::{http::header::AUTHORIZATION, test::TestRequest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Duration;
use ed25519_dalek::{
    SigningKey,
    pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, spki::der::pem::LineEnding},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use shared::{
    Clock, acts,
    identity::{
        eligibility,
        service::{self, staff::FirstAdministrator},
    },
    kernel::{Failure, OrganisationKind},
    ledger::Tx,
};
use sqlx::PgPool;
use tests::{Bureau, Reply};

const ISSUER: &str = "http://127.0.0.1:8080";
const PASSWORD: &str = "take nine grey cranes";
const ENTERPRISE: &str = "3100623765";
const OTHER_ENTERPRISE: &str = "3100623766";
const AGENT: &str = "3100910344";

/// The door of the bureau, as people who are not in yet see it.
struct Door {
    bureau: Bureau,
    administrator: String,
}

impl Door {
    /// A bureau whose first administrator has signed in.
    async fn open(pool: PgPool) -> Self {
        let bureau = Bureau::open(pool).await;
        let mut door = Self { bureau, administrator: String::new() };

        let mut tx = door.begin().await;
        service::create_first_administrator(&mut tx, "root.admin", PASSWORD).await.unwrap();
        tx.commit().await.unwrap();
        let signed_in = door.sign_in("root.admin", PASSWORD).await.expect(200);
        door.administrator = signed_in.text("/access_token").into();
        door
    }

    async fn begin(&self) -> Tx {
        Tx::begin(self.bureau.pool(), &self.bureau.ctx.clock).await.unwrap()
    }

    fn wait(&self, time: Duration) {
        self.bureau.wait(time);
    }

    async fn send(&self, request: TestRequest) -> Reply {
        self.bureau.stranger().send(request).await
    }

    async fn get(&self, token: &str, url: &str) -> Reply {
        let bearer = (AUTHORIZATION, format!("Bearer {token}"));
        self.send(TestRequest::get().uri(url).insert_header(bearer)).await
    }

    async fn post(&self, token: &str, url: &str, body: Value) -> Reply {
        let bearer = (AUTHORIZATION, format!("Bearer {token}"));
        self.send(TestRequest::post().uri(url).insert_header(bearer).set_json(body)).await
    }

    /// What the administrator asks for.
    async fn order(&self, url: &str, body: Value) -> Reply {
        self.post(&self.administrator, url, body).await
    }

    async fn sign_in(&self, login: &str, password: &str) -> Reply {
        let body = json!({ "login": login, "password": password });
        self.send(TestRequest::post().uri("/v1/sign-in").set_json(body)).await
    }

    /// An organisation's id.
    async fn organisation(&self, kind: &str, code: &str) -> String {
        if kind == "BUREAU_OFFICE" {
            let url = format!("/v1/organisations?code={code}");
            let found = self.get(&self.administrator, &url).await.expect(200);
            return found.text("/data/0/id").to_owned();
        }
        let body = json!({
            "kind": kind, "code": code, "name_zh": "样例单位", "registered_on": "2013-05-12",
        });
        self.order("/v1/organisations", body).await.expect(201).text("/id").to_owned()
    }

    /// A member of staff: their id.
    async fn staff(&self, organisation: &str, login: &str, role: &str) -> String {
        let body = json!({
            "organisation_id": organisation, "login": login, "name": "某人", "roles": [role],
            "password": PASSWORD,
        });
        self.order("/v1/staff", body).await.expect(201).text("/id").to_owned()
    }

    /// A member of staff of an office, signed in: their token.
    async fn officer(&self, office: &str, login: &str, role: &str) -> String {
        self.staff(office, login, role).await;
        self.sign_in(login, PASSWORD).await.expect(200).text("/access_token").to_owned()
    }

    /// A client with a secret: its id and the secret.
    async fn client(&self, organisation: &str) -> (String, String) {
        let body = json!({
            "organisation_id": organisation, "name": "ERP", "auth_method": "client_secret_basic",
            "roles": ["declarant"],
        });
        let made = self.order("/v1/clients", body).await.expect(201);
        (made.text("/client/id").to_owned(), made.text("/client_secret").to_owned())
    }

    /// A declarant's token, for a new organisation of that kind.
    async fn declarant(&self, kind: &str, code: &str) -> String {
        let (id, secret) = self.client(&self.organisation(kind, code).await).await;
        self.token(&id, &secret).await.expect(200).text("/access_token").to_owned()
    }

    async fn token(&self, id: &str, secret: &str) -> Reply {
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let form = [("grant_type", "client_credentials")];
        let request = TestRequest::post().uri("/oauth2/token").set_form(form);
        self.send(request.insert_header((AUTHORIZATION, basic))).await
    }

    async fn token_for(&self, assertion: &str) -> Reply {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ];
        self.send(TestRequest::post().uri("/oauth2/token").set_form(form)).await
    }

    /// A client that signs with the key of that seed: its id.
    async fn signing_client(&self, organisation: &str, seed: u8) -> String {
        let body = json!({
            "organisation_id": organisation, "name": "ERP", "auth_method": "private_key_jwt",
            "public_key": public_key(seed), "roles": ["declarant"],
        });
        let made = self.order("/v1/clients", body).await.expect(201);
        assert_eq!(made.body["client_secret"], Value::Null);
        made.text("/client/id").to_owned()
    }

    fn assertion(&self, client: &str, jti: &str, seed: u8) -> String {
        let claims = json!({
            "iss": client, "sub": client, "aud": format!("{ISSUER}/oauth2/token"), "jti": jti,
            "exp": (self.bureau.ctx.clock.now() + Duration::minutes(5)).timestamp(),
        });
        let key = EncodingKey::from_ed_pem(&private_key(seed)).unwrap();
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap()
    }
}

/// Status and problem.
fn problem_of(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.problem())
}

fn private_key(seed: u8) -> Vec<u8> {
    let pem = SigningKey::from_bytes(&[seed; 32]).to_pkcs8_pem(LineEnding::LF).unwrap();
    pem.as_bytes().to_vec()
}

fn public_key(seed: u8) -> String {
    SigningKey::from_bytes(&[seed; 32]).verifying_key().to_public_key_pem(LineEnding::LF).unwrap()
}

// --- the first administrator -------------------------------------------------------------------

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_first_administrator_is_made_once_and_founds_the_head_office(pool: PgPool) {
    let clock = Clock::fixed("2014-05-12T02:20:00Z".parse().unwrap());
    let mut tx = Tx::begin(&pool, &clock).await.unwrap();

    let made = service::create_first_administrator(&mut tx, "root.admin", PASSWORD).await.unwrap();
    let again = service::create_first_administrator(&mut tx, "root.admin", "no other one").await;

    assert!(matches!(made, FirstAdministrator::Created(_)));
    assert_eq!(again.unwrap(), FirstAdministrator::Exists);
    let today = tx.today();
    let first = service::facts_of(&mut tx, &["310000".to_owned()], today).await.unwrap();
    assert_eq!(first["310000"].kind, OrganisationKind::BureauOffice);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_administrator_who_exists_keeps_the_password(pool: PgPool) {
    let door = Door::open(pool).await;

    let mut tx = door.begin().await;
    let again =
        service::create_first_administrator(&mut tx, "root.admin", "another password").await;
    tx.commit().await.unwrap();

    assert_eq!(again.unwrap(), FirstAdministrator::Exists);
    assert_eq!(door.sign_in("root.admin", PASSWORD).await.status, 200);
    assert_eq!(door.sign_in("root.admin", "another password").await.status, 401);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_weak_password_makes_no_administrator(pool: PgPool) {
    let clock = Clock::fixed("2014-05-12T02:20:00Z".parse().unwrap());
    let mut tx = Tx::begin(&pool, &clock).await.unwrap();

    let made = service::create_first_administrator(&mut tx, "root.admin", "changeme").await;

    let Err(Failure::Invalid(violations)) = made else { panic!("{made:?}") };
    assert_eq!(violations.iter().next().unwrap().code, "password-length");
}

// --- signing in ----------------------------------------------------------------------------------
