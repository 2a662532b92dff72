//! An import as it is told.
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    import::{Format, Import, ImportId, ImportState},
    kernel::hex,
};
use utoipa::ToSchema;

/// How many declarations came to which end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportCounts)]
pub struct CountsOut {
    /// Accepted, with a number.
    #[schema(minimum = 0)]
    pub accepted: i32,
    /// Filed; an officer looks at them.
    #[schema(minimum = 0)]
    pub in_review: i32,
    /// Filed and returned with their defects.
    #[schema(minimum = 0)]
    pub needs_correction: i32,
    /// Filed before with the same content.
    #[schema(minimum = 0)]
    pub repeated: i32,
    /// Not filed: the rules do not allow it.
    #[schema(minimum = 0)]
    pub refused: i32,
    /// Not filed: they cannot be read as declarations.
    #[schema(minimum = 0)]
    pub unreadable: i32,
}

/// A file of declarations, and how far its filing is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeclarationImport)]
pub struct ImportOut {
    /// Ours.
    #[schema(value_type = uuid::Uuid)]
    pub id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// What kind of file it is.
    pub format: Format,
    /// Whether it is tried only: nothing is filed then.
    pub dry_run: bool,
    /// SHA-256 of the file as it came, in hexadecimal.
    #[schema(min_length = 64, max_length = 64)]
    pub sha256: String,
    /// How many declarations stand in it.
    #[schema(minimum = 1)]
    pub items: i32,
    /// How many of them are answered.
    #[schema(minimum = 0)]
    pub done: i32,
    /// The same in whole percent.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: i32,
    /// What became of them.
    pub counts: CountsOut,
    /// How many seconds it takes yet, by the pace so far; unknown at the beginning.
    #[schema(minimum = 0)]
    pub seconds_left: Option<i64>,
    /// When it will be done, by the pace so far.
    pub expected_at: Option<DateTime<Utc>>,
    /// When the file was brought.
    pub asked_at: DateTime<Utc>,
    /// When its first declarations were answered.
    pub begun_at: Option<DateTime<Utc>>,
    /// When it was done, cancelled or stopped.
    pub ended_at: Option<DateTime<Utc>>,
    /// When anything of this changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Import> for ImportOut {
    fn from(import: Import) -> Self {
        let counts = import.counts;
        Self {
            id: import.id,
            state: import.state,
            format: import.format,
            dry_run: import.dry_run,
            sha256: hex(&import.sha256),
            items: import.items,
            done: import.position,
            percent: import.percent(),
            counts: CountsOut {
                accepted: counts.accepted,
                in_review: counts.in_review,
                needs_correction: counts.needs_correction,
                repeated: counts.repeated,
                refused: counts.refused,
                unreadable: counts.unreadable,
            },
            seconds_left: import.seconds_left(),
            expected_at: import.expected_at(),
            asked_at: import.asked_at,
            begun_at: import.begun_at,
            ended_at: import.ended_at,
            updated_at: import.updated_at,
        }
    }
}

/// Imports, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeclarationImports)]
pub struct ImportPage {
    /// Newest first.
    #[schema(max_items = 200)]
    pub data: Vec<ImportOut>,
    /// Where the next page begins.
    pub next_cursor: Option<uuid::Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
pub(super) fn example() -> Value {
    json!({
        "id": "0145f011-9a00-7000-8000-000000000042", "state": "RUNNING", "format": "CSV", "dry_run": false,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "items": 200, "done": 100,
        "percent": 50, "counts": { "accepted": 97, "in_review": 1, "needs_correction": 1, "repeated": 0,
            "refused": 0, "unreadable": 1 },
        "seconds_left": 2, "expected_at": "2014-05-12T02:20:04Z", "asked_at": "2014-05-12T02:20:00Z",
        "begun_at": "2014-05-12T02:20:01Z", "ended_at": null, "updated_at": "2014-05-12T02:20:02Z"
    })
}
