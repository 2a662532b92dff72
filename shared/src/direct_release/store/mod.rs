//! The SQL of the room.
pub(super) mod consignment;
pub(super) mod draw;
pub(super) mod enterprise;
pub(super) mod seal;
pub(super) mod told;
