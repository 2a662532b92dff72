//! Who is responsible for a case that changes hands between bureaus: the protocol, without any I/O.
//!
//! Two ledgers cannot change at one instant, so one of them decides: the offerer's. It offers; the other side agrees
//! and may not act yet; the offerer, if the offer is still open by its own clock, lets go of the case and confirms;
//! only then does the other side hold it. An offer that was recalled or has expired is voided instead. Between letting
//! go and the confirmation nobody acts; never do two.
//!
//! What a side has to say about a handoff is a function of where the handoff stands in its own ledger
//! ([`Crossing::word`]), so that saying it again, late or out of order, changes nothing. Handoffs of one case are
//! counted by its holder, whoever that is: the generation. Nothing of a lower generation has any effect on a higher one.
#[cfg(test)]
mod model_test;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Answer, State};
use crate::kernel::Refusal;

/// Which way a case goes, seen from one bureau.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "UPPERCASE")]
pub enum Way {
    /// This bureau offers.
    Out,
    /// It is offered to this bureau.
    In,
}

impl Way {
    /// The name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Out => "OUT",
            Self::In => "IN",
        }
    }
}

/// Why an offer does not stand any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Void {
    Recalled,
    Expired,
}

/// What one side says to the other about one handoff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Offerer: will you take it?
    Offered { expires_at: DateTime<Utc> },
    /// Other side: we would.
    Accepted,
    /// Other side: we will not.
    Refused,
    /// Offerer: it is yours.
    Confirmed,
    /// Offerer: the offer stands no more.
    Voided(Void),
}

/// One handoff between two bureaus, as one of them knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub way: Way,
    /// The other bureau.
    pub partner: String,
    pub state: State,
    pub expires_at: DateTime<Utc>,
}

impl Crossing {
    /// What the other side should have been told last.
    #[must_use]
    pub const fn word(&self) -> Option<Word> {
        match (self.way, self.state) {
            (Way::Out, State::Offered) => Some(Word::Offered { expires_at: self.expires_at }),
            (Way::Out, State::Accepted) => Some(Word::Confirmed),
            (Way::Out, State::Recalled) => Some(Word::Voided(Void::Recalled)),
            (Way::Out, State::Expired) => Some(Word::Voided(Void::Expired)),
            (Way::In, State::Agreed) => Some(Word::Accepted),
            (Way::In, State::Refused) => Some(Word::Refused),
            (Way::Out, State::Agreed | State::Refused)
            | (Way::In, State::Offered | State::Accepted | State::Recalled | State::Expired) => {
                None
            }
        }
    }
}

/// What one bureau knows of one case and its handoffs to and from other bureaus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The case lies with this bureau.
    pub holds: bool,
    /// By generation.
    pub crossings: BTreeMap<i32, Crossing>,
}

/// What hearing a word came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A new offer. Those of lower generations that were still open are over.
    Offered { over: Vec<i32> },
    /// The handoff moved.
    Answered(Answer),
    /// The other side has missed our last word: say it again.
    SayAgain,
    /// Known already, or out of date.
    Nothing,
}

impl Side {
    /// The latest handoff that this side knows of.
    #[must_use]
    pub fn generation(&self) -> i32 {
        self.crossings.keys().next_back().copied().unwrap_or(0)
    }

    /// Whether this bureau may act on the case: it holds it, and does not offer it to another.
    #[must_use]
    pub fn may_act(&self) -> bool {
        self.holds && !self.crossings.values().any(|one| one.way == Way::Out && one.state.is_open())
    }

    /// Offers the case; says under which generation.
    pub fn offer(&mut self, partner: &str, expires_at: DateTime<Utc>) -> Result<i32, Refusal> {
        if !self.may_act() {
            return Err(Refusal::new(
                "handoff/lies-elsewhere",
                "only who is responsible offers a case, and only once at a time",
            ));
        }
        let generation = self.generation() + 1;
        let partner = partner.to_owned();
        let (way, state) = (Way::Out, State::Offered);
        self.crossings.insert(generation, Crossing { way, partner, state, expires_at });
        Ok(generation)
    }

    /// Answers on this side: agrees to an offer or refuses it, recalls an own offer or lets it expire.
    pub fn answer(
        &mut self,
        generation: i32,
        answer: &Answer,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let crossing = self.crossings.get_mut(&generation).ok_or_else(unknown)?;
        let is_own = match answer {
            Answer::Agree | Answer::Refuse { .. } => crossing.way == Way::In,
            Answer::Recall => crossing.way == Way::Out,
            Answer::Expire => crossing.way == Way::Out && now >= crossing.expires_at,
            Answer::Accept => false,
        };
        if !is_own {
            let detail = "this answer is the other bureau's to give, or not due yet";
            return Err(Refusal::new("handoff/not-yours-to-answer", detail));
        }
        crossing.state = crossing.state.take(answer)?;
        Ok(())
    }

    /// The other side said something about a handoff.
    pub fn hear(
        &mut self,
        from: &str,
        generation: i32,
        word: Word,
        now: DateTime<Utc>,
    ) -> Result<Heard, Refusal> {
        match self.crossings.get(&generation) {
            None => self.hear_of_unknown(from, generation, word),
            Some(known) if known.partner != from => Err(unknown()),
            Some(known) => match known.way {
                Way::Out => self.hear_answer(generation, word, now),
                Way::In => self.hear_decision(generation, word),
            },
        }
    }

    /// Only an offerer can speak first.
    fn hear_of_unknown(
        &mut self,
        from: &str,
        generation: i32,
        word: Word,
    ) -> Result<Heard, Refusal> {
        let (state, expires_at) = match word {
            Word::Offered { expires_at } => (State::Offered, expires_at),
            // It was overtaken by its own end: an offer that comes later finds itself over.
            Word::Voided(Void::Recalled) => (State::Recalled, DateTime::UNIX_EPOCH),
            Word::Voided(Void::Expired) => (State::Expired, DateTime::UNIX_EPOCH),
            Word::Accepted | Word::Refused | Word::Confirmed => return Err(unknown()),
        };
        if self.holds {
            let detail = "the case lies with this bureau: nobody else can offer it";
            return Err(Refusal::new("handoff/lies-here", detail));
        }
        if generation <= self.generation() {
            return Ok(Heard::Nothing);
        }
        let partner = from.to_owned();
        let open = |(known, one): (&i32, &mut Crossing)| {
            one.state.is_open().then(|| {
                one.state = State::Recalled;
                *known
            })
        };
        let over = self.crossings.iter_mut().filter_map(open).collect();
        self.crossings.insert(generation, Crossing { way: Way::In, partner, state, expires_at });
        Ok(if state == State::Offered { Heard::Offered { over } } else { Heard::Nothing })
    }

    /// To what this side offered. Here, and only here, is it decided.
    fn hear_answer(
        &mut self,
        generation: i32,
        word: Word,
        now: DateTime<Utc>,
    ) -> Result<Heard, Refusal> {
        let Some(crossing) = self.crossings.get_mut(&generation) else { return Err(unknown()) };
        let answer = match (crossing.state, word) {
            (State::Offered, Word::Accepted) if now < crossing.expires_at => Answer::Accept,
            (State::Offered, Word::Accepted) => Answer::Expire,
            (State::Offered, Word::Refused) => Answer::Refuse { code: String::new(), text: None },
            (State::Accepted | State::Recalled | State::Expired, Word::Accepted) => {
                return Ok(Heard::SayAgain);
            }
            (_, Word::Accepted | Word::Refused) => return Ok(Heard::Nothing),
            (_, Word::Offered { .. } | Word::Confirmed | Word::Voided(_)) => {
                return Err(not_theirs());
            }
        };
        crossing.state = crossing.state.take(&answer)?;
        if answer == Answer::Accept {
            self.holds = false;
        }
        Ok(Heard::Answered(answer))
    }

    /// About what was offered to this side.
    fn hear_decision(&mut self, generation: i32, word: Word) -> Result<Heard, Refusal> {
        let Some(crossing) = self.crossings.get_mut(&generation) else { return Err(unknown()) };
        let answer = match (crossing.state, word) {
            (State::Agreed, Word::Confirmed) => Answer::Accept,
            (State::Offered | State::Agreed, Word::Voided(Void::Recalled)) => Answer::Recall,
            (State::Offered | State::Agreed, Word::Voided(Void::Expired)) => Answer::Expire,
            (State::Accepted, Word::Confirmed)
            | (_, Word::Offered { .. })
            | (State::Refused | State::Recalled | State::Expired, Word::Voided(_)) => {
                return Ok(Heard::Nothing);
            }
            (_, Word::Confirmed | Word::Voided(_) | Word::Accepted | Word::Refused) => {
                return Err(not_theirs());
            }
        };
        crossing.state = crossing.state.take(&answer)?;
        if answer == Answer::Accept {
            self.holds = true;
        }
        Ok(Heard::Answered(answer))
    }
}

fn unknown() -> Refusal {
    Refusal::new("handoff/unknown", "nobody offered this case so, between these two bureaus")
}

fn not_theirs() -> Refusal {
    Refusal::new(
        "handoff/not-theirs-to-say",
        "where this handoff stands, the other side cannot say so",
    )
}
