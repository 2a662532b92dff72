//! The SQL of the room.
pub(super) mod enterprise;
pub(super) mod suspension;
pub(super) mod told;
