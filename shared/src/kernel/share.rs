//! Parts of wholes: exact, never a float.
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::round_half_up;

/// A part of a whole, as an exact decimal of four digits: `"0.4800"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "0.4800", max_length = 8)]
pub struct Share(pub String);

impl Share {
    /// Of nothing, nothing.
    #[must_use]
    pub fn of(part: i64, whole: i64) -> Self {
        let share = Decimal::from(part).checked_div(Decimal::from(whole)).unwrap_or_default();
        Self(format!("{:.4}", round_half_up(share, 4)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(Share::of(0, 0).0, "0.0000");
        assert_eq!(Share::of(48, 100).0, "0.4800");
        assert_eq!(Share::of(2, 3).0, "0.6667");
    }
}
