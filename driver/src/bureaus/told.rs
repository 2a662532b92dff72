//! What a case looks like from each side.
use serde_json::Value;

use super::Bureau;
use crate::{session::Session, tally, wire::Timeline};

/// One side of a business: who looks, and where its timeline is.
pub(super) struct Side<'a> {
    pub(super) bureau: &'a Bureau,
    pub(super) eyes: &'a Session,
    /// `/v1/transfers/{id}`; its timeline is below it.
    pub(super) path: String,
}

impl Side<'_> {
    /// The thing itself, as this side has it.
    pub(super) async fn look(&self) -> anyhow::Result<Value> {
        Ok(self.eyes.get(&self.path).await?)
    }

    /// Prints everything that happened here.
    pub(super) async fn tell(&self) -> anyhow::Result<()> {
        let timeline: Timeline = self.eyes.get(&format!("{}/timeline", self.path)).await?;
        println!("  {} {}", self.bureau.code, self.path);
        for line in timeline.data.iter().map(tally::line) {
            println!("    {line}");
        }
        Ok(())
    }
}

/// Prints all sides, one after the other.
pub(super) async fn tell(sides: &[Side<'_>]) -> anyhow::Result<()> {
    for side in sides {
        side.tell().await?;
    }
    Ok(())
}

/// A member of an answer as text.
pub(super) fn text<'a>(body: &'a Value, pointer: &str) -> &'a str {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
