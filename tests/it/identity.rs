//! Who is let in, who is not, and who may act for whom.
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

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_person_signs_in_for_half_an_hour(pool: PgPool) {
    let door = Door::open(pool).await;

    let signed_in = door.sign_in("root.admin", PASSWORD).await.expect(200);

    assert_eq!(signed_in.body["expires_in"], 1800);
    assert_eq!(signed_in.header("cache-control"), "no-store");
    let token = signed_in.text("/access_token");
    assert_eq!(door.get(token, "/v1/staff").await.status, 200);
    door.wait(Duration::minutes(30));
    assert_eq!(problem_of(&door.get(token, "/v1/staff").await), (401, "unauthenticated"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn ten_wrong_passwords_lock_the_account_and_the_right_one_no_longer_helps(pool: PgPool) {
    let door = Door::open(pool).await;
    let office = door.organisation("BUREAU_OFFICE", "310900").await;
    let id = door.staff(&office, "inspector.one", "inspector").await;
    for _ in 0..9 {
        assert_eq!(door.sign_in("inspector.one", "not my password").await.status, 401);
    }
    assert_eq!(door.sign_in("inspector.one", PASSWORD).await.status, 200);

    for _ in 0..10 {
        assert_eq!(door.sign_in("inspector.one", "not my password").await.status, 401);
    }
    let refused = door.sign_in("inspector.one", PASSWORD).await;

    assert_eq!(problem_of(&refused), (401, "identity/sign-in-refused"));
    assert_eq!(
        door.bureau.count("select count(*) from events where kind = 'staff.locked'").await,
        1
    );
    let url = format!("/v1/staff/{id}");
    assert_eq!(
        door.get(&door.administrator, &url).await.text("/locked_at"),
        "2014-05-12T02:20:00Z"
    );
    let unlocked = door.order(&format!("{url}/unlock"), Value::Null).await.expect(200);
    assert_eq!(unlocked.body["locked_at"], Value::Null);
    assert_eq!(door.sign_in("inspector.one", PASSWORD).await.status, 200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_is_told_why_they_are_turned_away(pool: PgPool) {
    let door = Door::open(pool).await;
    let office = door.organisation("BUREAU_OFFICE", "310900").await;
    let id = door.staff(&office, "inspector.one", "inspector").await;
    let wrong = door.sign_in("inspector.one", "not my password").await;
    assert_eq!(door.order(&format!("/v1/staff/{id}/disable"), Value::Null).await.status, 200);

    for (login, password) in
        [("inspector.one", PASSWORD), ("nobody.here", PASSWORD), ("\u{0}' or 1=1", PASSWORD)]
    {
        let refused = door.sign_in(login, password).await;
        assert_eq!(problem_of(&refused), problem_of(&wrong), "{login}");
        assert_eq!(refused.body["title"], wrong.body["title"]);
        assert_eq!(refused.body["detail"], wrong.body["detail"]);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_reset_password_ends_the_sessions_of_the_old_one(pool: PgPool) {
    let door = Door::open(pool).await;
    let office = door.organisation("BUREAU_OFFICE", "310900").await;
    let id = door.staff(&office, "chief.one", "administrator").await;
    let old = door.sign_in("chief.one", PASSWORD).await.text("/access_token").to_owned();
    assert_eq!(door.get(&old, "/v1/staff").await.status, 200);
    door.wait(Duration::seconds(1));

    let url = format!("/v1/staff/{id}/reset-password");
    let weak = door.order(&url, json!({ "password": "chief.one-chief.one" })).await.expect(422);
    assert_eq!(door.order(&url, json!({ "password": "seven slow green boats" })).await.status, 200);
    door.wait(Duration::seconds(30));

    assert_eq!(weak.codes(), ["password-guessable"]);
    assert_eq!(door.get(&old, "/v1/staff").await.status, 401);
    assert_eq!(door.sign_in("chief.one", PASSWORD).await.status, 401);
    let new = door.sign_in("chief.one", "seven slow green boats").await.expect(200);
    assert_eq!(door.get(new.text("/access_token"), "/v1/staff").await.status, 200);
}

// --- clients and their tokens ------------------------------------------------------------------

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_client_gets_a_token_with_its_secret_and_with_no_other(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let (id, secret) = door.client(&enterprise).await;
    let (_, other) = door.client(&enterprise).await;

    let granted = door.token(&id, &secret).await.expect(200);

    assert_eq!((granted.text("/token_type"), &granted.body["expires_in"]), ("Bearer", &json!(600)));
    assert_eq!(granted.header("cache-control"), "no-store");
    assert_eq!(door.get(granted.text("/access_token"), "/v1/powers-of-attorney").await.status, 200);
    for (id, secret) in [(id.as_str(), other.as_str()), (&id, ""), ("somebody", &secret)] {
        let refused = door.token(id, secret).await.expect(401);
        assert_eq!(refused.text("/error"), "invalid_client");
        assert!(refused.headers.contains_key("www-authenticate"));
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_token_endpoint_speaks_the_words_of_the_rfc(pool: PgPool) {
    let door = Door::open(pool).await;
    let ask = |form: &str| {
        TestRequest::post()
            .uri("/oauth2/token")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(form.to_owned())
    };

    for (form, status, error) in [
        ("grant_type=client_credentials", 401, "invalid_client"),
        ("grant_type=password&username=a&password=b", 400, "unsupported_grant_type"),
        ("", 400, "invalid_request"),
        ("grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request"),
        ("grant_type=%FF", 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=everything", 400, "invalid_scope"),
    ] {
        let refused = door.send(ask(form)).await.expect(status);
        assert_eq!(refused.text("/error"), error, "{form}");
        assert!(!refused.text("/error_description").is_empty());
    }
    let json = TestRequest::post().uri("/oauth2/token").set_json(json!({}));
    assert_eq!(door.send(json).await.expect(400).text("/error"), "invalid_request");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_client_with_a_revoked_secret_gets_no_token(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let (id, secret) = door.client(&enterprise).await;
    let (rotated, old_secret) = door.client(&enterprise).await;

    assert_eq!(door.order(&format!("/v1/clients/{id}/revoke"), Value::Null).await.status, 200);
    let url = format!("/v1/clients/{rotated}/rotate");
    let new_secret = door.order(&url, json!({})).await.expect(200);

    assert_eq!(door.token(&id, &secret).await.expect(401).text("/error"), "invalid_client");
    assert_eq!(door.token(&rotated, &old_secret).await.status, 401);
    assert_eq!(door.token(&rotated, new_secret.text("/client_secret")).await.status, 200);
    let again = door.order(&format!("/v1/clients/{id}/rotate"), json!({})).await;
    assert_eq!(problem_of(&again), (409, "identity/client-revoked"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_revoked_client_is_turned_away_within_half_a_minute(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let (id, secret) = door.client(&enterprise).await;
    let token = door.token(&id, &secret).await.text("/access_token").to_owned();
    let unused = door.token(&id, &secret).await.text("/access_token").to_owned();
    assert_eq!(door.get(&token, "/v1/powers-of-attorney").await.status, 200);

    assert_eq!(door.order(&format!("/v1/clients/{id}/revoke"), Value::Null).await.status, 200);

    assert_eq!(door.get(&unused, "/v1/powers-of-attorney").await.status, 401);
    door.wait(Duration::seconds(29));
    assert_eq!(door.get(&token, "/v1/powers-of-attorney").await.status, 200);
    door.wait(Duration::seconds(1));
    assert_eq!(door.get(&token, "/v1/powers-of-attorney").await.status, 401);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_rotated_secret_ends_the_tokens_of_the_old_one(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let (id, secret) = door.client(&enterprise).await;
    let token = door.token(&id, &secret).await.text("/access_token").to_owned();
    door.wait(Duration::seconds(1));

    assert_eq!(door.order(&format!("/v1/clients/{id}/rotate"), json!({})).await.status, 200);

    assert_eq!(door.get(&token, "/v1/powers-of-attorney").await.status, 401);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_acts_for_a_disabled_organisation_until_it_is_enabled(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let (id, secret) = door.client(&enterprise).await;
    let token = door.token(&id, &secret).await.text("/access_token").to_owned();

    assert_eq!(
        door.order(&format!("/v1/organisations/{enterprise}/disable"), Value::Null).await.status,
        200
    );

    assert_eq!(door.get(&token, "/v1/powers-of-attorney").await.status, 401);
    assert_eq!(door.token(&id, &secret).await.status, 401);
    assert_eq!(
        door.order(&format!("/v1/organisations/{enterprise}/enable"), Value::Null).await.status,
        200
    );
    assert_eq!(door.get(&token, "/v1/powers-of-attorney").await.status, 200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_assertion_is_good_for_one_token(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let client = door.signing_client(&enterprise, 7).await;
    let assertion = door.assertion(&client, "one", 7);

    let granted = door.token_for(&assertion).await.expect(200);

    assert_eq!(door.get(granted.text("/access_token"), "/v1/powers-of-attorney").await.status, 200);
    let again = door.token_for(&assertion).await.expect(401);
    assert_eq!(again.text("/error"), "invalid_client");
    assert_eq!(door.token_for(&door.assertion(&client, "two", 7)).await.status, 200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_forged_assertion_gets_nothing_and_uses_nothing_up(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let client = door.signing_client(&enterprise, 7).await;

    assert_eq!(door.token_for(&door.assertion(&client, "one", 8)).await.status, 401);

    assert_eq!(door.token_for(&door.assertion(&client, "one", 7)).await.status, 200);
    let late = door.assertion(&client, "two", 7);
    door.wait(Duration::minutes(5));
    assert_eq!(door.token_for(&late).await.status, 401);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_client_in_two_disguises_is_sent_away(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let client = door.signing_client(&enterprise, 7).await;
    let form = [("grant_type", "client_credentials"), ("client_assertion", "x")];
    let both = TestRequest::post()
        .uri("/oauth2/token")
        .insert_header((AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{client}:x")))))
        .set_form(form);

    assert_eq!(door.send(both).await.expect(400).text("/error"), "invalid_request");
    assert_eq!(door.token(&client, "").await.status, 401);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_secret_is_shown_once_and_kept_nowhere(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let body = json!({
        "organisation_id": enterprise, "name": "ERP", "auth_method": "client_secret_basic",
        "roles": ["declarant"],
    });
    let ask = || {
        TestRequest::post()
            .uri("/v1/clients")
            .insert_header((AUTHORIZATION, format!("Bearer {}", door.administrator)))
            .insert_header(("idempotency-key", "first"))
            .set_json(&body)
    };

    let first = door.send(ask()).await.expect(201);
    let second = door.send(ask()).await.expect(201);

    assert_eq!(first.text("/client_secret").len(), 43);
    assert_eq!(second.body["client_secret"], Value::Null);
    assert_eq!(first.body["client"], second.body["client"]);
    let id = first.text("/client/id");
    let read = door.get(&door.administrator, &format!("/v1/clients/{id}")).await.expect(200);
    assert!(!read.body.to_string().contains("secret\":"));
    let kept: Option<String> =
        sqlx::query_scalar("select string_agg(reply::text, '') from idempotency_keys")
            .fetch_one(&door.bureau.ctx.pool)
            .await
            .unwrap();
    assert!(!kept.unwrap().contains(first.text("/client_secret")));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_keys_and_the_endpoints_are_public(pool: PgPool) {
    let door = Door::open(pool).await;

    let keys = door.send(TestRequest::get().uri("/.well-known/jwks.json")).await.expect(200);
    let url = "/.well-known/oauth-authorization-server";
    let metadata = door.send(TestRequest::get().uri(url)).await.expect(200);

    assert_eq!((keys.text("/keys/0/kid"), keys.text("/keys/0/kty")), ("test", "OKP"));
    assert_eq!(metadata.text("/issuer"), ISSUER);
    assert_eq!(metadata.text("/token_endpoint"), format!("{ISSUER}/oauth2/token"));
    let header = jsonwebtoken::decode_header(&door.administrator).unwrap();
    assert_eq!((header.kid.as_deref(), header.typ.as_deref()), (Some("test"), Some("at+jwt")));
}

// --- organisations and people -------------------------------------------------------------------

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn only_administrators_keep_organisations_people_and_clients(pool: PgPool) {
    let door = Door::open(pool).await;
    let office = door.organisation("BUREAU_OFFICE", "310900").await;
    let officer = door.officer(&office, "chief.one", "duty_chief").await;
    let declarant = door.declarant("ENTERPRISE", ENTERPRISE).await;

    for token in [&officer, &declarant] {
        for url in ["/v1/organisations", "/v1/staff", "/v1/clients"] {
            assert_eq!(door.get(token, url).await.status, 403);
        }
        assert_eq!(
            door.post(token, &format!("/v1/organisations/{office}/disable"), Value::Null)
                .await
                .status,
            403
        );
    }
    for url in ["/v1/organisations", "/v1/staff", "/v1/clients"] {
        assert_eq!(door.get("not.a.token", url).await.status, 401);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_organisation_is_registered_once_and_everything_wrong_is_told_at_once(pool: PgPool) {
    let door = Door::open(pool).await;
    door.organisation("ENTERPRISE", ENTERPRISE).await;
    let body = |code: &str, name: &str, day: &str| json!({ "kind": "ENTERPRISE", "code": code, "name_zh": name, "registered_on": day });

    let taken = door.order("/v1/organisations", body(ENTERPRISE, "样例", "2013-05-12")).await;
    let wrong = door.order("/v1/organisations", body(AGENT, "\u{0}", "2014-05-13")).await;
    let unread = door.order("/v1/organisations", body(ENTERPRISE, "样例", "yesterday")).await;

    assert_eq!(problem_of(&taken), (409, "identity/code-taken"));
    assert_eq!(wrong.status.as_u16(), 422);
    assert_eq!(wrong.codes(), ["organisation-code-malformed", "date-in-future", "text-malformed"]);
    assert_eq!(problem_of(&unread), (400, "malformed"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn roles_fit_the_organisation_and_logins_are_given_once(pool: PgPool) {
    let door = Door::open(pool).await;
    let office = door.organisation("BUREAU_OFFICE", "310900").await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let body = |organisation: &str, role: &str| {
        json!({
            "organisation_id": organisation, "login": "root.admin", "name": "某人",
            "roles": [role], "password": PASSWORD,
        })
    };

    let unfit = door.order("/v1/staff", body(&enterprise, "administrator")).await.expect(422);
    let unfit_too = door.order("/v1/staff", body(&office, "declarant")).await.expect(422);
    let taken = door.order("/v1/staff", body(&office, "administrator")).await;

    assert_eq!((unfit.codes(), unfit_too.codes()), (vec!["role-unfit"], vec!["role-unfit"]));
    assert_eq!(problem_of(&taken), (409, "identity/login-taken"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_saws_off_the_branch_they_sit_on(pool: PgPool) {
    let door = Door::open(pool).await;
    let own = door.get(&door.administrator, "/v1/staff?login=root.admin").await.expect(200);
    let (staff, office) = (own.text("/data/0/id"), own.text("/data/0/organisation_id"));

    for url in [format!("/v1/staff/{staff}/disable"), format!("/v1/organisations/{office}/disable")]
    {
        assert_eq!(problem_of(&door.order(&url, Value::Null).await), (409, "identity/not-oneself"));
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_stale_view_of_an_account_changes_nothing(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.organisation("ENTERPRISE", ENTERPRISE).await;
    let url = format!("/v1/organisations/{enterprise}");
    let seen = door.get(&door.administrator, &url).await.expect(200).header("etag").to_owned();
    door.wait(Duration::seconds(1));
    let act = |verb: &str| {
        TestRequest::post()
            .uri(&format!("{url}/{verb}"))
            .insert_header((AUTHORIZATION, format!("Bearer {}", door.administrator)))
            .insert_header(("if-match", seen.clone()))
    };

    assert_eq!(door.send(act("disable")).await.status, 200);

    assert_eq!(door.send(act("enable")).await.status, 412);
    assert_eq!(door.get(&door.administrator, &url).await.text("/state"), "DISABLED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn lists_are_read_page_by_page_and_filters_are_checked(pool: PgPool) {
    let door = Door::open(pool).await;
    for code in ["3100600001", "3100600002", "3100600003"] {
        door.wait(Duration::seconds(1));
        door.organisation("ENTERPRISE", code).await;
    }
    let list = async |query: &str| {
        door.get(&door.administrator, &format!("/v1/organisations?{query}")).await
    };

    let first = list("kind=ENTERPRISE&limit=2").await.expect(200);
    let cursor = first.text("/next_cursor");
    let second = list(&format!("kind=ENTERPRISE&limit=200&cursor={cursor}")).await.expect(200);

    assert_eq!(first.text("/data/0/code"), "3100600003");
    assert_eq!((&first.body["has_more"], &second.body["has_more"]), (&json!(true), &json!(false)));
    assert_eq!(second.text("/data/0/code"), "3100600001");
    assert!(second.body["data"].as_array().unwrap().iter().all(|one| one["kind"] == "ENTERPRISE"));
    assert_eq!(list("code=310700").await.expect(200).body["data"].as_array().unwrap().len(), 1);
    assert_eq!(list("code=%00").await.expect(422).codes(), ["organisation-code-malformed"]);
    assert_eq!(list("limit=201").await.status, 422);
    assert_eq!(list("colour=blue").await.status, 400);
    assert_eq!(list("kind=CAT").await.status, 400);
}

// --- powers of attorney -------------------------------------------------------------------------

fn power(agent: &str, enterprise: &str) -> Value {
    json!({
        "agent_code": agent, "enterprise_code": enterprise, "valid_from": "2014-05-01",
        "valid_to": "2014-05-31",
    })
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_agent_declares_for_an_enterprise_while_its_power_of_attorney_is_in_force(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.declarant("ENTERPRISE", ENTERPRISE).await;
    let agent = door.declarant("DECLARING_AGENT", AGENT).await;
    let pair = (AGENT.to_owned(), ENTERPRISE.to_owned());
    let reversed = (ENTERPRISE.to_owned(), AGENT.to_owned());
    let in_force = async |day: &str| {
        let mut conn = door.bureau.ctx.pool.acquire().await.unwrap();
        let pairs = [pair.clone(), reversed.clone()];
        let on = day.parse().unwrap();
        service::powers_of_attorney_of(&mut conn, &pairs, on).await.unwrap()
    };

    let granted = door
        .post(&enterprise, "/v1/powers-of-attorney", power(AGENT, ENTERPRISE))
        .await
        .expect(201);

    assert_eq!(in_force("2014-04-30").await.len(), 0);
    assert_eq!(in_force("2014-05-01").await, [pair.clone()].into());
    assert_eq!(in_force("2014-05-31").await, [pair.clone()].into());
    assert_eq!(in_force("2014-06-01").await.len(), 0);
    let url = format!("/v1/powers-of-attorney/{}", granted.text("/id"));
    assert_eq!(door.get(&agent, &url).await.status, 200);
    assert_eq!(door.post(&agent, &format!("{url}/revoke"), Value::Null).await.status, 403);
    let revoked = door.post(&enterprise, &format!("{url}/revoke"), Value::Null).await.expect(200);
    assert_eq!(revoked.text("/revoked_at"), "2014-05-12T02:20:00Z");
    assert_eq!(in_force("2014-05-12").await.len(), 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_cannot_grant_a_power_of_attorney_for_another(pool: PgPool) {
    let door = Door::open(pool).await;
    let own = door.declarant("ENTERPRISE", ENTERPRISE).await;
    let other = door.declarant("ENTERPRISE", OTHER_ENTERPRISE).await;
    let agent = door.declarant("DECLARING_AGENT", AGENT).await;
    let url = "/v1/powers-of-attorney";

    let theirs = door.post(&own, url, power(AGENT, OTHER_ENTERPRISE)).await;
    let its_own = door.post(&agent, url, power(AGENT, ENTERPRISE)).await;

    assert_eq!((theirs.status.as_u16(), its_own.status.as_u16()), (404, 404));
    let granted = door.order(url, power(AGENT, ENTERPRISE)).await.expect(201);
    let url = format!("{url}/{}", granted.text("/id"));
    assert_eq!(door.get(&other, &url).await.status, 404);
    assert_eq!(door.post(&other, &format!("{url}/revoke"), Value::Null).await.status, 404);
    let list = door.get(&other, "/v1/powers-of-attorney").await.expect(200);
    assert_eq!(list.body["data"], json!([]));
    let list = door.get(&own, "/v1/powers-of-attorney?in_force_on=2014-05-12").await.expect(200);
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_power_of_attorney_names_an_agent_and_an_enterprise(pool: PgPool) {
    let door = Door::open(pool).await;
    door.organisation("ENTERPRISE", ENTERPRISE).await;

    let unknown = door.order("/v1/powers-of-attorney", power(ENTERPRISE, AGENT)).await.expect(422);

    assert_eq!(unknown.codes(), ["agent-unknown", "enterprise-unknown"]);
}

// --- declaring anywhere -------------------------------------------------------------------------

/// An enterprise under review, two officers and a duty chief: the eligibility's URL and their tokens.
async fn under_review(door: &Door) -> (String, [String; 3]) {
    let enterprise = door.declarant("ENTERPRISE", ENTERPRISE).await;
    let office = door.organisation("BUREAU_OFFICE", "310900").await;
    let officers = [
        door.officer(&office, "officer.one", "acceptance_officer").await,
        door.officer(&office, "officer.two", "inspector").await,
        door.officer(&office, "chief.one", "duty_chief").await,
    ];
    let applied = json!({ "commitments_signed": true });
    let applied = door.post(&enterprise, "/v1/eligibilities", applied).await.expect(201);
    let url = format!("/v1/eligibilities/{}", applied.text("/id"));
    let review = door.post(&officers[0], &format!("{url}/review"), Value::Null).await.expect(200);
    assert_eq!(review.text("/status"), "UNDER_REVIEW");
    (url, officers)
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_of_a_year_may_declare_anywhere_once_approved(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, ..]) = under_review(&door).await;
    let facts = async |day: &str| {
        let mut conn = door.bureau.ctx.pool.acquire().await.unwrap();
        let reg_nos = [ENTERPRISE.to_owned(), "3100600000".to_owned()];
        let facts = service::facts_of(&mut conn, &reg_nos, day.parse().unwrap()).await.unwrap();
        assert_eq!(facts.len(), 1);
        facts[ENTERPRISE].clone()
    };
    assert!(!facts("2014-05-12").await.may_declare_anywhere());

    let approved = door.post(&officer, &format!("{url}/approve"), Value::Null).await.expect(200);

    assert_eq!((approved.text("/status"), approved.text("/joined_on")), ("ELIGIBLE", "2014-05-12"));
    assert_eq!(facts("2014-05-12").await.eligibility, Some(eligibility::Status::Eligible));
    assert!(facts("2014-05-12").await.may_declare_anywhere());
    assert!(!facts("2014-05-11").await.may_declare_anywhere(), "registered on 2013-05-12");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_unmet_condition_is_told_when_an_application_is_refused(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, ..]) = under_review(&door).await;
    sqlx::query(
        "update organisations set black_listed = true, registered_on = '2013-05-13'
         where code = $1",
    )
    .bind(ENTERPRISE)
    .execute(&door.bureau.ctx.pool)
    .await
    .unwrap();

    let refused = door.post(&officer, &format!("{url}/approve"), Value::Null).await;

    assert_eq!(problem_of(&refused), (409, "identity/conditions-unmet"));
    assert_eq!(refused.codes(), ["registered-under-a-year", "credit-below-b"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_suspension_takes_a_duty_chief_and_another_person(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, inspector, chief]) = under_review(&door).await;
    assert_eq!(door.post(&officer, &format!("{url}/approve"), Value::Null).await.status, 200);
    let suspend = format!("{url}/suspend");
    let why = || json!({ "reason": "收货地址查无此人" });

    let proposed = door.post(&officer, &suspend, why()).await.expect(200);
    let alone = door.post(&officer, &suspend, why()).await;
    let without_chief = door.post(&inspector, &suspend, why()).await;
    let suspended = door.post(&chief, &suspend, why()).await.expect(200);

    assert_eq!((proposed.text("/status"), proposed.text("/proposed")), ("ELIGIBLE", "SUSPEND"));
    assert_eq!(problem_of(&alone), (409, "identity/second-person-needed"));
    assert_eq!(problem_of(&without_chief), (409, "identity/duty-chief-needed"));
    assert_eq!(suspended.text("/status"), "SUSPENDED");
    assert_eq!(suspended.text("/reason"), "收货地址查无此人");
    assert_eq!(suspended.body["proposed"], Value::Null);
    let reinstate = format!("{url}/reinstate");
    assert_eq!(door.post(&chief, &reinstate, Value::Null).await.status, 200);
    let back = door.post(&inspector, &reinstate, Value::Null).await.expect(200);
    assert_eq!(back.text("/status"), "ELIGIBLE");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_removed_enterprise_may_apply_again(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, _, chief]) = under_review(&door).await;
    let enterprise = door.get(&officer, &url).await.text("/enterprise_id").to_owned();
    let (id, secret) = door.client(&enterprise).await;
    let declarant = door.token(&id, &secret).await.text("/access_token").to_owned();
    let again = async || {
        let body = json!({ "commitments_signed": true });
        door.post(&declarant, "/v1/eligibilities", body).await
    };
    assert_eq!(door.post(&officer, &format!("{url}/approve"), Value::Null).await.status, 200);
    assert_eq!(problem_of(&again().await), (409, "identity/already-applied"));

    for verb in ["suspend", "remove"] {
        for token in [&officer, &chief] {
            let body = json!({ "reason": "两次虚报" });
            assert_eq!(door.post(token, &format!("{url}/{verb}"), body).await.status, 200);
        }
    }

    let removed = door.get(&declarant, &url).await.expect(200);
    assert_eq!((removed.text("/status"), removed.text("/left_on")), ("REMOVED", "2014-05-12"));
    assert_eq!(again().await.expect(201).text("/status"), "APPLIED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_nightly_run_suspends_who_no_longer_meets_the_conditions(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, [officer, ..]) = under_review(&door).await;
    assert_eq!(door.post(&officer, &format!("{url}/approve"), Value::Null).await.status, 200);
    let night = async || {
        let mut tx = door.begin().await;
        let books = door.bureau.ctx.shelf.books();
        let suspended = acts::review_eligibilities(&mut tx, &books).await.unwrap();
        tx.commit().await.unwrap();
        suspended
    };
    assert_eq!(night().await, 0);

    sqlx::query("update organisations set credit_class = 'C' where code = $1")
        .bind(ENTERPRISE)
        .execute(&door.bureau.ctx.pool)
        .await
        .unwrap();

    assert_eq!((night().await, night().await), (1, 0));
    let suspended = door.get(&officer, &url).await.expect(200);
    assert_eq!(
        (suspended.text("/status"), suspended.text("/reason")),
        ("SUSPENDED", "credit-below-b")
    );
    assert_eq!(
        door.bureau.count("select count(*) from events where kind = 'eligibility.suspended'").await,
        1
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_enterprises_eligibility_is_not_there(pool: PgPool) {
    let door = Door::open(pool).await;
    let (url, _) = under_review(&door).await;
    let other = door.declarant("ENTERPRISE", OTHER_ENTERPRISE).await;
    let agent = door.declarant("DECLARING_AGENT", AGENT).await;

    assert_eq!(door.get(&other, &url).await.status, 404);
    let list = format!("/v1/eligibilities?enterprise_code={ENTERPRISE}");
    assert_eq!(door.get(&other, &list).await.expect(200).body["data"], json!([]));
    assert_eq!(door.get(&other, "/v1/eligibilities").await.expect(200).body["data"], json!([]));
    assert_eq!(door.post(&other, &format!("{url}/review"), Value::Null).await.status, 403);
    let body = json!({ "commitments_signed": true });
    assert_eq!(door.post(&agent, "/v1/eligibilities", body).await.status, 403);
}
