//! The acts of the room.
pub mod change;
pub mod evaluation;
pub mod push;
pub mod recognition;
pub mod score;
