//! What is read without a token: the contract, the reference page, problems, rules, changes.
use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::PgPool;
use tests::{Bureau, Reply};

fn text_of(page: &Reply) -> &str {
    std::str::from_utf8(&page.bytes).unwrap()
}

/// Addresses in a page that lead to another host; namespaces of XML are names, not addresses.
fn strangers(page: &str) -> Vec<&str> {
    let addresses = page.match_indices("http").map(|(at, _)| &page[at..]);
    let whole =
        addresses.map(|rest| rest.split(['"', '\'', ' ', '<', ')', '`']).next().unwrap_or(rest));
    whole.filter(|address| address.contains("://") && !address.contains("www.w3.org")).collect()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_type_of_every_problem_leads_to_a_page_about_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let contract = bureau.stranger().get("/openapi.json").await.expect(200).body;
    let mut codes = BTreeSet::new();
    collect_problems(&contract, &mut codes);

    assert!(codes.len() > 10, "{codes:?}");
    for code in codes {
        let page = bureau.stranger().get(&code).await.expect(200);
        let heading = code.trim_start_matches("/problems/");
        assert!(text_of(&page).contains(&format!("<h2>{heading}</h2>")), "{code}");
    }
    bureau.stranger().get("/problems/no/such-problem").await.expect(404);
}

/// Every `type` of an example of a problem.
fn collect_problems(value: &Value, codes: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let kind = members.get("type").and_then(Value::as_str);
            codes.extend(kind.filter(|kind| kind.starts_with("/problems/")).map(str::to_owned));
            members.values().for_each(|member| collect_problems(member, codes));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_problems(item, codes)),
        _ => {}
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_contract_is_served_as_it_is_published(pool: PgPool) {
    let bureau = Bureau::open(pool).await;

    let served = bureau.stranger().get("/openapi.json").await.expect(200);

    let published: Value = serde_json::from_str(&api::openapi_json()).unwrap();
    assert_eq!(served.body, published);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_reference_page_needs_no_other_host(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let page = bureau.stranger().get("/reference/").await.expect(200);
    let html = text_of(&page).to_owned();
    let sources: Vec<_> =
        html.split(['"', '\'']).filter(|text| text.strip_suffix(".js").is_some()).collect();

    assert!(sources.len() >= 3, "{html}");
    assert!(page.header("content-security-policy").contains("default-src 'self'"));
    assert_eq!(strangers(&html), Vec::<&str>::new());
    for source in sources {
        let path = format!("/reference/{}", source.trim_start_matches("./"));
        bureau.stranger().get(&path).await.expect(200);
    }
    assert_eq!(
        bureau.stranger().get("/reference").await.expect(303).header("location"),
        "/reference/"
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn rules_and_changes_are_pages_and_data(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let stranger = bureau.stranger();

    let changes = stranger.get("/changelog.json").await.expect(200);

    assert_eq!(changes.text("/data/0/changes/0/kind"), "Added");
    for (page, words) in [
        ("/changelog", "Keep a Changelog"),
        ("/rules", "mandatory-field"),
        ("/problems", "malformed"),
    ] {
        let html = stranger.get(page).await.expect(200);
        assert!(text_of(&html).contains(words), "{page}");
        assert!(html.header("content-security-policy").starts_with("default-src 'none'"));
    }
}
