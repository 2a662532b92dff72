//! Somebody who calls the real api over HTTP, and survives its silence.
use reqwest::{Method, header::AUTHORIZATION};
use serde_json::{Value, json};

use crate::Consignment;

/// What came back over the wire.
#[derive(Clone, Debug)]
pub struct Heard {
    pub status: u16,
    pub body: Value,
}

impl Heard {
    /// A member as text; empty where it is not.
    #[must_use]
    pub fn text(&self, pointer: &str) -> &str {
        crate::text(&self.body, pointer)
    }

    /// Itself, if it has that status.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "used as an assertion"
    )]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:#}", self.body);
        self
    }
}

/// A client with or without a token; cheap to clone.
#[derive(Clone)]
pub struct Caller {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Caller {
    pub(super) fn stranger(url: &str) -> Self {
        let http = reqwest::Client::new();
        Self { http, url: url.to_owned(), token: String::new() }
    }

    /// A machine client that has shown its secret.
    pub(super) async fn client(url: &str, id: &str, secret: &str) -> Self {
        let stranger = Self::stranger(url);
        let request = stranger
            .http
            .post(format!("{url}/oauth2/token"))
            .basic_auth(id, Some(secret))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials");
        stranger.bearing(hear(request).await)
    }

    /// A person who has signed in.
    pub async fn person(url: &str, login: &str, password: &str) -> Self {
        let stranger = Self::stranger(url);
        let proof = json!({ "login": login, "password": password });
        let signed_in = stranger.post("/v1/sign-in", &proof).await;
        stranger.bearing(signed_in)
    }

    fn bearing(self, heard: Option<Heard>) -> Self {
        let heard = heard.unwrap().expect(200);
        Self { token: heard.text("/access_token").to_owned(), ..self }
    }

    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// `None`: no answer came.
    pub async fn get(&self, path: &str) -> Option<Heard> {
        hear(self.request(Method::GET, path)).await
    }

    /// `None`: no answer came, and nobody knows whether the request did.
    pub async fn post(&self, path: &str, body: &Value) -> Option<Heard> {
        hear(self.request(Method::POST, path).json(body)).await
    }

    /// Files a declaration.
    pub async fn file(&self, consignment: &Consignment) -> Option<Heard> {
        self.post("/v1/declarations", &consignment.0).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        if self.token.is_empty() {
            return request;
        }
        request.header(AUTHORIZATION, format!("Bearer {}", self.token))
    }
}

async fn hear(request: reqwest::RequestBuilder) -> Option<Heard> {
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    let body = answer.bytes().await.ok()?;
    // Metrics and the like are text.
    let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
    Some(Heard { status, body: serde_json::from_slice(&body).unwrap_or_else(|_| text()) })
}
