//! How an act can fail, before anyone mentions HTTP.
use super::Violations;

/// A rule said no. `code` is stable and documented in `docs/problems.md`; `detail` is for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// `declaration/wrong-status`: the room, then what is wrong.
    pub code: &'static str,
    pub detail: String,
    /// What else is wrong with the same submission, so that one answer tells it all (一次性告知).
    pub violations: Violations,
}

impl Refusal {
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), violations: Violations::default() }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Not there, or not the caller's to see: 404 either way.
    #[error("no such {0}")]
    Missing(&'static str),
    /// The caller may see it, but this act is not theirs: 403.
    #[error("not permitted: {0}")]
    Forbidden(&'static str),
    /// The input is wrong, in every place listed: 422.
    #[error("invalid input")]
    Invalid(Violations),
    /// The caller acted on a state that is no longer (or not yet) the record's: 412.
    #[error("the record has changed since it was read")]
    Stale,
    /// The state forbids it: 409.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Ours to repair: 500, logged once at the boundary.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl Failure {
    /// A refusal, ready to return.
    pub fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(code, detail))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Violations> for Failure {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}
