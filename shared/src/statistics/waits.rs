//! How long things usually wait: medians of what an office, or a bank, ended of late. Pure.
use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Wait {
    /// An officer accepts what the system was in doubt about.
    Review,
    /// Two inspectors come to a result.
    Inspection,
    /// The goods are released.
    Release,
    /// An office answers an offer.
    Handoff,
    /// A bank says what became of a debit.
    Payment,
    /// Two officers approve a refund, or one refuses it.
    RefundApproval,
    /// A cashier lets an approved refund be paid.
    RefundPayout,
    /// A bank says what became of a refund.
    Refund,
    /// An officer decides a wish to amend.
    Amendment,
    /// A port receives a transfer.
    TransferArrival,
    /// A port exchanges a claimed transfer for its form.
    Swap,
    /// A port gives a transfer back that its origin asked for.
    Revocation,
    /// An officer of the origin answers what a port asks.
    TransferAmendment,
    /// A port makes, or drops, the amendment that its origin agreed to.
    AgreedAmendment,
    /// Officers decide what to make of a class that another bureau told.
    Recognition,
}

/// One median, as it was read.
#[derive(Clone, Debug)]
pub(super) struct Median {
    pub wait: Wait,
    /// The office, the bank or the other bureau.
    pub at: String,
    pub seconds: i64,
}

/// The medians of one reading. Where nothing has ended yet, there is none.
#[derive(Clone, Debug, Default)]
pub struct Waits(HashMap<(Wait, String), Duration>);

impl Waits {
    pub(super) fn of(medians: Vec<Median>) -> Self {
        // Less than a second tells nobody when to ask again.
        let usual = |median: &Median| Duration::seconds(median.seconds.max(1));
        Self(medians.into_iter().map(|one| ((one.wait, one.at.clone()), usual(&one))).collect())
    }

    /// When something that waits since then is to be expected. What is late already is expected after as long again:
    /// never in the past, and the same moment for everybody who asks in between.
    #[must_use]
    pub fn expected(
        &self,
        wait: Wait,
        at: &str,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let usual = self.0.get(&(wait, at.to_owned()))?.num_seconds();
        let waited = (now - since).num_seconds().max(0);
        let times = waited.checked_div(usual)?.checked_add(1)?;
        since.checked_add_signed(Duration::try_seconds(usual.checked_mul(times)?)?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn waits(seconds: i64) -> Waits {
        Waits::of(vec![Median { wait: Wait::Review, at: "310900".into(), seconds }])
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    #[test]
    fn an_office_without_history_promises_nothing() {
        assert_eq!(waits(60).expected(Wait::Review, "310700", at(0), at(0)), None);
        assert_eq!(waits(60).expected(Wait::Release, "310900", at(0), at(0)), None);
    }

    #[test]
    fn what_is_late_is_expected_after_as_long_again() {
        let expected = |now| waits(60).expected(Wait::Review, "310900", at(0), at(now));
        assert_eq!(expected(0), Some(at(60)));
        assert_eq!(expected(59), Some(at(60)));
        assert_eq!(expected(60), Some(at(120)));
    }

    proptest! {
        #[test]
        fn nothing_is_expected_in_the_past(seconds in 0_i64..1_000_000, waited in 0_i64..1_000_000) {
            let expected = waits(seconds).expected(Wait::Review, "310900", at(0), at(waited));
            prop_assert!(expected.unwrap() > at(waited));
        }
    }
}
