//! The acts of the room.
pub mod agreements;
pub mod inbox;
pub mod outbox;
pub mod partner;
pub mod played;
mod sender;
