//! Powers of attorney (代理报检委托书): an enterprise lets an agent declare for it.
use chrono::{DateTime, NaiveDate, Utc};

use super::field;
use crate::{id, kernel::Violations};

id! {
    /// A power of attorney.
    PowerOfAttorneyId
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowerOfAttorney {
    pub id: PowerOfAttorneyId,
    /// The agent's `reg_no`.
    pub agent_code: String,
    /// The enterprise's `reg_no`.
    pub enterprise_code: String,
    pub valid_from: NaiveDate,
    /// The last day.
    pub valid_to: NaiveDate,
    pub revoked_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl PowerOfAttorney {
    /// Moves when it is revoked: its `ETag`.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revoked_at.unwrap_or(self.created_at).timestamp_micros()
    }
}

/// A power of attorney, as it was asked for.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) agent_code: String,
    pub(super) enterprise_code: String,
    pub(super) valid_from: NaiveDate,
    pub(super) valid_to: NaiveDate,
}

impl Draft {
    /// Tells everything that is wrong at once. Who the codes belong to is asked later.
    pub fn parse(
        agent_code: &str,
        enterprise_code: &str,
        valid_from: NaiveDate,
        valid_to: NaiveDate,
    ) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        for (pointer, code) in [("/agent_code", agent_code), ("/enterprise_code", enterprise_code)]
        {
            if !field::is_digits(code, 10) {
                violations.error(
                    pointer,
                    "organisation-code-malformed",
                    "登记号应为10位数字",
                    "A registration number has 10 digits",
                );
            }
        }
        if valid_to < valid_from {
            violations.error(
                "/valid_to",
                "dates-reversed",
                "截止日期早于起始日期",
                "The last day lies before the first",
            );
        }
        violations.finish(Some(Self {
            agent_code: agent_code.to_owned(),
            enterprise_code: enterprise_code.to_owned(),
            valid_from,
            valid_to,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_with_a_power_of_attorney_is_told_at_once() {
        let (first, last) = ("2014-06-01".parse().unwrap(), "2014-05-31".parse().unwrap());
        let violations = Draft::parse("x", "31006", first, last).unwrap_err();
        let pointers: Vec<_> = violations.iter().map(|found| found.pointer.as_str()).collect();
        assert_eq!(pointers, ["/agent_code", "/enterprise_code", "/valid_to"]);
        assert!(Draft::parse("3100910343", "3100623765", last, last).is_ok());
    }
}
