//! Words every room uses. No I/O here.
pub mod actor;
pub mod calendar;
pub mod failure;
pub mod id;
pub mod money;
pub mod page;
pub mod violation;

pub use actor::{Actor, OrganisationKind, Role, Scope, Standing};
pub use failure::{Failure, Refusal};
pub use money::Fen;
pub use page::{Page, PageRequest};
pub use violation::{Severity, Violation, Violations};
