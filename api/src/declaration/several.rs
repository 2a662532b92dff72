//! Acts on several declarations at once.
use std::collections::HashSet;

use shared::{
    declaration::DeclarationId,
    kernel::{Failure, Violations},
};

/// How many an officer may name at once: a page of the work list.
const MOST: usize = 200;

/// From one to 200, each named once. `list` points at them, `member` at the id within an item.
pub(crate) fn must_be_several(
    ids: &[DeclarationId],
    list: &str,
    member: &str,
) -> Result<(), Failure> {
    let mut wrong = Violations::default();
    if ids.is_empty() || ids.len() > MOST {
        wrong.error(
            list,
            "count-out-of-range",
            "一次可办理1至200份报检",
            "name 1 to 200 declarations at once",
        );
    }
    let mut seen = HashSet::new();
    for (at, id) in ids.iter().enumerate() {
        if !seen.insert(id) {
            wrong.error(
                format!("{list}/{at}{member}"),
                "named-twice",
                "同一报检重复列出",
                "this declaration is named twice",
            );
        }
    }
    Ok(wrong.finish(Some(()))?)
}
