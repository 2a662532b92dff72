//! Rehearsal (联调): what somebody who tries their system out may ask for, in test mode only.
//!
//! *Dramatis personae*: a caller names a [`Scenario`] beside a request. What concerns the request itself (late, lost,
//! refused) is played by `api` at once. What happens later is kept with the declaration or the fee notice, and found
//! there by whoever acts: the draw, the inspector who stands in, the order that goes to the sandbox's bank. In
//! production nothing is ever kept, and nobody looks.
pub mod rules;
mod scenario;
pub mod service;
mod store;

pub use scenario::Scenario;
