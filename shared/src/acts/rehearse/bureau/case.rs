//! The bureau to which a case goes (转单), or with which it lies: it answers, inspects, and gives the case back.
use serde::Deserialize;

use super::Stage;
use crate::{
    acts::between_bureaus::{self, Play},
    declaration::{self, Declaration, DeclarationId},
    exchange::Record,
    kernel::Failure,
    ledger::Tx,
};

/// What the other bureau can say of a case that is offered to it, or lies with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CaseWord {
    /// It would take the case.
    Accepted,
    /// It will not.
    Refused,
    /// Two inspectors of it begin.
    InspectionStarted,
    /// They find the goods in order.
    InspectionPassed,
    /// They find fault with them.
    InspectionFailed,
    /// It offers the case back to the office that acts next.
    Offered,
    /// It confirms that the case is ours again.
    Confirmed,
}

impl CaseWord {
    const fn play(self) -> Play {
        match self {
            Self::Accepted => Play::Accept,
            Self::Refused => Play::Refuse,
            Self::InspectionStarted => Play::Step(declaration::Action::StartInspection),
            Self::InspectionPassed => Play::Step(declaration::Action::Pass),
            Self::InspectionFailed => Play::Step(declaration::Action::Fail),
            Self::Offered => Play::Offer,
            Self::Confirmed => Play::Confirm,
        }
    }
}

/// The other bureau says something of a declaration that the player may see: the message, and the declaration after it.
pub async fn play_bureau_of_case(
    tx: &mut Tx,
    stage: Stage<'_>,
    id: DeclarationId,
    (word, reason): (CaseWord, Option<&str>),
) -> Result<(Record, Declaration), Failure> {
    let declaration = declaration::service::read(tx, stage.player, id).await?;
    let said = between_bureaus::would_say(tx, &declaration, word.play(), reason).await?;
    let message = stage.say(tx, &said.bureau, (said.kind, id.0), said.payload).await?;
    Ok((message, declaration::service::read(tx, stage.player, id).await?))
}
