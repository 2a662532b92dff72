//! What an import is, and what is told of it.
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Item, Place, column_of,
    status::ImportState,
    xml::{MessageFormat, Unmapped},
};
use crate::{
    declaration::DeclarationId,
    id,
    kernel::{Violation, Violations},
    words,
};

id! {
    /// The id of an import of declarations.
    ImportId
}

words! {
    /// What kind of file was brought.
    #[schema(as = ImportFormat)]
    Format {
        /// A table in CSV.
        Csv "CSV",
        /// A table in a workbook.
        Xlsx "XLSX",
        /// A declaration on each line, in JSON.
        Ndjson "NDJSON",
    }
}

words! {
    /// What became of a declaration of an import.
    #[schema(as = ImportOutcome)]
    Outcome {
        /// Accepted, with its number.
        Accepted "ACCEPTED",
        /// Filed; an officer looks at it.
        InReview "IN_REVIEW",
        /// Filed and returned: it has defects.
        NeedsCorrection "NEEDS_CORRECTION",
        /// Filed before with the same content.
        Repeated "REPEATED",
        /// Not filed: the rules do not allow it.
        Refused "REFUSED",
        /// Not filed: it cannot be read as a declaration.
        Unreadable "UNREADABLE",
    }
}

/// A file on its way in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub format: Format,
    pub original: Vec<u8>,
    pub dry_run: bool,
    pub items: Vec<Item>,
}

/// How many declarations came to which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub accepted: i32,
    pub in_review: i32,
    pub needs_correction: i32,
    pub repeated: i32,
    pub refused: i32,
    pub unreadable: i32,
}

impl Counts {
    pub(super) fn add(&mut self, outcome: Outcome) {
        let count = match outcome {
            Outcome::Accepted => &mut self.accepted,
            Outcome::InReview => &mut self.in_review,
            Outcome::NeedsCorrection => &mut self.needs_correction,
            Outcome::Repeated => &mut self.repeated,
            Outcome::Refused => &mut self.refused,
            Outcome::Unreadable => &mut self.unreadable,
        };
        *count += 1;
    }
}

/// An import as it stands.
#[derive(Clone, Debug)]
pub struct Import {
    pub id: ImportId,
    pub reg_no: String,
    pub actor_id: Uuid,
    pub is_staff: bool,
    pub format: Format,
    pub sha256: Vec<u8>,
    pub dry_run: bool,
    pub state: ImportState,
    pub items: i32,
    pub position: i32,
    pub counts: Counts,
    pub asked_at: DateTime<Utc>,
    pub begun_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

impl Import {
    /// How much of it is done, in whole percent; a hundred only at the end.
    #[must_use]
    pub fn percent(&self) -> i32 {
        let done = i64::from(self.position) * 100 / i64::from(self.items.max(1));
        i32::try_from(done).unwrap_or(100)
    }

    /// How many seconds it will take yet, by the pace so far; unknown before the first items are answered.
    #[must_use]
    pub fn seconds_left(&self) -> Option<i64> {
        if self.state != ImportState::Running {
            return None;
        }
        let elapsed = (self.updated_at - self.asked_at).num_milliseconds().max(0);
        let left = i64::from(self.items - self.position);
        (self.position > 0).then(|| (elapsed * left / i64::from(self.position) + 999) / 1000)
    }

    /// When it will be done, by the pace so far.
    #[must_use]
    pub fn expected_at(&self) -> Option<DateTime<Utc>> {
        self.seconds_left().map(|seconds| self.updated_at + Duration::seconds(seconds))
    }
}

/// An item that waits for its answer.
#[derive(Clone, Debug)]
pub struct Pending {
    pub number: i32,
    /// `None`: it cannot be read, and why is known.
    pub content: Option<String>,
    pub faults: Violations,
}

/// What became of an item.
#[derive(Clone, Debug)]
pub struct Answer {
    pub number: i32,
    pub outcome: Outcome,
    pub declaration: Option<DeclarationId>,
    pub decl_no: Option<String>,
    /// Code and detail of a refusal.
    pub problem: Option<(String, String)>,
    pub defects: Violations,
}

/// An item with its answer, as it is told.
#[derive(Clone, Debug)]
pub struct ResultRow {
    pub number: i32,
    pub line: i32,
    pub last_line: i32,
    pub ent_decl_no: Option<String>,
    pub outcome: Option<Outcome>,
    pub declaration_id: Option<DeclarationId>,
    pub decl_no: Option<String>,
    pub problem: Option<String>,
    pub detail: Option<String>,
    pub places: Vec<Place>,
    pub defects: Vec<Violation>,
}

/// A defect with the place where it is found in the file.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlacedDefect {
    /// The line of the file, counted from one.
    #[schema(minimum = 1)]
    pub line: i32,
    /// The column of the table, named as in the template; empty for the whole.
    #[schema(example = "goods.hs_code", max_length = 200)]
    pub column: String,
    #[serde(flatten)]
    pub defect: Violation,
}

impl ResultRow {
    /// Its defects, each with its line and column.
    #[must_use]
    pub fn placed(&self) -> Vec<PlacedDefect> {
        let placed = |defect: &Violation| PlacedDefect {
            line: Item::line_of(&self.places, self.line, &defect.pointer),
            column: column_of(defect),
            defect: defect.clone(),
        };
        self.defects.iter().map(placed).collect()
    }
}

/// A message out of which a declaration was read, byte by byte.
#[derive(Clone, Debug)]
pub struct Original {
    pub format: MessageFormat,
    pub bytes: Vec<u8>,
    pub unmapped: Vec<Unmapped>,
}
