//! The acts of the room.
pub mod enterprise;
pub mod push;
