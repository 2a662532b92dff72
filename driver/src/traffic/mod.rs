//! The main job under steady load: callers who file, officers who do what waits for a person.
mod book;
mod callers;
mod hands;
mod pattern;
mod refunds;

pub(crate) use book::{Book, Call, Sent};
pub(crate) use callers::{Callers, is_passing};
pub(crate) use hands::{pay_again, work as officers};
pub(crate) use pattern::{Made, Pattern};
pub(crate) use refunds::{PEOPLE as REFUNDING, propose as propose_refunds};
