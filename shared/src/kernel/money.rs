//! Money: integer fen inside, `{"amount":"484.00","currency":"CNY"}` outside. Never a float.
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// An amount of Chinese yuan in fen (1/100 yuan). Fees, payments and postings; never negative there.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Fen(pub i64);

impl Fen {
    #[must_use]
    pub const fn yuan(yuan: i64) -> Self {
        Self(yuan * 100)
    }

    /// Exact decimal yuan.
    #[must_use]
    pub fn in_yuan(self) -> Decimal {
        Decimal::new(self.0, 2)
    }
}

impl std::ops::Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::iter::Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self(0), std::ops::Add::add)
    }
}

/// Money on the wire: an amount and its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Decimal with the currency's minor digits, as a string.
    #[schema(example = "484.00", max_length = 20, pattern = r"^-?\d{1,15}(\.\d{1,4})?$")]
    pub amount: String,
    /// ISO 4217.
    #[schema(example = "CNY", min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$")]
    pub currency: String,
}

impl Amount {
    /// The amount in fen, where it is one of yuan with no more than two digits after the point.
    #[must_use]
    pub fn in_fen(&self) -> Option<Fen> {
        let yuan: Decimal = self.amount.parse().ok().filter(|_| self.currency == "CNY")?;
        let fen = yuan.checked_mul(Decimal::ONE_HUNDRED).filter(Decimal::is_integer)?;
        i64::try_from(fen).ok().map(Fen)
    }
}

impl From<Fen> for Amount {
    fn from(fen: Fen) -> Self {
        Self { amount: format!("{:.2}", fen.in_yuan()), currency: "CNY".into() }
    }
}

/// Rounds half away from zero, as fees are (发改价格[2003]2357号 Art 4: 四舍五入).
#[must_use]
pub fn round_half_up(value: Decimal, digits: u32) -> Decimal {
    value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yuan_with_two_digits_at_most_are_fen() {
        let fen = |amount: &str, currency: &str| {
            Amount { amount: amount.into(), currency: currency.into() }.in_fen()
        };
        assert_eq!(fen("484.00", "CNY"), Some(Fen::yuan(484)));
        assert_eq!(fen("0.5", "CNY"), Some(Fen(50)));
        assert_eq!(fen("0.005", "CNY"), None);
        assert_eq!(fen("484.00", "USD"), None);
        assert_eq!(fen("99999999999999999999", "CNY"), None);
        assert_eq!(fen("much", "CNY"), None);
    }
}
