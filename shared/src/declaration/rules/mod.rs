//! What may stand: the review of a declaration.
//!
//! Every check notes what it finds on the [`Notice`] and carries on, so that one notice tells it all (一次性告知).
//! All is pure: content, reference books, what is known of the parties, and today.
mod alerts;
mod case;
pub mod catalogue;
mod codes;
mod containers;
mod dates;
mod document;
mod goods;
mod notice;
mod offices;
mod papers;
mod parties;
mod values;
mod wood;

pub use case::Parties;
pub(super) use case::{Case, Line};
pub use catalogue::RULES;
pub use document::fields_markdown;
pub use notice::{Notice, shown};

use chrono::NaiveDate;

use super::{
    Content,
    content::{At, Document as _},
    facts::Facts,
};
use crate::{
    kernel::{Severity, Violations},
    reference::Books,
};

/// The outcome of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Everything found: the one notice of this version.
    pub findings: Violations,
    pub facts: Facts,
}

/// Where a review sends a declaration (domain R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ReviewVerdict)]
pub enum Verdict {
    /// No error, no doubt: the system accepts.
    Accept,
    /// An officer looks.
    ManualReview,
    /// Back to the declarant, with everything that is wrong.
    NeedsCorrection,
}

impl Review {
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.findings.worst() {
            Some(Severity::Error) => Verdict::NeedsCorrection,
            Some(Severity::Warning) => Verdict::ManualReview,
            Some(Severity::Info) | None => Verdict::Accept,
        }
    }
}

/// Reviews one version by the tables of its day of declaration.
#[must_use]
pub fn review(content: &Content, books: &Books, parties: &Parties, today: NaiveDate) -> Review {
    let case = Case::new(content, books, parties, today);
    let facts = Facts::of(&case);
    let mut notice = Notice::default();
    content.inspect(&At::ROOT, case.need(), &mut notice);
    codes::check(&case, &mut notice);
    goods::check(&case, &mut notice);
    values::check(&case, &facts, &mut notice);
    containers::check(&case, &mut notice);
    parties::check(&case, &mut notice);
    offices::check(&case, &facts, &mut notice);
    papers::check(&case, &mut notice);
    wood::check(&case, &mut notice);
    dates::check(&case, &mut notice);
    alerts::check(&case, &mut notice);
    Review { findings: notice.into_findings(), facts }
}

#[cfg(test)]
mod tests;
