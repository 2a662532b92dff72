//! The bureau on the other end of a transfer: the port that claims and swaps it, or the origin that takes it back.
use serde::Deserialize;
use serde_json::Value;

use super::Stage;
use crate::{
    exchange::{MessageId, Record, service::played},
    kernel::Failure,
    ledger::Tx,
    swap::{
        self, Action, Transfer, TransferId,
        message::{Decided, Report, step_of},
    },
};

/// What the bureau on the other end of a transfer can say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TransferWord {
    /// The port has it.
    Received,
    /// Somebody claimed it at the port.
    Claimed,
    /// The claimant took the claim back.
    ClaimWithdrawn,
    /// The port looks at the goods.
    CheckOrdered,
    /// The goods are in order.
    CheckPassed,
    /// The port does not look at them after all.
    CheckWaived,
    /// Goods and papers do not agree.
    CheckFailed,
    /// Exchanged for a clearance form.
    Swapped,
    /// The port refuses the goods: they go back.
    Returned,
    /// Customs has used the form.
    Consumed,
    /// Its last day is over.
    Expired,
    /// The port gave it back, as it was asked to.
    RevocationApplied,
    /// The port cannot give it back.
    RevocationRefused,
    /// Too many guessed at its password.
    Locked,
    /// The origin agrees to a correction of what was found here.
    CorrectionAgreed,
    /// The origin takes it back.
    Revoked,
}

impl TransferWord {
    /// The type of the message that says so.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Received => Action::Receive.event(),
            Self::Claimed => Action::Claim.event(),
            Self::ClaimWithdrawn => Action::WithdrawClaim.event(),
            Self::CheckOrdered => Action::OrderCheck.event(),
            Self::CheckPassed => Action::PassCheck.event(),
            Self::CheckWaived => Action::WaiveCheck.event(),
            Self::CheckFailed => Action::FailCheck.event(),
            Self::Swapped => Action::Swap.event(),
            Self::Returned => Action::Return.event(),
            Self::Consumed => Action::Consume.event(),
            Self::Expired => Action::Expire.event(),
            Self::RevocationApplied => Action::Revoke.event(),
            Self::RevocationRefused => "transfer.revocation_refused",
            Self::Locked => "transfer.locked",
            Self::CorrectionAgreed => "transfer.correction_agreed",
            Self::Revoked => "transfer.revoked",
        }
    }

    /// Why it says so: what the player wants it to say, else something where a reason is needed.
    fn reason(self, wanted: Option<&str>) -> Option<&str> {
        use TransferWord::{CheckFailed, CorrectionAgreed, Returned, RevocationRefused, Revoked};
        let is_needed =
            matches!(self, CheckFailed | Returned | RevocationRefused | CorrectionAgreed | Revoked);
        wanted.or(is_needed.then_some("联调"))
    }

    /// What the message tells. Numbers that the port would give are made of the origin's.
    fn payload(self, transfer: &Transfer, reason: Option<&str>) -> serde_json::Result<Value> {
        let reason = reason.map(str::to_owned);
        if matches!(self, Self::CorrectionAgreed | Self::Revoked) {
            return serde_json::to_value(Decided {
                transfer_no: transfer.transfer_no.clone(),
                version: transfer.origin_version + 1,
                reason: reason.unwrap_or_default(),
            });
        }
        let mut report = Report { reason, ..Report::of(transfer) };
        report.version += 1;
        let port_org = report.port_org.unwrap_or_else(|| transfer.port_bureau.clone());
        match self {
            Self::Received | Self::ClaimWithdrawn => report.port_decl_no = None,
            Self::Claimed | Self::Swapped => {
                let serial = transfer.decl_no.get(6..).unwrap_or_default();
                let made = format!("{port_org}{serial}");
                report.port_decl_no = report.port_decl_no.or(Some(made));
            }
            _ => {}
        }
        if self == Self::Swapped {
            report.clearance_no = report.port_decl_no.as_ref().map(|number| format!("{number}000"));
            report.valid_until = Some(transfer.valid_until);
        }
        report.port_org = Some(port_org);
        serde_json::to_value(report)
    }
}

/// The other bureau says something of a transfer that the player may see: the message, and the transfer after it. Said again
/// at once, it is the same message again, and changes nothing.
pub async fn play_bureau(
    tx: &mut Tx,
    stage: Stage<'_>,
    id: TransferId,
    (word, reason): (TransferWord, Option<&str>),
) -> Result<(Record, Transfer), Failure> {
    let reason = word.reason(reason);
    let transfer = swap::service::read(tx, stage.player, id).await?;
    let sender = transfer.partner();
    let message = if let Some(said) = said_already(tx, &transfer, (word, reason)).await? {
        stage.apply(tx, sender, said).await?
    } else {
        let payload = word.payload(&transfer, reason)?;
        stage.say(tx, sender, (word.kind(), transfer.correlation_id), payload).await?
    };
    Ok((message, swap::service::read(tx, stage.player, id).await?))
}

/// The same word with nothing in between, where it cannot be meant a second time.
async fn said_already(
    tx: &mut Tx,
    transfer: &Transfer,
    (word, reason): (TransferWord, Option<&str>),
) -> Result<Option<MessageId>, Failure> {
    let last = played::last(tx, transfer.partner(), transfer.correlation_id).await?;
    Ok(last
        .filter(|last| last.kind == word.kind() && last.payload["reason"].as_str() == reason)
        .filter(|last| transfer.updated_at <= last.received_at)
        .filter(|last| step_of(&last.kind).and_then(|step| transfer.state.after(step)).is_none())
        .map(|last| last.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_port_is_a_message_that_a_port_sends() {
        use TransferWord::*;
        let steps = [
            Received,
            Claimed,
            ClaimWithdrawn,
            CheckOrdered,
            CheckPassed,
            CheckWaived,
            CheckFailed,
            Swapped,
            Returned,
            Consumed,
            Expired,
            RevocationApplied,
        ];
        for word in steps {
            assert!(step_of(word.kind()).is_some(), "{word:?}");
        }
        let played: Vec<_> = steps.iter().map(|word| word.kind()).collect();
        let missing: Vec<_> = Action::ALL
            .iter()
            .map(|step| step.event())
            .filter(|kind| !played.contains(kind))
            .collect();
        assert_eq!(missing, [Action::Send.event()], "who carries it says so, not the port");
    }
}
