//! The bank at work: takes orders, books them as they ask to be treated, and calls back.
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use shared::{
    Clock,
    kernel::{Fen, id, money::Amount},
    payment::{
        PaymentId,
        bank::{Answer, DebitOrder, FailureCode, NoWord, Outcome, Standing, Word},
        signature::{CheckingKey, SealingKey},
    },
};
use tokio::sync::watch;

use crate::{
    behaviour::Behaviour,
    callback,
    ledger::{Ledger, Summary},
    settings::Settings,
    statement,
};

/// One bank, shared by all requests.
pub struct Bank {
    pub(crate) clock: Clock,
    pub(crate) key: SealingKey,
    pub(crate) client_key: CheckingKey,
    pub(crate) callback_url: String,
    pub(crate) late: Duration,
    pub(crate) http: reqwest::Client,
    ledger: Mutex<Ledger>,
    /// Nobody is served before, and nobody called.
    closed_until: Mutex<Option<DateTime<Utc>>>,
    /// Callbacks that are still on their way.
    pub(crate) calling: watch::Sender<usize>,
}

/// How late a slow answer is.
pub(crate) const SLOWNESS: Duration = Duration::from_secs(1);

/// What becomes of an order.
pub(crate) enum Reaction<A> {
    Answer(A),
    /// An answer that somebody else signed.
    Forged(A),
    /// An empty 500.
    Break,
    /// No answer, ever.
    Hang,
}

/// The key of somebody who is not the bank.
pub(crate) fn forgers() -> SealingKey {
    SealingKey::from_seed(&[0x66; 32])
}

impl Bank {
    pub fn open(settings: Settings) -> anyhow::Result<Self> {
        Ok(Self {
            ledger: Mutex::new(Ledger::open(settings.state.as_deref())?),
            closed_until: Mutex::new(None),
            clock: settings.clock,
            key: settings.key,
            client_key: settings.client_key,
            callback_url: settings.callback_url,
            late: settings.late,
            http: reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?,
            calling: watch::Sender::new(0),
        })
    }

    /// Every debit ever ordered, with how often money was taken for it.
    pub fn summary(&self) -> Vec<Summary> {
        self.ledger().summary()
    }

    /// Returns when no callback is on its way any more.
    pub async fn quiet(&self) {
        let _ = self.calling.subscribe().wait_for(|calling| *calling == 0).await;
    }

    /// Shuts the counter for maintenance, by the shared clock.
    pub fn close_for(&self, time: chrono::Duration) {
        let until = self.clock.now() + time;
        *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    pub(crate) fn is_closed(&self) -> bool {
        let until = *self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| self.clock.now() < until)
    }

    /// Lets an account hold so much money, and no more than that be taken from it. Accounts of which nothing was said
    /// have enough.
    pub fn fund(&self, account_token: &str, balance: Fen) -> std::io::Result<()> {
        self.ledger().funded(account_token.to_owned(), balance)
    }

    /// The key that signs callbacks about a payment: not the bank's, where somebody forges them.
    pub(crate) fn calling_key(&self, payment: PaymentId) -> SealingKey {
        let behaviour = self.ledger().account(payment).map(|account| account.behaviour);
        if behaviour == Some(Behaviour::Forged) { forgers() } else { self.key.clone() }
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an order. One that comes twice is booked twice: do not send it twice.
    pub(crate) async fn debit(
        self: &std::sync::Arc<Self>,
        order: DebitOrder,
        behaviour: Behaviour,
    ) -> anyhow::Result<Reaction<Answer>> {
        if behaviour == Behaviour::Silent {
            return Ok(Reaction::Hang);
        }
        self.ledger().ordered(order.clone(), behaviour)?;
        if behaviour == Behaviour::Unknown {
            return Ok(Reaction::Break);
        }
        if behaviour == Behaviour::Slow {
            tokio::time::sleep(SLOWNESS).await;
        }
        let word = self.settle(&order, behaviour)?;
        match behaviour {
            Behaviour::Forged => {
                callback::send(self, word.clone(), Duration::ZERO);
                return Ok(Reaction::Forged(Answer::Word(word)));
            }
            Behaviour::Timeout => {
                callback::send(self, word, self.late);
                return Ok(Reaction::Hang);
            }
            Behaviour::CallbackFirst => callback::deliver(self, &word).await,
            Behaviour::Twice => {
                callback::send(self, word.clone(), Duration::ZERO);
                callback::send(self, word.clone(), Duration::ZERO);
            }
            _ => callback::send(self, word.clone(), Duration::ZERO),
        }
        Ok(Reaction::Answer(Answer::Word(word)))
    }

    /// Says what became of an order.
    pub(crate) fn query(self: &std::sync::Arc<Self>, payment: PaymentId) -> anyhow::Result<Answer> {
        self.ledger().queried(payment)?;
        let Some(account) = self.ledger().account(payment).cloned() else {
            let outcome = Standing::NotFound;
            return Ok(Answer::NoWord(NoWord { payment_id: payment, outcome }));
        };
        if let Some(word) = account.words.first() {
            return Ok(Answer::Word(word.clone()));
        }
        if account.queries > 2 {
            let word = self.settle(&account.order, account.behaviour)?;
            callback::send(self, word.clone(), Duration::ZERO);
            return Ok(Answer::Word(word));
        }
        Ok(Answer::NoWord(NoWord { payment_id: payment, outcome: Standing::Pending }))
    }

    /// Takes a booking back, its own or one that was planted in a statement, and calls; `false`: there is none. Called
    /// twice, it calls twice and books once.
    pub fn take_back(self: &std::sync::Arc<Self>, bank_ref: &str) -> std::io::Result<bool> {
        let word = {
            let mut ledger = self.ledger();
            let known = ledger.returned(bank_ref).cloned();
            let fresh = known.is_none();
            let booked = known.or_else(|| ledger.booking(bank_ref).cloned());
            let Some(booked) = booked.or_else(|| statement::stray_of(bank_ref)) else {
                return Ok(false);
            };
            if fresh {
                let now = self.clock.now();
                let word = Word { outcome: Outcome::Reversed, bank_time: now, ..booked };
                ledger.taken_back(word.clone())?;
                word
            } else {
                booked
            }
        };
        callback::send(self, word, Duration::ZERO);
        Ok(true)
    }

    /// Reaches a last word and writes it down.
    fn settle(&self, order: &DebitOrder, behaviour: Behaviour) -> anyhow::Result<Word> {
        let now = self.clock.now();
        let is_short = {
            let balance = self.ledger().balance(&order.account_token);
            balance.zip(order.amount.in_fen()).is_some_and(|(balance, fen)| fen > balance)
        };
        let refused = behaviour == Behaviour::Refuse || is_short;
        let amount = match (behaviour, order.amount.in_fen()) {
            (Behaviour::Misbook, Some(fen)) => Amount::from(fen + Fen::yuan(1)),
            _ => order.amount.clone(),
        };
        let word = Word {
            payment_id: order.payment_id,
            outcome: if refused { Outcome::Failed } else { Outcome::Success },
            bank_ref: format!("B{}", id::mint(now).simple()),
            amount,
            failure_code: refused.then_some(FailureCode::InsufficientFunds),
            bank_time: now,
        };
        self.ledger().settled(word.clone())?;
        Ok(word)
    }
}
