//! Direct release (直通放行): goods go on the clearance form of the office that inspects them; the office at the
//! other end compares seals, and asks nobody to declare again (domain 4.5, R16).
//!
//! *Dramatis personae*: an [`Enterprise`] earns the grant by its [conditions](enterprise::condition), and loses it for
//! a year; partners are told of both. A [`Consignment`] of it travels sealed on one clearance form; the office at the
//! other end draws it, reads its seals, and tells what it found.
pub mod consignment;
pub mod enterprise;
pub mod event;
pub mod message;
mod model;
pub mod rules;
pub mod service;
mod store;
pub mod suspension;

pub use consignment::{Consignment, ConsignmentId};
pub use enterprise::{Enterprise, EnterpriseId};
pub use model::Direction;
pub use suspension::Ground;
