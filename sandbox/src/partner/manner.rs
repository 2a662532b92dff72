//! How the bureau takes what is brought to it, on request.
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::exchange::{Envelope, MessageId, Receipt};
use uuid::Uuid;

use super::voice::Voice;

/// More than Anyport reads of an answer.
const FLOOD: usize = (8 << 20) + 1;

/// What is done with messages that are brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// Stores, and gives a receipt for each.
    #[default]
    Good,
    /// Stores, and answers late.
    Slow,
    /// Never answers, and stores nothing.
    Silent,
    /// Stores, and never answers: every receipt is lost.
    Forgetful,
    /// Has no time: 503.
    Busy,
    /// Sends the caller elsewhere.
    Redirecting,
    /// Signs that it refuses every message.
    Refusing,
    /// Stores, and gives no receipts.
    Withholding,
    /// Stores, and gives a receipt for every other message only.
    Halving,
    /// Stores, and has its receipts signed by somebody else.
    Forging,
    /// Stores, and gives receipts about messages that there never were.
    Misdirecting,
    /// Stores, and gives receipts about other content.
    Misquoting,
    /// Answers what is no JSON.
    Garbling,
    /// Answers half of its receipts' bytes.
    Truncating,
    /// Answers more than anybody reads.
    Flooding,
}

/// What goes back to the caller.
pub(super) enum Answer {
    Body(u16, Vec<u8>),
    Elsewhere,
    After(Duration, Vec<u8>),
    /// Nothing, ever.
    Never,
}

impl Manner {
    /// Whether messages are kept at all.
    pub(super) fn stores(self) -> bool {
        !matches!(self, Self::Silent | Self::Busy | Self::Redirecting | Self::Refusing)
    }

    /// What is answered, given the receipts of a bureau that behaves.
    pub(super) fn answer(
        self,
        voice: &Voice,
        brought: &[Envelope],
        receipts: Vec<Receipt>,
        late: Duration,
    ) -> anyhow::Result<Answer> {
        let told = |receipts: &[Receipt]| serde_json::to_vec(&json!({ "receipts": receipts }));
        Ok(match self {
            Self::Good | Self::Refusing => Answer::Body(200, told(&receipts)?),
            Self::Slow => Answer::After(late, told(&receipts)?),
            Self::Silent | Self::Forgetful => Answer::Never,
            Self::Busy => Answer::Body(503, b"{}".to_vec()),
            Self::Redirecting => Answer::Elsewhere,
            Self::Withholding => Answer::Body(200, told(&[])?),
            Self::Halving => {
                Answer::Body(200, told(&receipts.into_iter().step_by(2).collect::<Vec<_>>())?)
            }
            Self::Forging => {
                Answer::Body(200, told(&again(&voice.impostor(), brought, &receipts)?)?)
            }
            Self::Misdirecting => {
                Answer::Body(200, told(&misdirected(voice, brought, &receipts)?)?)
            }
            Self::Misquoting => Answer::Body(200, told(&misquoted(voice, brought, &receipts)?)?),
            Self::Garbling => Answer::Body(200, b"<html>OK</html>".to_vec()),
            Self::Truncating => {
                let whole = told(&receipts)?;
                Answer::Body(200, whole[..whole.len() / 2].to_vec())
            }
            Self::Flooding => Answer::Body(200, vec![b' '; FLOOD]),
        })
    }
}

/// The same receipts, signed by that voice about those messages.
fn again(
    voice: &Voice,
    messages: &[Envelope],
    receipts: &[Receipt],
) -> anyhow::Result<Vec<Receipt>> {
    let sealed = messages.iter().zip(receipts).map(|(message, receipt)| {
        let at = receipt.received_at.parse()?;
        voice.receipt(&message.header, at, receipt.outcome, receipt.errors.clone())
    });
    sealed.collect()
}

/// As many receipts as there were messages, none of them about one.
fn misdirected(
    voice: &Voice,
    brought: &[Envelope],
    receipts: &[Receipt],
) -> anyhow::Result<Vec<Receipt>> {
    let mut others = brought.to_vec();
    for (number, other) in (1..).zip(&mut others) {
        other.header.id = MessageId(Uuid::from_u128(number));
    }
    again(voice, &others, receipts)
}

/// Receipts of other content under the same ids.
fn misquoted(
    voice: &Voice,
    brought: &[Envelope],
    receipts: &[Receipt],
) -> anyhow::Result<Vec<Receipt>> {
    let mut others = brought.to_vec();
    for other in &mut others {
        other.header.payload_hash = shared::exchange::keys::digest(&Value::Null)?;
    }
    again(voice, &others, receipts)
}
