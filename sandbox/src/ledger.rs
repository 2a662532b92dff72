//! The bank's own books: every order, every booking, every question. Kept in memory, and in a file that
//! survives a kill, where one was given.
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use shared::{
    kernel::Fen,
    payment::{
        PaymentId, RefundId,
        bank::{
            DebitOrder, NoRefundWord, Outcome, RefundAnswer, RefundOrder, RefundWord, Standing,
            Word,
        },
        recon::statement::{Line, LineKind},
    },
};

use crate::{behaviour::Behaviour, statement::Plant};

/// One thing that happened. A line of the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    Ordered { order: DebitOrder, behaviour: Behaviour },
    Settled(Word),
    Queried(PaymentId),
    RefundOrdered { order: RefundOrder, behaviour: Behaviour },
    RefundSettled(RefundWord),
    RefundQueried(RefundId),
    Funded { account_token: String, balance: Fen },
    TakenBack(Word),
}

/// All that is known of one payment id.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub order: DebitOrder,
    pub behaviour: Behaviour,
    /// Every word that was reached, oldest first. More than one booking: the order came more than once.
    pub words: Vec<Word>,
    pub queries: u32,
}

/// All that is known of one refund.
#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub order: RefundOrder,
    pub behaviour: Behaviour,
    /// The one word: a number is booked once.
    pub word: Option<RefundWord>,
    pub queries: u32,
}

impl Refund {
    pub(crate) fn answer(&self) -> RefundAnswer {
        let pending =
            || NoRefundWord { refund_id: self.order.refund_id, outcome: Standing::Pending };
        self.word.clone().map_or_else(|| RefundAnswer::NoWord(pending()), RefundAnswer::Word)
    }

    /// What was given back by it.
    fn given(&self) -> Fen {
        let booked = self.word.as_ref().filter(|word| word.outcome == Outcome::Success);
        booked.and_then(|word| word.amount.in_fen()).unwrap_or_default()
    }
}

/// One line of `GET /sandbox/ledger`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub payment_id: PaymentId,
    pub account_token: String,
    /// How often money was taken.
    pub debits: usize,
    pub total_fen: Fen,
    /// How often money was given back, and how much.
    pub refunds: usize,
    pub refunded_fen: Fen,
    pub outcome: Option<Outcome>,
    pub bank_refs: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    accounts: BTreeMap<PaymentId, Account>,
    refunds: BTreeMap<RefundId, Refund>,
    /// What is left in accounts of which it was said what they hold.
    balances: BTreeMap<String, Fen>,
    /// Bookings that the bank took back.
    taken_back: Vec<Word>,
    /// What is wrong with the statements that are given out.
    pub(crate) plants: Vec<Plant>,
    file: Option<File>,
}

impl Ledger {
    /// Opens the books, with all that stands in the file.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let mut ledger = Self::default();
        let Some(path) = path else { return Ok(ledger) };
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        for line in BufReader::new(&file).lines() {
            // A kill may have cut the last line short: what was not written did not happen.
            if let Ok(entry) = serde_json::from_str(&line?) {
                ledger.apply(entry);
            }
        }
        // Whatever was cut short, the next entry begins on a line of its own.
        file.write_all(b"\n")?;
        ledger.file = Some(file);
        Ok(ledger)
    }

    pub(crate) fn ordered(
        &mut self,
        order: DebitOrder,
        behaviour: Behaviour,
    ) -> std::io::Result<()> {
        self.write(Entry::Ordered { order, behaviour })
    }

    pub(crate) fn settled(&mut self, word: Word) -> std::io::Result<()> {
        self.write(Entry::Settled(word))
    }

    pub(crate) fn queried(&mut self, payment: PaymentId) -> std::io::Result<()> {
        self.write(Entry::Queried(payment))
    }

    pub(crate) fn refund_ordered(
        &mut self,
        order: RefundOrder,
        behaviour: Behaviour,
    ) -> std::io::Result<()> {
        self.write(Entry::RefundOrdered { order, behaviour })
    }

    pub(crate) fn refund_settled(&mut self, word: RefundWord) -> std::io::Result<()> {
        self.write(Entry::RefundSettled(word))
    }

    pub(crate) fn refund_queried(&mut self, refund: RefundId) -> std::io::Result<()> {
        self.write(Entry::RefundQueried(refund))
    }

    pub(crate) fn funded(&mut self, account_token: String, balance: Fen) -> std::io::Result<()> {
        self.write(Entry::Funded { account_token, balance })
    }

    pub(crate) fn taken_back(&mut self, word: Word) -> std::io::Result<()> {
        self.write(Entry::TakenBack(word))
    }

    /// The word by which a booking was taken back.
    #[must_use]
    pub(crate) fn returned(&self, bank_ref: &str) -> Option<&Word> {
        self.taken_back.iter().find(|word| word.bank_ref == bank_ref)
    }

    /// The booking of that name.
    #[must_use]
    pub(crate) fn booking(&self, bank_ref: &str) -> Option<&Word> {
        let words = self.accounts.values().flat_map(|account| &account.words);
        words.filter(|word| word.outcome == Outcome::Success).find(|word| word.bank_ref == bank_ref)
    }

    /// What is left in an account; `None`: enough for everything.
    #[must_use]
    pub(crate) fn balance(&self, account_token: &str) -> Option<Fen> {
        self.balances.get(account_token).copied()
    }

    #[must_use]
    pub(crate) fn refund(&self, refund: RefundId) -> Option<&Refund> {
        self.refunds.get(&refund)
    }

    /// What of a booking was not given back yet; `None`: there is no such booking.
    #[must_use]
    pub(crate) fn left_of(&self, payment: PaymentId, bank_ref: &str) -> Option<Fen> {
        let words = &self.accounts.get(&payment)?.words;
        let booked = words.iter().find(|word| word.bank_ref == bank_ref)?;
        let booked = Some(booked).filter(|word| word.outcome == Outcome::Success)?.fen()?;
        let given = self.refunds.values().filter(|refund| refund.order.bank_ref == bank_ref);
        Some(Fen(booked.0 - given.map(Refund::given).sum::<Fen>().0))
    }

    /// Every booking, as statements have them.
    #[must_use]
    pub(crate) fn bookings(&self) -> Vec<Line> {
        let line = |kind, subject, bank_ref: &str, amount: Option<Fen>, booked_at| {
            let bank_ref = bank_ref.to_owned();
            let (line_no, belongs_to) = (0, None);
            Some(Line { line_no, kind, bank_ref, subject, amount: amount?, booked_at, belongs_to })
        };
        let words = self.accounts.values().flat_map(|account| &account.words);
        let taken = words.filter(|word| word.outcome == Outcome::Success).filter_map(|word| {
            let (subject, amount) = (word.payment_id.0, word.fen());
            line(LineKind::Debit, subject, &word.bank_ref, amount, word.bank_time)
        });
        let words = self.refunds.values().filter_map(|refund| refund.word.as_ref());
        let given = words.filter(|word| word.outcome == Outcome::Success).filter_map(|word| {
            let (subject, amount) = (word.refund_id.0, word.amount.in_fen());
            line(LineKind::Refund, subject, &word.bank_ref, amount, word.bank_time)
        });
        let back = self.taken_back.iter().filter_map(|word| {
            let (subject, amount) = (word.payment_id.0, word.fen());
            line(LineKind::Reversal, subject, &word.bank_ref, amount, word.bank_time)
        });
        taken.chain(given).chain(back).collect()
    }

    #[must_use]
    pub(crate) fn account(&self, payment: PaymentId) -> Option<&Account> {
        self.accounts.get(&payment)
    }

    /// Everything, for those who reconcile.
    #[must_use]
    pub(crate) fn summary(&self) -> Vec<Summary> {
        let summary = |(&payment, account): (&PaymentId, &Account)| {
            let given = self.refunds.values().filter(|refund| refund.order.payment_id == payment);
            let given: Vec<Fen> = given.map(Refund::given).filter(|fen| *fen > Fen(0)).collect();
            let refunded_fen = given.iter().copied().sum();
            Summary { refunds: given.len(), refunded_fen, ..account.summary(payment) }
        };
        self.accounts.iter().map(summary).collect()
    }

    fn write(&mut self, entry: Entry) -> std::io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&entry)?;
            line.push(b'\n');
            file.write_all(&line)?;
        }
        self.apply(entry);
        Ok(())
    }

    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Ordered { order, behaviour } => {
                let fresh = Account { order: order.clone(), behaviour, words: vec![], queries: 0 };
                self.accounts.entry(order.payment_id).or_insert(fresh);
            }
            Entry::Settled(word) => {
                let Some(account) = self.accounts.get_mut(&word.payment_id) else { return };
                let booked = Some(&word).filter(|word| word.outcome == Outcome::Success);
                let token = &account.order.account_token;
                if let Some((fen, left)) =
                    booked.and_then(Word::fen).zip(self.balances.get_mut(token))
                {
                    left.0 -= fen.0;
                }
                account.words.push(word);
            }
            Entry::Queried(payment) => {
                if let Some(account) = self.accounts.get_mut(&payment) {
                    account.queries += 1;
                }
            }
            Entry::RefundOrdered { order, behaviour } => {
                let fresh = Refund { order: order.clone(), behaviour, word: None, queries: 0 };
                self.refunds.entry(order.refund_id).or_insert(fresh);
            }
            Entry::RefundSettled(word) => {
                let Some(refund) = self.refunds.get_mut(&word.refund_id) else { return };
                refund.word.get_or_insert(word);
                let given = refund.given();
                let account = self.accounts.get(&refund.order.payment_id);
                let token = account.map(|account| account.order.account_token.as_str());
                if let Some(left) = token.and_then(|token| self.balances.get_mut(token)) {
                    left.0 += given.0;
                }
            }
            Entry::Funded { account_token, balance } => {
                self.balances.insert(account_token, balance);
            }
            Entry::TakenBack(word) => self.taken_back.push(word),
            Entry::RefundQueried(refund) => {
                if let Some(refund) = self.refunds.get_mut(&refund) {
                    refund.queries += 1;
                }
            }
        }
    }
}

impl Account {
    fn summary(&self, payment_id: PaymentId) -> Summary {
        let bookings = self.words.iter().filter(|word| word.outcome == Outcome::Success);
        let total_fen = bookings.clone().filter_map(Word::fen).sum();
        Summary {
            payment_id,
            account_token: self.order.account_token.clone(),
            debits: bookings.count(),
            total_fen,
            refunds: 0,
            refunded_fen: Fen(0),
            outcome: self.words.last().map(|word| word.outcome),
            bank_refs: self.words.iter().map(|word| word.bank_ref.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::kernel::money::Amount;

    use super::*;

    #[test]
    fn the_books_survive_a_kill_in_the_middle_of_a_line() {
        let at = "2014-05-12T04:00:00Z".parse().unwrap();
        let payment_id = PaymentId::mint(at);
        let path = std::env::temp_dir().join(format!("sandbox-{payment_id}"));
        let amount = Amount::from(Fen::yuan(484));
        let (account_token, notice_no) = ("acct-ok".to_owned(), "310900114000124F01".to_owned());
        let order = DebitOrder { payment_id, notice_no, account_token, amount: amount.clone() };
        let word = Word {
            payment_id,
            outcome: Outcome::Success,
            bank_ref: "B1".into(),
            amount,
            failure_code: None,
            bank_time: at,
        };
        let mut ledger = Ledger::open(Some(&path)).unwrap();
        ledger.ordered(order, Behaviour::Ok).unwrap();
        ledger.settled(word.clone()).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"settled\":{\"payment_id").unwrap();

        let mut reopened = Ledger::open(Some(&path)).unwrap();
        reopened.settled(Word { bank_ref: "B2".into(), ..word }).unwrap();
        let again = Ledger::open(Some(&path)).unwrap();

        let _ = std::fs::remove_file(&path);
        assert_eq!(again.summary(), reopened.summary());
        assert_eq!(again.summary()[0].debits, 2);
        assert_eq!(again.summary()[0].total_fen, Fen::yuan(968));
    }
}
