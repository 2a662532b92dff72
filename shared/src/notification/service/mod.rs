//! The acts of the room.
pub mod delivery;
pub mod endpoint;
pub mod feed;
pub mod replay;
pub mod sequencer;
