//! Which bureau calls? Known by its signature over the request; there are no tokens between bureaus.
use std::sync::Arc;

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use shared::{
    config,
    exchange::{
        OwnKeys,
        keys::{BUREAU_HEADER, KEY_HEADER},
        service::partner,
    },
    kernel::{
        Failure,
        signature::{CheckingKey, DATE_HEADER, Message, SIGNATURE_HEADER, Signer},
    },
    ledger::Tx,
};
use sqlx::PgConnection;

use super::acquaintances::Acquaintances;
use crate::{Context, limits::Who, problem::Problem};

/// Our own keys, if this Anyport speaks with other bureaus at all, and who of these called lately.
#[derive(Clone, Default)]
pub struct Bureaus {
    own: Option<Arc<OwnKeys>>,
    seen: Arc<Acquaintances>,
}

impl Bureaus {
    /// Reads the keys that the settings name, and publishes their public halves.
    pub async fn open(
        settings: Option<&config::Exchange>,
        pool: &sqlx::PgPool,
        clock: &shared::Clock,
    ) -> anyhow::Result<Self> {
        let Some(settings) = settings else { return Ok(Self::default()) };
        let keys = OwnKeys::read(&settings.bureau, &settings.keys)?;
        Self::publish(keys, pool, clock).await
    }

    /// Speaks with these keys.
    pub async fn publish(
        keys: OwnKeys,
        pool: &sqlx::PgPool,
        clock: &shared::Clock,
    ) -> anyhow::Result<Self> {
        let mut tx = Tx::begin(pool, clock).await?;
        partner::publish_own_keys(&mut tx, &keys).await?;
        tx.commit().await?;
        Ok(Self { own: Some(Arc::new(keys)), seen: Arc::default() })
    }

    /// The keys; a bureau that speaks with nobody has no such doors.
    pub fn keys(&self) -> Result<&OwnKeys, Failure> {
        self.own.as_deref().ok_or(Failure::Missing("exchange"))
    }

    /// With what this bureau signs what it says for ever, where it has a key.
    #[must_use]
    pub fn signer(&self) -> Option<Signer<'_>> {
        self.own.as_deref().map(OwnKeys::signer)
    }

    /// Our own code, where we have one.
    #[must_use]
    pub fn own(&self) -> Option<&str> {
        self.own.as_deref().map(OwnKeys::bureau)
    }

    /// By whom a request without a token is counted, before its signature is looked at: by its address; but a partner
    /// that has proved itself from there lately by itself, so that who forges beside it does not starve it.
    pub(crate) fn counted_as(
        &self,
        request: &HttpRequest,
        stranger: Who,
        now: DateTime<Utc>,
    ) -> Who {
        let is_ours = request.path().starts_with("/v1/exchange/");
        let partner = is_ours.then(|| partner_at(request, stranger)).flatten();
        partner.filter(|partner| self.seen.knows(*partner, now)).unwrap_or(stranger)
    }
}

/// The bureau that a request names, at that address.
fn partner_at(request: &HttpRequest, stranger: Who) -> Option<Who> {
    let code = request.headers().get(BUREAU_HEADER)?.to_str().ok()?;
    let Who::From(address) = stranger else { return None };
    let is_code = code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| code.parse().ok()).flatten().map(|code| Who::Partner(address, code))
}

/// The bureau that signed this request, just now, as it stands. Whatever is wrong, the answer is the same 401.
pub(super) async fn caller(
    ctx: &Context,
    conn: &mut PgConnection,
    request: &HttpRequest,
    body: &[u8],
) -> Result<String, Problem> {
    ctx.bureaus.keys()?;
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let (Some(bureau), Some(key_id)) = (header(BUREAU_HEADER), header(KEY_HEADER)) else {
        return Err(turned_away("the headers that name bureau and key are missing"));
    };
    let now = ctx.clock.now();
    let date = header(DATE_HEADER);
    let key = partner::good_key(conn, (bureau, key_id), signed_at(date, now), now).await?;
    let key = key.and_then(|key| CheckingKey::from_base64(&key.public_key).ok());
    let Some(key) = key else { return Err(turned_away("no such key is good")) };
    let path = request.uri().path_and_query().map_or(request.path(), |whole| whole.as_str());
    let message = Message { method: request.method().as_str(), path, body };
    match key.check(message, date, header(SIGNATURE_HEADER), now) {
        Ok(()) => {
            let stranger = Who::at(request.peer_addr().map(|address| address.ip()));
            if let Some(partner) = partner_at(request, stranger) {
                ctx.bureaus.seen.note(partner, now);
            }
            Ok(bureau.to_owned())
        }
        Err(distrust) => {
            tracing::warn!(bureau, %distrust, "a request of a bureau was turned away");
            Err(turned_away("the signature does not fit, or its date is too far off"))
        }
    }
}

/// What cannot be read as a date is dealt with by the check of the signature.
fn signed_at(date: Option<&str>, now: DateTime<Utc>) -> DateTime<Utc> {
    date.and_then(|date| DateTime::parse_from_rfc3339(date).ok()).map_or(now, |at| at.to_utc())
}

fn turned_away(why: &str) -> Problem {
    Problem::unauthenticated().detail(why)
}
