//! People who sign in.
use super::*;

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
