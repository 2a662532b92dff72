//! The SQL of partners, keys, memoranda and messages.
pub(super) mod inbox;
pub(super) mod outbox;
pub(super) mod partner;
pub(super) mod record;
