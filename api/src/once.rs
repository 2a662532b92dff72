//! `Idempotency-Key`: an act asked for twice under one key happens once, and is answered alike both times.
//!
//! The key is written in the transaction of the act itself, so the act and the memory of it commit together.
use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::{
    kernel::{Failure, Refusal},
    ledger::{Tx, once},
};
use uuid::Uuid;

use crate::reply::Reply;

/// One request under one key.
pub(crate) struct Once {
    caller: Uuid,
    /// Method and route pattern.
    operation: String,
    key: String,
    /// Of the path and the body: tells a repeat from another request.
    fingerprint: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Kept {
    body: serde_json::Value,
    location: Option<String>,
    revision: Option<i64>,
}

impl Once {
    pub(crate) fn new(
        caller: Uuid,
        operation: String,
        key: String,
        path: &str,
        digest: [u8; 32],
    ) -> Self {
        let fingerprint = Sha256::new().chain_update(path).chain_update(digest).finalize().into();
        Self { caller, operation, key, fingerprint }
    }

    /// The first answer, if there was one; otherwise the key is ours from here on.
    pub(crate) async fn begin(&self, tx: &mut Tx) -> Result<Option<Reply>, Failure> {
        let now = tx.now;
        let claim =
            once::claim(tx, self.caller, &self.operation, &self.key, &self.fingerprint, now)
                .await?;
        match claim {
            once::Claim::Ours => Ok(None),
            once::Claim::UnderWay => Err(Failure::refused(
                "idempotency/in-flight",
                "the first request under this Idempotency-Key is still under way",
            )),
            once::Claim::Other => Err(Refusal::new(
                "idempotency/key-reused",
                "this Idempotency-Key was used for a different request",
            )
            .into()),
            once::Claim::Answered { status, reply } => {
                let kept: Kept = serde_json::from_value(reply).map_err(anyhow::Error::from)?;
                let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok());
                Ok(Some(Reply {
                    status: status.unwrap_or(StatusCode::OK),
                    body: kept.body,
                    location: kept.location,
                    revision: kept.revision,
                    retry_after: None,
                    secret: None,
                }))
            }
        }
    }

    pub(crate) async fn keep(&self, tx: &mut Tx, reply: &Reply) -> Result<(), Failure> {
        let kept = Kept {
            body: reply.kept_body(),
            location: reply.location.clone(),
            revision: reply.revision,
        };
        let kept = serde_json::to_value(kept).map_err(anyhow::Error::from)?;
        let status = i16::try_from(reply.status.as_u16()).unwrap_or(200);
        once::keep(tx, self.caller, &self.operation, &self.key, status, &kept).await?;
        Ok(())
    }
}
