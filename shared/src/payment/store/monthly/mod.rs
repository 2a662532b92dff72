//! Monthly settlements and their statements.
pub(in crate::payment) mod settlement;
pub(in crate::payment) mod statement;
