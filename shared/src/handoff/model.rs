//! A handoff and its two receipts.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::protocol::Way;
use crate::{
    declaration::{DeclarationId, holder},
    kernel::{Actor, Refusal, hex, lifecycle},
};

crate::id!(
    /// One case on its way from one office to another.
    HandoffId
);

/// Where a handoff stands. All but `OFFERED` and `AGREED` are final.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = HandoffState)]
pub enum State {
    Offered,
    /// From another bureau: this side would take the case, and waits for the offerer's word. It may not act yet.
    Agreed,
    Accepted,
    Refused,
    Recalled,
    Expired,
}

/// What can be said to an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The other side takes the case on, or the offerer's word that it may is here.
    Accept,
    /// The other side would take a case of another bureau, whose word it then waits for.
    Agree,
    /// `code` is `WRONG_OFFICE`, `NOT_PARTICIPATING` or `OTHER`, the last with words.
    Refuse { code: String, text: Option<String> },
    /// The offerer takes it back.
    Recall,
    /// Nobody answered in time.
    Expire,
}

impl State {
    pub const ALL: [Self; 6] =
        [Self::Offered, Self::Agreed, Self::Accepted, Self::Refused, Self::Recalled, Self::Expired];

    /// The whole lifecycle: an offer is answered once. Between bureaus the answer is a wish, and the offerer decides.
    #[must_use]
    pub const fn after(self, answer: &Answer) -> Option<Self> {
        match (self, answer) {
            (Self::Offered, Answer::Agree) => Some(Self::Agreed),
            (Self::Offered, Answer::Refuse { .. }) => Some(Self::Refused),
            (Self::Offered | Self::Agreed, Answer::Accept) => Some(Self::Accepted),
            (Self::Offered | Self::Agreed, Answer::Recall) => Some(Self::Recalled),
            (Self::Offered | Self::Agreed, Answer::Expire) => Some(Self::Expired),
            _ => None,
        }
    }

    /// Not decided yet.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Offered | Self::Agreed)
    }

    pub fn take(self, answer: &Answer) -> Result<Self, Refusal> {
        self.after(answer).ok_or_else(|| {
            Refusal::new(
                "handoff/already-answered",
                format!("this handoff is {} already", self.name()),
            )
        })
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offered => "OFFERED",
            Self::Agreed => "AGREED",
            Self::Accepted => "ACCEPTED",
            Self::Refused => "REFUSED",
            Self::Recalled => "RECALLED",
            Self::Expired => "EXPIRED",
        }
    }
}

/// The diagram of `docs/lifecycle/handoff.md`.
#[must_use]
pub fn mermaid() -> String {
    let answers = [
        ("Accept", Answer::Accept),
        ("Agree", Answer::Agree),
        ("Refuse", Answer::Refuse { code: String::new(), text: None }),
        ("Recall", Answer::Recall),
        ("Expire", Answer::Expire),
    ];
    lifecycle::mermaid(
        &State::ALL,
        &answers,
        |from, (_, answer)| from.after(answer),
        State::name,
        |(label, _)| (*label).to_owned(),
    )
}

/// A case offered by one office to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    pub id: HandoffId,
    pub declaration_id: DeclarationId,
    pub from_org: String,
    pub to_org: String,
    /// The status that asked for it.
    pub cause: String,
    pub state: State,
    pub offered_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    /// When the other side received responsibility.
    pub receipt_at: Option<DateTime<Utc>>,
    /// The offerer's receipt: what was offered, by whom, to whom, when.
    pub offer_receipt: String,
    /// The other side's receipt: the offer and what was answered to it.
    pub answer_receipt: Option<String>,
    pub refusal_code: Option<String>,
    pub refusal_text: Option<String>,
    pub escalated_at: Option<DateTime<Utc>>,
}

/// A handoff about to be offered.
#[derive(Clone, Debug)]
pub struct Offer {
    pub actor: Actor,
    pub declaration_id: DeclarationId,
    pub from_org: String,
    pub to_org: String,
    pub cause: &'static str,
    pub expires_at: DateTime<Utc>,
}

impl Offer {
    /// The handoff that this offer makes.
    #[must_use]
    pub(super) fn made(&self, now: DateTime<Utc>) -> Handoff {
        let mut handoff = Handoff {
            id: HandoffId::mint(now),
            declaration_id: self.declaration_id,
            from_org: self.from_org.clone(),
            to_org: self.to_org.clone(),
            cause: self.cause.to_owned(),
            state: State::Offered,
            offered_at: now,
            expires_at: self.expires_at,
            answered_at: None,
            receipt_at: None,
            offer_receipt: String::new(),
            answer_receipt: None,
            refusal_code: None,
            refusal_text: None,
            escalated_at: None,
        };
        handoff.offer_receipt = handoff.receipt_of_offer(&now.to_rfc3339());
        handoff
    }
}

impl Handoff {
    /// What the offerer keeps of its offer, made at that moment as it is written.
    #[must_use]
    pub fn receipt_of_offer(&self, at: &str) -> String {
        receipt(&[
            self.id.to_string(),
            self.declaration_id.to_string(),
            self.from_org.clone(),
            self.to_org.clone(),
            at.to_owned(),
        ])
    }

    /// Between offices of two bureaus: then both ledgers speak of it, and the offerer decides.
    #[must_use]
    pub fn is_between_bureaus(&self) -> bool {
        !holder::are_of_one_bureau(&self.from_org, &self.to_org)
    }

    /// Which way the case goes, seen from this bureau.
    #[must_use]
    pub fn way(&self, own: &str) -> Way {
        if holder::are_of_one_bureau(&self.from_org, own) { Way::Out } else { Way::In }
    }

    /// The other bureau, seen from this one.
    #[must_use]
    pub fn partner(&self, own: &str) -> String {
        holder::bureau_of(match self.way(own) {
            Way::Out => &self.to_org,
            Way::In => &self.from_org,
        })
    }

    /// Answers the offer, or says why it cannot be answered any more.
    pub fn answer(&mut self, answer: &Answer, now: DateTime<Utc>) -> Result<(), Refusal> {
        let was_agreed = self.state == State::Agreed;
        self.state = self.state.take(answer)?;
        if !(was_agreed && *answer == Answer::Accept) {
            // What was agreed was answered then; the receipt stays the one that was given.
            self.answered_at = Some(now);
            self.answer_receipt =
                Some(answer_receipt(&self.offer_receipt, self.state, &now.to_rfc3339()));
        }
        match answer {
            Answer::Agree | Answer::Recall => {}
            Answer::Accept => self.receipt_at = Some(now),
            Answer::Refuse { code, text } => {
                self.refusal_code = Some(code.clone());
                self.refusal_text.clone_from(text);
                self.escalated_at = Some(now);
            }
            Answer::Expire => self.escalated_at = Some(now),
        }
        Ok(())
    }
}

/// What the other side keeps of its answer, and gives to the offerer. Agreeing is accepting, as far as it can.
#[must_use]
pub fn answer_receipt(offer_receipt: &str, state: State, at: &str) -> String {
    let said = match state {
        State::Agreed => State::Accepted,
        other => other,
    };
    receipt(&[offer_receipt.to_owned(), said.name().to_owned(), at.to_owned()])
}

/// SHA-256 over the facts, one a line.
fn receipt(facts: &[String]) -> String {
    hex(&Sha256::digest(facts.join("\n").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Handoff {
        Offer {
            actor: Actor::system(),
            declaration_id: DeclarationId(uuid::Uuid::nil()),
            from_org: "310900".into(),
            to_org: "311000".into(),
            cause: "SELECTED",
            expires_at: "2014-05-12T03:00:00Z".parse().unwrap(),
        }
        .made("2014-05-12T02:30:00Z".parse().unwrap())
    }

    #[test]
    fn an_offer_is_answered_once() {
        let now = "2014-05-12T02:31:00Z".parse().unwrap();
        let mut handoff = offered();
        handoff.answer(&Answer::Accept, now).unwrap();
        let again = handoff.answer(&Answer::Recall, now).unwrap_err();
        assert_eq!(again.code, "handoff/already-answered");
        assert_eq!(handoff.state, State::Accepted);
    }

    #[test]
    fn what_was_agreed_is_accepted_later_and_keeps_its_first_answer() {
        let agreed_at = "2014-05-12T02:31:00Z".parse().unwrap();
        let mut handoff = offered();
        handoff.answer(&Answer::Agree, agreed_at).unwrap();
        let receipt = handoff.answer_receipt.clone();
        handoff.answer(&Answer::Accept, "2014-05-12T02:32:00Z".parse().unwrap()).unwrap();
        assert_eq!((handoff.answered_at, handoff.answer_receipt), (Some(agreed_at), receipt));
        assert_ne!(handoff.receipt_at, Some(agreed_at));
    }

    #[test]
    fn each_side_has_a_receipt_of_its_own() {
        let mut handoff = offered();
        handoff.answer(&Answer::Accept, handoff.expires_at).unwrap();
        assert_eq!(handoff.offer_receipt.len(), 64);
        assert_ne!(Some(handoff.offer_receipt), handoff.answer_receipt);
    }
}
