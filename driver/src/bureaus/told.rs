//! What a case looks like from each side.
use anyhow::Context as _;
use serde_json::Value;

use super::{Bureau, bureau::until};
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

    /// An act on it.
    pub(super) async fn act(&self, verb: &str, body: Option<Value>) -> anyhow::Result<()> {
        let acted = self.eyes.act(&format!("{}/{verb}", self.path), body.as_ref()).await;
        acted.with_context(|| format!("{verb} at {}", self.bureau.code)).map(drop)
    }

    /// Waits until a member of it says that.
    pub(super) async fn comes_to(&self, member: &str, value: &str) -> anyhow::Result<Value> {
        let what = format!("{value} at {}", self.bureau.code);
        until(&what, async || {
            let seen = self.look().await?;
            Ok((seen[member] == value).then_some(seen))
        })
        .await
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
