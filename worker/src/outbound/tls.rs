//! Whom we trust where a partner, a bank or a receiver is called by `https`: whom this machine trusts.
use std::sync::{Mutex, PoisonError};

use reqwest::{Client, ClientBuilder};
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt as _;

/// Read once for all clients: it takes hundreds of files, and each client would keep a copy.
static TRUST: Mutex<Option<ClientConfig>> = Mutex::new(None);

/// A client to be, with the roots of this machine.
pub(super) fn client() -> anyhow::Result<ClientBuilder> {
    let mut trust = TRUST.lock().unwrap_or_else(PoisonError::into_inner);
    let config = match &*trust {
        Some(config) => config.clone(),
        None => trust.insert(ClientConfig::with_platform_verifier()?).clone(),
    };
    Ok(Client::builder().tls_backend_preconfigured(config))
}
