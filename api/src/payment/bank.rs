//! The bank, as one who calls us.
use std::path::Path;

use actix_web::HttpRequest;
use anyhow::Context as _;
use shared::payment::signature::{CheckingKey, DATE_HEADER, Distrust, Message, SIGNATURE_HEADER};

use chrono::{DateTime, Utc};

/// Whose callbacks are believed.
#[derive(Clone)]
pub struct Bank {
    pub code: String,
    pub key: CheckingKey,
}

impl Bank {
    /// Reads the key that the settings name.
    pub fn open(code: &str, public_key: &Path) -> anyhow::Result<Self> {
        let pem = std::fs::read_to_string(public_key)
            .with_context(|| format!("cannot read {}", public_key.display()))?;
        Ok(Self { code: code.to_owned(), key: CheckingKey::from_pem(&pem)? })
    }

    /// Did the bank send this, just now, as it stands?
    pub(crate) fn check(
        &self,
        request: &HttpRequest,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), Distrust> {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let message = Message { method: request.method().as_str(), path: request.path(), body };
        self.key.check(message, header(DATE_HEADER), header(SIGNATURE_HEADER), now)
    }
}
