//! The acts of the room.
pub mod change;
pub mod evaluation;
pub mod score;
