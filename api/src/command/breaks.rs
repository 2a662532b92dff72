//! `api openapi --against FILE`: what of an earlier contract this one breaks.
use std::{fs, path::Path};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::document::breaking;

/// Prints every broken promise; fails if there is any.
pub(super) fn tell(earlier: &Path) -> anyhow::Result<()> {
    let text = fs::read(earlier).with_context(|| format!("reading {}", earlier.display()))?;
    let old: Value =
        serde_json::from_slice(&text).with_context(|| earlier.display().to_string())?;
    let broken = breaking::breaks(&old, &crate::PUBLISHED);
    for promise in &broken {
        println!("{promise}");
    }
    if broken.is_empty() { Ok(()) } else { bail!("{} promises are broken", broken.len()) }
}
