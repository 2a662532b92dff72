//! What changed, and when: `CHANGELOG.md` as a page and as data.
use std::sync::LazyLock;

use actix_web::{HttpResponse, get, http::header};
use serde::Serialize;
use utoipa::ToSchema;

use super::{html, markdown};

const DOCUMENT: &str = include_str!("../../../CHANGELOG.md");

/// All versions, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangelogOut {
    #[schema(max_items = 1000)]
    data: Vec<ChangelogVersionOut>,
}

/// What one version brought.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangelogVersionOut {
    /// By Semantic Versioning.
    #[schema(max_length = 40, pattern = r"^\d+\.\d+\.\d+.*$", example = "0.1.0")]
    version: &'static str,
    /// The day it was published; nothing before.
    #[schema(max_length = 10, pattern = r"^\d{4}-\d{2}-\d{2}$", example = "2026-11-30")]
    published_on: Option<&'static str>,
    #[schema(max_items = 1000)]
    changes: Vec<ChangelogChangeOut>,
}

/// One change of that version.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangelogChangeOut {
    /// Added, Changed, Deprecated, Removed, Fixed or Security.
    #[schema(max_length = 20, pattern = r"^[A-Z][a-z ]+$", example = "Added")]
    kind: &'static str,
    /// What it is, as Markdown.
    #[schema(
        max_length = 2000,
        pattern = r"^[\s\S]+$",
        example = "**Change feed**: `GET /v1/changes`."
    )]
    text: String,
}

/// Read the changelog
///
/// What each version added, changed, deprecated or removed, as `CHANGELOG.md` tells it. `/changelog` shows it to people.
#[utoipa::path(
    operation_id = "readChangelog", tag = "health", security(()),
    responses((status = 200, description = "All versions, the latest first.", body = ChangelogOut,
        example = json!({ "data": [{ "version": "0.1.0", "published_on": null, "changes": [
            { "kind": "Added", "text": "**Change feed**: `GET /v1/changes`." }] }] }))),
)]
#[get("/changelog.json")]
pub(super) async fn handler() -> HttpResponse {
    static DATA: LazyLock<String> = LazyLock::new(|| {
        serde_json::to_string(&ChangelogOut { data: read(DOCUMENT) }).unwrap_or_default()
    });
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(DATA.as_str())
}

#[get("/changelog")]
pub(super) async fn page() -> HttpResponse {
    html(markdown::page("Changelog", DOCUMENT))
}

/// Reads the form of Keep a Changelog: `## [version] - day`, `### Kind`, and a list below it.
fn read(document: &'static str) -> Vec<ChangelogVersionOut> {
    let mut versions: Vec<ChangelogVersionOut> = Vec::new();
    let mut kind = "";
    for line in document.lines() {
        if let Some(heading) = line.strip_prefix("## [") {
            let (version, day) = heading.split_once("] - ").unwrap_or((heading, ""));
            let published_on = day.starts_with(|c: char| c.is_ascii_digit()).then_some(day);
            versions.push(ChangelogVersionOut { version, published_on, changes: Vec::new() });
        } else if let Some(heading) = line.strip_prefix("### ") {
            kind = heading;
        } else if let (Some(latest), Some(text)) = (versions.last_mut(), line.strip_prefix("- ")) {
            latest.changes.push(ChangelogChangeOut { kind, text: text.to_owned() });
        } else if let (Some(change), Some(more)) = (
            versions.last_mut().and_then(|latest| latest.changes.last_mut()),
            line.strip_prefix("  "),
        ) {
            change.text.push(' ');
            change.text.push_str(more.trim());
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_one_item_with_all_its_lines() {
        let document = "# Changelog\n\n## [1.1.0] - 2026-11-30\n\n### Added\n- **One**: begins\n  and ends.\n- Two.\n\n\
            ### Removed\n- Three.\n\n## [1.0.0] - unreleased\n";

        let versions = read(document);

        assert_eq!(versions[0].published_on, Some("2026-11-30"));
        let told: Vec<_> =
            versions[0].changes.iter().map(|one| (one.kind, one.text.as_str())).collect();
        assert_eq!(
            told,
            [("Added", "**One**: begins and ends."), ("Added", "Two."), ("Removed", "Three.")]
        );
        assert_eq!((versions[1].version, versions[1].published_on), ("1.0.0", None));
    }

    #[test]
    fn our_own_changelog_is_in_that_form() {
        let versions = read(DOCUMENT);

        assert!(versions.iter().all(|version| !version.version.is_empty()));
        assert!(versions[0].changes.len() > 20);
    }
}
