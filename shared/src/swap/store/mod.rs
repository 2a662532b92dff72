//! The SQL of the room.
pub(super) mod amendment;
pub(super) mod transfer;
pub(super) mod tries;
