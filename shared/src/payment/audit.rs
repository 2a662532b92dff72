//! The proof of the books, for an auditor: what each kind of account holds, and every account of which the rest of the
//! tables say something else.
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::kernel::Fen;

/// On which side an account grows.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Side {
    Debit,
    Credit,
}

/// All accounts of one kind together.
#[derive(Clone, Debug)]
pub struct Kind {
    /// `RECEIVABLE`, `BANK` …
    pub kind: String,
    pub side: Side,
    pub name_zh: String,
    pub name_en: String,
    /// How many accounts of this kind were ever used.
    pub accounts: i64,
    pub entries: i64,
    pub debits: Fen,
    pub credits: Fen,
}

impl Kind {
    /// What it holds, on its own side.
    #[must_use]
    pub const fn balance(&self) -> Fen {
        match self.side {
            Side::Debit => Fen(self.debits.0 - self.credits.0),
            Side::Credit => Fen(self.credits.0 - self.debits.0),
        }
    }
}

/// An account that does not hold what notices, payments, refunds and the bank's words say. Debits less credits.
#[derive(Clone, Debug)]
pub struct Difference {
    pub account: String,
    pub booked: Fen,
    pub claimed: Fen,
}

/// The books at one moment.
#[derive(Clone, Debug)]
pub struct Audit {
    pub kinds: Vec<Kind>,
    pub differences: Vec<Difference>,
}

impl Audit {
    #[must_use]
    pub fn entries(&self) -> i64 {
        self.kinds.iter().map(|kind| kind.entries).sum()
    }

    /// Of all entries: zero, or a row was written that no posting can be.
    #[must_use]
    pub fn sum(&self) -> Fen {
        Fen(self.kinds.iter().map(|kind| kind.debits.0 - kind.credits.0).sum())
    }

    /// Nothing is missing, nothing is too much.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.sum() == Fen(0) && self.differences.is_empty()
    }

    /// A page to read.
    #[must_use]
    pub fn text(&self) -> String {
        let mut page = format!(
            "{:<16} {:>8} {:>10} {:>18} {:>18} {:>18}  {}\n",
            "account", "accounts", "entries", "debits", "credits", "balance", "side"
        );
        for kind in &self.kinds {
            let Kind { kind: name, side, name_zh, accounts, entries, debits, credits, .. } = kind;
            let _ = writeln!(
                page,
                "{name:<16} {accounts:>8} {entries:>10} {:>18} {:>18} {:>18}  {side:?} {name_zh}",
                debits.in_yuan(),
                credits.in_yuan(),
                kind.balance().in_yuan(),
            );
        }
        let _ = writeln!(page, "sum of all {} entries: {}", self.entries(), self.sum().in_yuan());
        for Difference { account, booked, claimed } in &self.differences {
            let (booked, claimed) = (booked.in_yuan(), claimed.in_yuan());
            let _ = writeln!(page, "DIFFERENCE {account}: {booked} booked, {claimed} claimed");
        }
        page
    }
}
