//! Who keeps organisations, people and clients.
use super::*;

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
    assert_eq!(list("code=%00").await.expect(400).codes(), ["parameter-malformed"]);
    assert_eq!(list("limit=201").await.expect(400).codes(), ["out-of-range"]);
    assert_eq!(list("colour=blue").await.status, 400);
    assert_eq!(list("kind=CAT").await.status, 400);
}

// --- powers of attorney -------------------------------------------------------------------------
