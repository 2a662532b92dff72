//! What happened to endpoints. The subject is the endpoint; secrets are never told.
use serde::Serialize;
use uuid::Uuid;

use super::{
    model::{Endpoint, EndpointId},
    status::{DisabledBecause, EndpointState},
};
use crate::ledger::Event;

/// An endpoint was registered, changed, verified, rotated, enabled or disabled.
#[derive(Debug, Serialize)]
pub struct EndpointMoved {
    #[serde(skip)]
    endpoint: EndpointId,
    #[serde(skip)]
    kind: &'static str,
    #[serde(skip)]
    from: Option<EndpointState>,
    #[serde(skip)]
    to: EndpointState,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<DisabledBecause>,
}

impl EndpointMoved {
    /// `kind` is `webhook.endpoint_` and a past participle.
    #[must_use]
    pub fn of(endpoint: &Endpoint, kind: &'static str, from: Option<EndpointState>) -> Self {
        let (to, because) = (endpoint.state, endpoint.disabled_because);
        Self { endpoint: endpoint.id, kind, from, to, url: endpoint.url.clone(), because }
    }
}

impl Event for EndpointMoved {
    const KIND: &'static str = "webhook.endpoint_registered";

    fn kind(&self) -> &'static str {
        self.kind
    }

    fn subject(&self) -> Uuid {
        self.endpoint.0
    }

    fn step(&self) -> Option<(&str, &str)> {
        let from = self.from.filter(|from| *from != self.to)?;
        Some((from.name(), self.to.name()))
    }
}
