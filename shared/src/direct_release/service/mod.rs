//! The acts of the room.
pub mod consignment;
pub mod enterprise;
pub mod push;
pub mod seal;
