//! The bureau at the other end of goods that go directly (直通放行): it reads the seals and lets them go, or it issued the
//! form.
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::Stage;
use crate::{
    direct_release::{
        Consignment, ConsignmentId,
        consignment::{
            Finding, FindingKind, SealedContainer, State,
            wire::{CONFIRMED, RECALLED, REPORTED, Reported, Said},
        },
        service::consignment,
    },
    exchange::{MessageId, Record, service::played},
    kernel::Failure,
    ledger::Tx,
};

/// What the bureau at the other end can say of a consignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsignmentWord {
    /// It is at the exit port, and drawn.
    AtPort,
    /// It is at the exit port, and not drawn.
    NotChecked,
    /// An import is at its destination.
    AtDestination,
    /// The seals are those of the form.
    CheckOk,
    /// A box is damaged.
    CheckAnomaly,
    /// What was found is explained.
    Resolved,
    /// It goes no further.
    Stopped,
    /// It has left the country.
    Exited,
    /// An import came as the form says.
    Delivered,
    /// It went back.
    Returned,
    /// Whoever issued the form explains what was found here.
    Confirmed,
    /// Whoever issued the form takes it back.
    Recalled,
}

impl ConsignmentWord {
    /// Where the checking side stands when it says so; nothing is told of it by who issued the form.
    const fn state(self) -> Option<State> {
        Some(match self {
            Self::AtPort => State::AtPort,
            Self::NotChecked => State::NotChecked,
            Self::AtDestination => State::AtDestination,
            Self::CheckOk => State::CheckOk,
            Self::CheckAnomaly => State::CheckAnomaly,
            Self::Resolved => State::Resolved,
            Self::Stopped => State::Stopped,
            Self::Exited => State::Exited,
            Self::Delivered => State::Delivered,
            Self::Returned => State::Returned,
            Self::Confirmed | Self::Recalled => return None,
        })
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Confirmed => CONFIRMED,
            Self::Recalled => RECALLED,
            _ => REPORTED,
        }
    }

    fn payload(
        self,
        lot: &Consignment,
        (at, reason): (DateTime<Utc>, Option<&str>),
    ) -> serde_json::Result<Value> {
        let first_no = lot.former.first().unwrap_or(&lot.clearance_no).clone();
        let Some(state) = self.state() else {
            return serde_json::to_value(Said {
                consignment: first_no,
                version: lot.version + 1,
                reason: reason.unwrap_or("联调").to_owned(),
            });
        };
        let mut reported = Reported::of(lot, at);
        reported.version += 1;
        reported.state = state;
        reported.remark = reason.map(str::to_owned);
        if state == State::CheckAnomaly {
            reported.findings = lot.containers.first().map(damaged).into_iter().collect();
        }
        reported.goods_agree = match state {
            State::Resolved => Some(true),
            State::Stopped => Some(false),
            _ => reported.goods_agree,
        };
        serde_json::to_value(reported)
    }
}

fn damaged(container: &SealedContainer) -> Finding {
    let container_no = container.container_no.clone();
    Finding { container_no, kind: FindingKind::BoxDamaged, expected: None, read: None }
}

/// The other bureau says something of a consignment that the player may see: the message, and the consignment after it. Said
/// again at once, it is the same message again, and changes nothing.
pub async fn play_bureau_of_consignment(
    tx: &mut Tx,
    stage: Stage<'_>,
    id: ConsignmentId,
    (word, reason): (ConsignmentWord, Option<&str>),
) -> Result<(Record, Consignment), Failure> {
    let lot = consignment::read(tx, stage.player, id).await?;
    let partner = lot.checking_partner.as_deref().or(lot.issuing_partner.as_deref());
    let sender = partner.ok_or(Failure::Missing("bureau at the other end"))?;
    let message = if let Some(said) = said_already(tx, &lot, sender, word).await? {
        stage.apply(tx, sender, said).await?
    } else {
        let payload = word.payload(&lot, (tx.now, reason))?;
        stage.say(tx, sender, (word.kind(), lot.correlation()), payload).await?
    };
    Ok((message, consignment::read(tx, stage.player, id).await?))
}

/// The same word with nothing in between.
async fn said_already(
    tx: &mut Tx,
    lot: &Consignment,
    sender: &str,
    word: ConsignmentWord,
) -> Result<Option<MessageId>, Failure> {
    let last = played::last(tx, sender, lot.correlation()).await?;
    let state = word.state().map(State::name);
    Ok(last
        .filter(|last| last.kind == word.kind() && last.payload["state"].as_str() == state)
        .filter(|last| lot.updated_at <= last.received_at)
        .map(|last| last.id))
}
