//! The SQL of the room.
pub(super) mod result;
pub(super) mod selection;
pub(super) mod treatment;
pub(super) mod visit;
