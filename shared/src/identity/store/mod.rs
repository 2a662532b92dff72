//! The tables of this room: SQL and nothing else.
pub(super) mod access;
pub(super) mod attorney;
pub(super) mod client;
pub(super) mod eligibility;
pub(super) mod facilitation;
pub(super) mod organisation;
pub(super) mod staff;

/// Whether `error` says that the named unique constraint would not hold.
pub(super) fn breaks(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint) == Some(constraint)
}
