//! Where the `type` of a problem leads: `/problems/declaration/do-already-declared`.
use actix_web::{HttpResponse, ResponseError, get, web::Path};

use super::{html, markdown};
use crate::problem::Problem;

const DOCUMENT: &str = include_str!("../../../docs/problems.md");

#[get("/problems")]
pub(super) async fn all() -> HttpResponse {
    html(markdown::page("Problems", &DOCUMENT.replace("](rules.md)", "](/rules)")))
}

#[get("/problems/{code:.*}")]
pub(super) async fn one(code: Path<String>) -> HttpResponse {
    match section(DOCUMENT, &code) {
        Some(text) => {
            html(markdown::page("Problem", &format!("{text}\n\n[All problems](/problems)")))
        }
        None => Problem::not_found().error_response(),
    }
}

/// The section of one code, with its heading.
fn section<'a>(document: &'a str, code: &str) -> Option<&'a str> {
    let heading = format!("\n## {code}\n");
    let from = document.find(&heading)? + 1;
    let rest = &document[from..];
    let until = rest[1..].find("\n#").map_or(rest.len(), |at| at + 1);
    Some(rest[..until].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let document = "# All\n\n## a/b\nWhen.\n\n## a/bc\nOther.\n\n# More\n";

        assert_eq!(section(document, "a/b"), Some("## a/b\nWhen."));
        assert_eq!(section(document, "a/bc"), Some("## a/bc\nOther."));
        assert_eq!(section(document, "a"), None);
    }

    #[test]
    fn the_document_tells_of_a_reused_delivery_order() {
        assert!(section(DOCUMENT, "declaration/do-already-declared").is_some());
    }
}
