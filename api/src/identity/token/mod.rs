//! Access tokens: `EdDSA` JWTs (RFC 9068) that live for minutes, and the memory of those seen a moment ago.
mod cache;
mod keyring;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration as Pause,
};

use cache::{Cache, Fingerprint};
use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use keyring::Keyring;
pub use keyring::{Jwk, Jwks};
use serde::{Deserialize, Serialize};
use shared::{
    identity::{
        ClientId, StaffId,
        service::access::{self, Subject},
    },
    kernel::{Actor, OrganisationKind, Role, Standing, id},
};
use sqlx::PgPool;
use uuid::Uuid;

/// How long a client's token is good.
const CLIENT_LIFE: Duration = Duration::minutes(10);
/// How long a person's token is good.
const STAFF_LIFE: Duration = Duration::minutes(30);
/// How long a verified token is believed without asking again: so long may a revocation take to bite.
const TRUST: Duration = Duration::seconds(30);
/// How often the folder of keys is read again.
const REREAD: Pause = Pause::from_mins(1);
/// How often a token signed with an unknown key may make us look into the folder.
const UNKNOWN_KEY_PAUSE: Duration = Duration::seconds(5);

/// The type of an access token (RFC 9068): nothing else that we or our clients sign passes for one.
const TYPE: &str = "at+jwt";
/// The `client_id` of tokens that persons get by signing in.
const SIGN_IN: &str = "sign-in";

/// Issues and verifies access tokens.
pub struct Tokens {
    folder: PathBuf,
    issuer: String,
    keys: RwLock<Arc<Keyring>>,
    looked_at: Mutex<Option<DateTime<Utc>>>,
    cache: Cache,
}

/// A token and how long it is good.
#[derive(Clone, Debug)]
pub struct Issued {
    pub token: String,
    pub lifetime: Duration,
}

/// Why a bearer is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// The token is not ours, not valid any more, or its bearer was disabled. The reason is for logs.
    #[error("token refused: {0}")]
    Token(&'static str),
    /// We could not ask whether the bearer is still active.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    iat: i64,
    exp: i64,
    jti: Uuid,
    client_id: String,
    org: Uuid,
    org_kind: OrganisationKind,
    org_code: String,
    roles: Vec<Role>,
}

impl Claims {
    fn subject(&self) -> Subject {
        if self.client_id == SIGN_IN {
            Subject::Staff(StaffId(self.sub))
        } else {
            Subject::Client(ClientId(self.sub))
        }
    }
}

impl Tokens {
    /// Reads the keys. `issuer` is the public URL: it signs and is the audience.
    pub fn open(folder: impl Into<PathBuf>, issuer: impl Into<String>) -> anyhow::Result<Self> {
        let folder = folder.into();
        let keys = RwLock::new(Arc::new(Keyring::read(&folder)?));
        let (issuer, looked_at) = (issuer.into(), Mutex::default());
        Ok(Self { folder, issuer, keys, looked_at, cache: Cache::default() })
    }

    /// The issuer's URL, without a slash at its end.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.trim_end_matches('/')
    }

    /// Signs a token for somebody who has just proved who they are.
    pub fn issue(&self, actor: &Actor, now: DateTime<Utc>) -> anyhow::Result<Issued> {
        let (Some(sub), Standing::Member { kind, organisation, code, is_staff }) =
            (actor.id, &actor.standing)
        else {
            anyhow::bail!("only members of an organisation carry tokens");
        };
        let lifetime = if *is_staff { STAFF_LIFE } else { CLIENT_LIFE };
        let claims = Claims {
            iss: self.issuer().to_owned(),
            aud: self.issuer().to_owned(),
            sub,
            iat: now.timestamp(),
            exp: (now + lifetime).timestamp(),
            jti: id::mint(now),
            client_id: if *is_staff { SIGN_IN.to_owned() } else { sub.to_string() },
            org: *organisation,
            org_kind: *kind,
            org_code: code.clone(),
            roles: actor.roles.clone(),
        };
        let keys = self.keys();
        let (kid, key) = keys.signing();
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(kid.to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        Ok(Issued { token: jsonwebtoken::encode(&header, &claims, key)?, lifetime })
    }

    /// Who bears this token, if it was verified a moment ago: costs a hash.
    #[must_use]
    pub fn believed(&self, token: &str, now: DateTime<Utc>) -> Option<Arc<Actor>> {
        self.cache.get(&Fingerprint::of(token), now)
    }

    /// Who bears this token. One seen a moment ago costs a hash; another a signature and a question to Postgres.
    pub async fn verify(
        &self,
        pool: &PgPool,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Arc<Actor>, Denied> {
        let fingerprint = Fingerprint::of(token);
        if let Some(actor) = self.cache.get(&fingerprint, now) {
            return Ok(actor);
        }
        let claims = self.read(token, now)?;
        let issued_at = moment(claims.iat).ok_or(Denied::Token("no time of issue"))?;
        let mut conn = pool.acquire().await?;
        let actor = access::actor_of(&mut conn, claims.subject(), issued_at).await?;
        let actor = Arc::new(actor.ok_or(Denied::Token("bearer not active"))?);

        let expires_at = moment(claims.exp).unwrap_or(now);
        self.cache.put(fingerprint, Arc::clone(&actor), expires_at.min(now + TRUST));
        Ok(actor)
    }

    /// What a token says, if it is one of ours and still good.
    fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Claims, Denied> {
        let kid = key_named_in(token)?;
        let keys = self.keys_with(&kid, now);
        let key = keys.verifying(&kid).ok_or(Denied::Token("unknown key"))?;
        claims_of(token, key, self.issuer(), now)
    }

    /// The public keys, for those who verify our tokens themselves.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        self.keys().jwks()
    }

    /// Reads the folder again: new keys sign and verify from now on, removed ones are forgotten. A folder that
    /// cannot be read changes nothing.
    pub fn reload(&self) -> anyhow::Result<()> {
        let fresh = Keyring::read(&self.folder)?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if !keys.is_same(&fresh) {
            tracing::info!(kid = fresh.signing().0, "token keys have changed");
            *keys = Arc::new(fresh);
            self.cache.clear();
        }
        Ok(())
    }

    /// Reads the folder every minute, for as long as the server runs.
    pub async fn keep_fresh(self: Arc<Self>) {
        let mut minutes = tokio::time::interval(REREAD);
        minutes.tick().await;
        loop {
            minutes.tick().await;
            let tokens = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || tokens.reload()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!("token keys cannot be read: {error:#}"),
                Err(error) => tracing::error!("reading token keys broke off: {error}"),
            }
        }
    }

    fn keys(&self) -> Arc<Keyring> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A key we do not know may be one that another process of ours has signed with since we last looked.
    fn keys_with(&self, kid: &str, now: DateTime<Utc>) -> Arc<Keyring> {
        let keys = self.keys();
        if keys.verifying(kid).is_some() || !self.may_look_again(now) {
            return keys;
        }
        if let Err(error) = self.reload() {
            tracing::error!("token keys cannot be read: {error:#}");
        }
        self.keys()
    }

    fn may_look_again(&self, now: DateTime<Utc>) -> bool {
        let mut looked_at = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let may = looked_at.is_none_or(|then| now - then >= UNKNOWN_KEY_PAUSE);
        if may {
            *looked_at = Some(now);
        }
        may
    }
}

/// The key that a token names, if it looks like one of ours at all.
pub(crate) fn key_named_in(token: &str) -> Result<String, Denied> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Denied::Token("unreadable"))?;
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
        return Err(Denied::Token("not an access token"));
    }
    header.kid.ok_or(Denied::Token("no key named"))
}

/// What a token says, if it is one of ours and still good: type, key, signature, issuer, audience, time.
pub(crate) fn claims_of(
    token: &str,
    key: &DecodingKey,
    issuer: &str,
    now: DateTime<Utc>,
) -> Result<Claims, Denied> {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.set_issuer(&[issuer]);
    rules.set_audience(&[issuer]);
    // The library asks the machine for the time; we ask our clock, below.
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, key, &rules)
        .map_err(|_| Denied::Token("signature, issuer or audience"))?
        .claims;
    if claims.exp <= now.timestamp() {
        return Err(Denied::Token("expired"));
    }
    Ok(claims)
}

fn moment(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

#[cfg(test)]
mod tests;
