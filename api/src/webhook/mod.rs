//! Where clients want to be told what happens.
mod challenge;
mod change;
mod deliveries;
mod delivery;
mod disable;
mod enable;
mod get;
mod list;
mod register;
mod replay;
mod replay_span;
mod rotate_secret;
mod view;

use anyhow::Context as _;
use shared::{
    config,
    kernel::Failure,
    notification::{WebhookKeys, address::PrivateAddresses},
};
use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(cfg: &mut ServiceConfig<'_>) {
    cfg.service(register::handler)
        .service(list::handler)
        .service(get::handler)
        .service(change::handler)
        .service(challenge::handler)
        .service(rotate_secret::handler)
        .service(disable::handler)
        .service(enable::handler)
        .service(replay_span::handler)
        .service(deliveries::handler)
        .service(delivery::handler)
        .service(replay::handler);
}

/// How secrets are made, and where webhooks may go.
#[derive(Clone)]
pub struct Webhooks {
    /// `None`: there are no webhooks.
    pub keys: Option<WebhookKeys>,
    pub guard: PrivateAddresses,
}

impl Default for Webhooks {
    /// There are none.
    fn default() -> Self {
        Self { keys: None, guard: PrivateAddresses::Refuse }
    }
}

impl Webhooks {
    /// Reads the keys that the settings name.
    pub fn open(settings: &config::Webhooks) -> anyhow::Result<Self> {
        let keys = settings.keys.as_deref().map(WebhookKeys::read).transpose();
        let keys = keys.context("ANYPORT_WEBHOOK_KEYS")?;
        Ok(Self { keys, guard: settings.private_addresses })
    }

    /// The keys, or a refusal that says that there are none.
    fn keys(&self) -> Result<&WebhookKeys, Failure> {
        let detail = "this bureau delivers no webhooks: read /v1/changes";
        self.keys.as_ref().ok_or_else(|| Failure::refused("webhook/not-set-up", detail))
    }
}
