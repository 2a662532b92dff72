//! Somebody who is signed in: a member of staff or a machine client, with a token that renews itself.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::DateTime;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Method, RequestBuilder, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    client::{Fault, Reply, Server},
    keys::random_hex,
    wire::Page,
};

/// How somebody proves who they are.
#[derive(Clone)]
pub(crate) enum Credential {
    /// Staff: `POST /v1/sign-in`.
    Password { login: String, password: String },
    /// A client with `client_secret_basic` (RFC 6749 section 2.3.1).
    Secret { client_id: String, secret: String },
    /// A client with `private_key_jwt` (RFC 7523): its private key in PEM.
    Key { client_id: String, private: String },
}

struct Token {
    bearer: String,
    renew_at: Instant,
}

/// Requests in the name of one credential. Signs in when the first one is made.
pub(crate) struct Session {
    server: Arc<Server>,
    credential: Credential,
    token: Mutex<Option<Token>>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: u64,
}

/// All that the driver reads in a token: when it was issued, which is the server's time.
#[derive(Deserialize)]
struct IssuedAt {
    iat: i64,
}

impl Session {
    pub(crate) fn new(server: &Arc<Server>, credential: Credential) -> Self {
        Self { server: Arc::clone(server), credential, token: Mutex::new(None) }
    }

    pub(crate) const fn server(&self) -> &Arc<Server> {
        &self.server
    }

    pub(crate) const fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Signs in now, so that the first request does not wait for it.
    pub(crate) async fn sign_in(&self) -> Result<(), Fault> {
        self.bearer(None).await.map(drop)
    }

    /// Its token, for requests that are to be made in another way than here.
    pub(crate) async fn token(&self) -> Result<String, Fault> {
        self.bearer(None).await
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Fault> {
        let reply = self.authorised(|| self.server.request(Method::GET, path)).await?;
        shaped(path, reply.body)
    }

    /// All pages of a list. `path` may carry filters.
    pub(crate) async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Fault> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let first = format!("{path}{joint}limit=200");
        let (mut rows, mut next) = (Vec::new(), first.clone());
        loop {
            let page: Page<T> = self.get(&next).await?;
            rows.extend(page.data);
            match page.next_cursor {
                Some(cursor) if page.has_more => next = format!("{first}&cursor={cursor}"),
                _ => return Ok(rows),
            }
        }
    }

    /// An act. All its repetitions carry one `Idempotency-Key`, so it happens once.
    pub(crate) async fn act(&self, path: &str, body: Option<&Value>) -> Result<Reply, Fault> {
        let key = random_hex(16);
        self.authorised(|| {
            let request = self.server.request(Method::POST, path).header("Idempotency-Key", &key);
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        })
        .await
    }

    /// A file, as an act.
    pub(crate) async fn upload(
        &self,
        path: &str,
        kind: &'static str,
        file: &str,
    ) -> Result<Reply, Fault> {
        let key = random_hex(16);
        self.authorised(|| {
            let request = self.server.request(Method::POST, path).header("Idempotency-Key", &key);
            request.header(header::CONTENT_TYPE, kind).body(file.to_owned())
        })
        .await
    }

    /// Replaces what stands at a path, as it is now.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Result<Reply, Fault> {
        self.authorised(|| self.server.request(Method::PUT, path).json(body)).await
    }

    /// One single attempt at an act: whoever makes it deals with silence himself.
    pub(crate) async fn attempt(
        &self,
        path: &str,
        body: &Value,
        key: Option<&str>,
    ) -> Result<Reply, Fault> {
        let bearer = self.bearer(None).await?;
        let request = self.server.request(Method::POST, path).bearer_auth(&bearer).json(body);
        let request = match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        let answer = self.server.send_once(request).await;
        if answer.as_ref().is_err_and(|fault| fault.status() == Some(401)) {
            self.bearer(Some(&bearer)).await?;
        }
        answer
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, Fault> {
        shaped(path, self.act(path, body).await?.body)
    }

    async fn authorised(&self, request: impl Fn() -> RequestBuilder) -> Result<Reply, Fault> {
        let bearer = self.bearer(None).await?;
        match self.server.send(request().bearer_auth(&bearer)).await {
            // The token died early: the server's clock was moved, or its keys were. One fresh token, one more try.
            Err(fault) if fault.status() == Some(401) => {
                let fresh = self.bearer(Some(&bearer)).await?;
                self.server.send(request().bearer_auth(fresh)).await
            }
            answered => answered,
        }
    }

    /// A token that is good for a while yet, and is not the one that was just refused.
    async fn bearer(&self, refused: Option<&str>) -> Result<String, Fault> {
        let mut token = self.token.lock().await;
        if let Some(token) = token.as_ref()
            && token.renew_at > Instant::now()
            && refused != Some(&token.bearer)
        {
            return Ok(token.bearer.clone());
        }
        let answer: TokenAnswer = shaped("token", self.get_a_token().await?.body)?;
        self.learn_the_time(&answer.access_token)?;
        let bearer = answer.access_token;
        let good_for = Duration::from_secs(answer.expires_in) * 4 / 5;
        *token = Some(Token { bearer: bearer.clone(), renew_at: Instant::now() + good_for });
        Ok(bearer)
    }

    /// One address may prove itself ten times a second: whoever comes with many people waits for their turn.
    async fn get_a_token(&self) -> Result<Reply, Fault> {
        loop {
            match self.server.send(self.ask_for_token().await?).await {
                Err(Fault::Refused(problem)) if problem.status == 429 => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                other => return other,
            }
        }
    }

    async fn ask_for_token(&self) -> Result<RequestBuilder, Fault> {
        let form = |request: RequestBuilder, form: String| {
            request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
        };
        let endpoint = || self.server.request(Method::POST, "/oauth2/token");
        Ok(match &self.credential {
            Credential::Password { login, password } => self
                .server
                .request(Method::POST, "/v1/sign-in")
                .json(&json!({ "login": login, "password": password })),
            Credential::Secret { client_id, secret } => form(
                endpoint().basic_auth(client_id, Some(secret)),
                "grant_type=client_credentials".to_owned(),
            ),
            Credential::Key { client_id, private } => {
                let assertion = self.assertion(client_id, private).await?;
                let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
                form(
                    endpoint(),
                    format!(
                        "grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}"
                    ),
                )
            }
        })
    }

    /// A JWT of the client about itself, good for a minute of the server's time.
    async fn assertion(&self, client_id: &str, private: &str) -> Result<String, Fault> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
        }
        let unusable = |what: &str| Fault::Unexpected(format!("no client assertion: {what}"));
        let metadata = self.server.request(Method::GET, "/.well-known/oauth-authorization-server");
        let metadata: Metadata = shaped("metadata", self.server.send(metadata).await?.body)?;
        let now =
            self.server.clock.now().ok_or_else(|| unusable("the server's time is unknown"))?;
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": metadata.issuer, "jti": random_hex(16),
            "exp": now.timestamp() + 60,
        });
        let key = EncodingKey::from_ed_pem(private.as_bytes())
            .map_err(|error| unusable(&error.to_string()))?;
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &key)
            .map_err(|error| unusable(&error.to_string()))
    }

    fn learn_the_time(&self, token: &str) -> Result<(), Fault> {
        let issued: IssuedAt = jsonwebtoken::dangerous::insecure_decode_claims(token)
            .map_err(|error| Fault::Unexpected(format!("a token that tells no time: {error}")))?;
        if let Some(at) = DateTime::from_timestamp(issued.iat, 0) {
            self.server.clock.learn(at);
        }
        Ok(())
    }
}

fn shaped<T: DeserializeOwned>(what: &str, body: Value) -> Result<T, Fault> {
    serde_json::from_value(body)
        .map_err(|error| Fault::Unexpected(format!("{what}: an answer of another shape: {error}")))
}
