//! Programs that ask for tokens.
use super::*;

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
