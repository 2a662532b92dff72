//! Telling those whose cases it is about what happened: the feed they read, the webhooks that bring it to them.
//!
//! *Dramatis personae*: the [`EventType`]s are what an outsider may learn of; the `sequencer` gives committed events
//! their positions, which never change, and fans them out to the [`Endpoint`]s that want them; a [`Delivery`] is one
//! event on its way to one endpoint, tried as [`schedule`] says, signed as [`secret`] says.
pub mod address;
pub mod event;
mod gaps;
pub mod job;
pub mod model;
pub mod payload;
pub mod rules;
pub mod schedule;
pub mod secret;
pub mod service;
pub mod status;
mod store;
pub mod types;

pub use model::{Attempt, Change, Delivery, DeliveryState, Endpoint, EndpointId};
pub use payload::Payload;
pub use secret::WebhookKeys;
pub use status::{DisabledBecause, EndpointState};
pub use types::EventType;
