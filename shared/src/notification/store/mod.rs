//! The SQL of the feed and of webhooks.
pub(super) mod attempt;
pub(super) mod delivery;
pub(super) mod endpoint;
pub(super) mod feed;
pub(super) mod health;
pub(super) mod replay;
pub(super) mod sequence;
