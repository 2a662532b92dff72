//! What can be asked for. Pure.
use serde::{Deserialize, Serialize};

/// What is to go wrong, or happen for once.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scenario {
    /// The answer comes seconds late.
    Delay,
    /// The act is done and kept, and the connection ends without an answer.
    DropAfterCommit,
    /// The bank calls back twice.
    DuplicateCallback,
    /// 429, and nothing is done.
    TooManyRequests,
    /// 503, and nothing is done.
    Unavailable,
    /// The draw finds the consignment.
    InspectionDrawn,
    /// The draw finds it, and the inspectors who stand in find fault with it.
    InspectionFailed,
    /// The bank refuses the debit.
    PaymentRefused,
    /// The bank does not say what became of the debit until it has been asked about it.
    PaymentUnknown,
}

impl Scenario {
    pub const ALL: [Self; 9] = [
        Self::Delay,
        Self::DropAfterCommit,
        Self::DuplicateCallback,
        Self::TooManyRequests,
        Self::Unavailable,
        Self::InspectionDrawn,
        Self::InspectionFailed,
        Self::PaymentRefused,
        Self::PaymentUnknown,
    ];

    /// As it is written in the header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delay => "DELAY",
            Self::DropAfterCommit => "DROP_AFTER_COMMIT",
            Self::DuplicateCallback => "DUPLICATE_CALLBACK",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::Unavailable => "UNAVAILABLE",
            Self::InspectionDrawn => "INSPECTION_DRAWN",
            Self::InspectionFailed => "INSPECTION_FAILED",
            Self::PaymentRefused => "PAYMENT_REFUSED",
            Self::PaymentUnknown => "PAYMENT_UNKNOWN",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == name)
    }

    /// Whether the draw finds the consignment.
    #[must_use]
    pub const fn draws(self) -> bool {
        matches!(self, Self::InspectionDrawn | Self::InspectionFailed)
    }

    /// How the sandbox's bank is asked to behave.
    #[must_use]
    pub const fn behaviour(self) -> Option<&'static str> {
        match self {
            Self::PaymentRefused => Some("refuse"),
            Self::PaymentUnknown => Some("unknown"),
            Self::DuplicateCallback => Some("twice"),
            _ => None,
        }
    }

    /// Whether it comes about after the request that asks for it was answered.
    #[must_use]
    pub const fn comes_later(self) -> bool {
        self.draws() || self.behaviour().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_found_by_its_name_and_written_so_in_tables() {
        for scenario in Scenario::ALL {
            assert_eq!(Scenario::parse(scenario.name()), Some(scenario));
            assert_eq!(serde_json::to_value(scenario).unwrap(), scenario.name());
        }
        assert_eq!(Scenario::parse("delay"), None);
    }
}
