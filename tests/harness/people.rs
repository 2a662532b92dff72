//! Who acts in a test, and what they get for an answer.
use actix_web::{
    http::{Method, StatusCode, header::HeaderMap},
    test::TestRequest,
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use shared::{
    kernel::{Actor, OrganisationKind, Role, Standing, id},
    ledger::Tx,
};
use sqlx::Row as _;
use uuid::Uuid;

use crate::{AGENT, Bureau, DERUI, HAIYUAN, MODEL, enterprise_at};

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    /// As it came: for what is not JSON.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// A member as text; empty where it is not.
    #[must_use]
    pub fn text(&self, pointer: &str) -> &str {
        crate::text(&self.body, pointer)
    }

    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The problem's kind, without its prefix.
    #[must_use]
    pub fn problem(&self) -> &str {
        self.text("/type").trim_start_matches("/problems/")
    }

    /// The codes of all findings: a problem's errors, or a receipt's defects.
    #[must_use]
    pub fn codes(&self) -> Vec<&str> {
        let list = self.body.get("errors").or_else(|| self.body.get("defects"));
        let list = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(|one| one["code"].as_str()).collect()
    }

    /// Itself, if it has that status.
    #[expect(
        clippy::return_self_not_must_use,
        clippy::must_use_candidate,
        reason = "used as an assertion"
    )]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self
    }
}

/// Somebody with a token, or without one.
pub struct Person<'b> {
    bureau: &'b Bureau,
    pub id: Uuid,
    token: Option<String>,
}

impl<'b> Person<'b> {
    pub(crate) fn stranger(bureau: &'b Bureau) -> Self {
        Self { bureau, id: Uuid::nil(), token: None }
    }

    fn with_token(bureau: &'b Bureau, actor: &Actor) -> Self {
        let issued = bureau.ctx.tokens.issue(actor, bureau.ctx.clock.now()).unwrap();
        Self { bureau, id: actor.id.unwrap(), token: Some(issued.token) }
    }

    /// The token, for a request that does not go through [`Person::send`]; empty for a stranger.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(TestRequest::get().uri(path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        let request = TestRequest::post().uri(path);
        let request = if body.is_null() { request } else { request.set_json(body) };
        self.send(request).await
    }

    /// The header that proves who asks: for requests that the harness does not send.
    #[must_use]
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.token.as_deref().unwrap_or_default())
    }

    /// Asks for it under a key of its own.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Reply {
        let request = TestRequest::post().uri(path).insert_header(("idempotency-key", key));
        self.send(request.set_json(body)).await
    }

    /// A body of the test's own making.
    pub async fn post_raw(
        &self,
        path: &str,
        kind: &'static str,
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        let request = TestRequest::post().uri(path).insert_header(("content-type", kind));
        self.send(request.set_payload(body.into())).await
    }

    /// Any method, with an empty object for a body.
    pub async fn call(&self, method: &str, path: &str) -> Reply {
        let method: Method = method.to_uppercase().parse().unwrap();
        let request = TestRequest::default().method(method.clone()).uri(path);
        let request =
            if method == Method::GET { request } else { request.set_json(serde_json::json!({})) };
        self.send(request).await
    }

    pub async fn import(&self, book: &str, csv: &str) -> Reply {
        self.post_raw(&format!("/v1/reference/{book}/import"), "text/csv", csv).await
    }

    pub async fn send(&self, request: TestRequest) -> Reply {
        let request = match &self.token {
            Some(token) => request.insert_header(("authorization", format!("Bearer {token}"))),
            None => request,
        };
        self.bureau.answer(request).await
    }
}

/// The offices of the bureau, and the enterprises that are there from the start.
pub(crate) async fn settle_in(tx: &mut Tx, bureau: &str, now: DateTime<Utc>) {
    sqlx::query(
        "insert into organisations (id, kind, code, name_zh, registered_on, created_at, updated_at)
         select gen_random_uuid(), 'BUREAU_OFFICE', key, data->>'name_zh', '2004-04-01', $1, $1
         from reference_rows where book = 'offices' and key like $2 || '%'
         on conflict do nothing",
    )
    .bind(now)
    .bind(&bureau[..2])
    .execute(&mut **tx)
    .await
    .unwrap();
    let enterprises = [
        ("ENTERPRISE", DERUI, "A", true),
        ("ENTERPRISE", HAIYUAN, "B", true),
        ("ENTERPRISE", MODEL, "AA", false),
        ("DECLARING_AGENT", AGENT, "B", false),
    ];
    for (kind, code, class, is_eligible) in enterprises {
        let id = id::mint(now);
        sqlx::query(
            "insert into organisations (id, kind, code, name_zh, registered_on, credit_class, created_at,
                 updated_at)
             values ($1, $2, $3, '样例单位', '2008-01-01', $4, $5, $5)",
        )
        .bind(id)
        .bind(kind)
        .bind(enterprise_at(bureau, code))
        .bind(class)
        .bind(now)
        .execute(&mut **tx)
        .await
        .unwrap();
        if is_eligible {
            sqlx::query(
                "insert into anywhere_eligibilities (id, enterprise_id, state, commitments_signed, joined_on,
                     created_at, updated_at)
                 values ($1, $2, 'ELIGIBLE', true, '2013-01-01', $3, $3)",
            )
            .bind(id::mint(now))
            .bind(id)
            .bind(now)
            .execute(&mut **tx)
            .await
            .unwrap();
        }
    }
    sqlx::query(
        "insert into powers_of_attorney (id, agent_id, enterprise_id, valid_from, valid_to, created_at)
         select gen_random_uuid(), a.id, e.id, '2014-01-01', '2014-12-31', $1
         from organisations a, organisations e where a.code = $2 and e.code = $3",
    )
    .bind(now)
    .bind(enterprise_at(bureau, AGENT))
    .bind(enterprise_at(bureau, DERUI))
    .execute(&mut **tx)
    .await
    .unwrap();
}

pub(crate) async fn client<'b>(bureau: &'b Bureau, reg_no: &str) -> Person<'b> {
    client_with(bureau, reg_no, vec![Role::Declarant]).await
}

pub(crate) async fn client_with<'b>(
    bureau: &'b Bureau,
    reg_no: &str,
    roles: Vec<Role>,
) -> Person<'b> {
    let (organisation, kind) = organisation(bureau, reg_no).await;
    let names: Vec<_> = roles.iter().map(|role| role.name().to_owned()).collect();
    let known: Option<Uuid> = sqlx::query_scalar(
        "select id from clients where organisation_id = $1 and roles = $2 limit 1",
    )
    .bind(organisation)
    .bind(&names)
    .fetch_optional(bureau.pool())
    .await
    .unwrap();
    let id = known.unwrap_or_else(|| bureau.nobody());
    if known.is_none() {
        sqlx::query(
            "insert into clients (id, organisation_id, name, auth_method, secret_hash, roles, created_at,
                 updated_at)
             values ($1, $2, 'ERP', 'client_secret_basic', '\\x00', $3, now(), now())",
        )
        .bind(id)
        .bind(organisation)
        .bind(&names)
        .execute(bureau.pool())
        .await
        .unwrap();
    }
    let code = reg_no.to_owned();
    let standing = Standing::Member { kind, organisation, code, is_staff: false };
    Person::with_token(bureau, &Actor { id: Some(id), standing, roles })
}

pub(crate) async fn officer<'b>(
    bureau: &'b Bureau,
    office: &str,
    roles: &[Role],
    which: u8,
) -> Person<'b> {
    let (organisation, kind) = organisation(bureau, office).await;
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let login = format!("{}{which}.{office}", names.join("-"));
    sqlx::query(
        "insert into staff (id, organisation_id, login, name, password_hash, roles, created_at, updated_at)
         values ($1, $2, $3, $3, '', $4, now(), now()) on conflict (login) do nothing",
    )
    .bind(bureau.nobody())
    .bind(organisation)
    .bind(&login)
    .bind(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    .execute(bureau.pool())
    .await
    .unwrap();
    let id: Uuid = sqlx::query_scalar("select id from staff where login = $1")
        .bind(&login)
        .fetch_one(bureau.pool())
        .await
        .unwrap();
    let standing = Standing::Member { kind, organisation, code: office.to_owned(), is_staff: true };
    Person::with_token(bureau, &Actor { id: Some(id), standing, roles: roles.to_vec() })
}

async fn organisation(bureau: &Bureau, code: &str) -> (Uuid, OrganisationKind) {
    let row = sqlx::query("select id, kind from organisations where code = $1")
        .bind(code)
        .fetch_one(bureau.pool())
        .await
        .unwrap();
    (row.get("id"), row.get("kind"))
}
