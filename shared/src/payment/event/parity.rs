//! Whether the books and the records agree.
use serde::Serialize;
use uuid::Uuid;

use crate::{kernel::Fen, ledger::Event, payment::audit::Fault};

/// The alarm: something disagrees. It names the first of what does. The subject is the alarm.
#[derive(Debug, Serialize)]
pub struct ParityBroken<'a> {
    #[serde(skip)]
    pub alarm: Uuid,
    /// Of all entries; zero, but for the worst.
    pub sum_fen: Fen,
    /// Accounts that do not hold what they should.
    pub accounts: Vec<&'a String>,
    /// Notices, payments and releases that do not fit each other.
    pub faults: Vec<&'a Fault>,
}

impl Event for ParityBroken<'_> {
    const KIND: &'static str = "payment.parity_broken";
    fn subject(&self) -> Uuid {
        self.alarm
    }
}

/// All agrees again. The subject is the alarm that ends.
#[derive(Debug, Serialize)]
pub struct ParityRestored {
    #[serde(skip)]
    pub alarm: Uuid,
}

impl Event for ParityRestored {
    const KIND: &'static str = "payment.parity_restored";
    fn subject(&self) -> Uuid {
        self.alarm
    }
}
