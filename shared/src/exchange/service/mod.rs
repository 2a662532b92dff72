//! The acts of the room.
pub mod inbox;
pub mod outbox;
pub mod partner;
