//! The proof of the books, for an auditor: what each kind of account holds, and every account of which the rest of the
//! tables say something else.
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::{declaration::DeclarationId, kernel::Fen};

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

/// In what notices, payments and releases do not fit each other.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultKind {
    /// A notice is paid, and no payment of it succeeded.
    PaidWithoutPayment,
    /// A payment succeeded, and its notice is not paid.
    PaymentWithoutNotice,
    /// A notice is being paid, and no payment is under way.
    PayingWithoutPayment,
    /// Goods were released before their fees were settled (ruling R5).
    ReleasedUnpaid,
}

/// A notice that does not fit its payments or its goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub kind: FaultKind,
    pub declaration: DeclarationId,
    pub notice_no: String,
}

/// The books at one moment, and the records beside them.
#[derive(Clone, Debug)]
pub struct Audit {
    pub kinds: Vec<Kind>,
    pub differences: Vec<Difference>,
    /// The first hundred.
    pub faults: Vec<Fault>,
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

    /// Nothing is missing, nothing is too much, and the records fit each other.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.sum() == Fen(0) && self.differences.is_empty() && self.faults.is_empty()
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
        for Fault { kind, declaration, notice_no } in &self.faults {
            let _ = writeln!(page, "FAULT {kind:?}: notice {notice_no} of {declaration}");
        }
        page
    }
}
