//! How much: units, currencies, exchange rates.
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::reference::{
    Books,
    cell::{Digits, Form, Letters, Token, Words, choices},
    sheet::{Line, sheet},
};

choices! {
    /// What a unit measures. Only masses are converted into one another.
    UnitKind {
        /// Pieces, sets, pairs.
        Count "COUNT",
        /// Kilograms and what converts into them.
        Mass "MASS",
        /// Litres.
        Volume "VOLUME",
        /// Metres.
        Length "LENGTH",
        /// Square metres.
        Area "AREA",
        /// Kilowatts.
        Power "POWER",
        /// Kilowatt hours.
        Energy "ENERGY",
    }
}

sheet! {
    /// Units of measure (UN/ECE Recommendation 20), with the three-digit codes used in declarations.
    Unit "units" key [code] {
        /// Rec 20 common code: the code we store.
        code: Token,
        /// The three-digit codes (计量单位代码) that mean the same, or are counted alike.
        ciq_codes: Words,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// What it measures.
        kind: UnitKind,
        /// Kilograms in one unit; masses only.
        kg: Option<Decimal>,
    }
    check only_masses_have_kilograms
}

fn only_masses_have_kilograms(row: &Unit, line: &mut Line<'_>) {
    if (row.kind == UnitKind::Mass) != row.kg.is_some_and(|kg| !kg.is_zero()) {
        let form = Form::new(
            "质量单位须填大于零的值,其他单位留空",
            "more than zero for a mass, else empty",
        );
        line.flaw("kg", "value-malformed", form);
    }
}

sheet! {
    /// Currencies (ISO 4217).
    Currency "currencies" key [code] {
        /// Three letters.
        code: Letters<3>,
        /// ISO numeric.
        numeric: Digits<3>,
        /// Chinese name, where we know one.
        name_zh: Option<String>,
        /// English name.
        name_en: String,
        /// Digits after the point.
        minor_digits: u16,
    }
}

sheet! {
    /// Exchange rates. A rate serves on its days, and for a few days after its last (domain R5).
    ExchangeRate "exchange_rates" key [currency] {
        /// ISO 4217.
        currency: Letters<3>,
        /// Yuan for one unit of it.
        cny_per_unit: Decimal,
    }
    check a_rate_is_not_zero
}

fn a_rate_is_not_zero(row: &ExchangeRate, line: &mut Line<'_>) {
    if row.cny_per_unit.is_zero() {
        line.flaw("cny_per_unit", "value-malformed", Form::new("大于零", "more than zero"));
    }
}

impl Books {
    /// By Rec 20 code, or by a three-digit code of the declaration forms.
    #[must_use]
    pub fn unit(&self, code: &str, on: NaiveDate) -> Option<&Unit> {
        self.tables.units.on(code, on).or_else(|| {
            let unit = self.tables.units.on(self.unit_aliases.get(code)?, on)?;
            unit.ciq_codes.0.iter().any(|alias| alias == code).then_some(unit)
        })
    }

    #[must_use]
    pub fn currency(&self, code: &str, on: NaiveDate) -> Option<&Currency> {
        self.tables.currencies.on(code, on)
    }

    /// Yuan for one unit of a currency: the rate of the day, else the latest that ended at most
    /// `fx.max_age_days` before (domain R5).
    #[must_use]
    pub fn rate(&self, currency: &str, on: NaiveDate) -> Option<Decimal> {
        if currency == "CNY" {
            return Some(Decimal::ONE);
        }
        let (validity, rate) = self.tables.exchange_rates.latest(currency, on)?;
        let grace = u64::try_from(self.integer("fx.max_age_days", on)).unwrap_or(0);
        let last = validity.to.and_then(|to| to.checked_add_days(Days::new(grace)));
        let is_fresh = validity.to.is_none() || last.is_none_or(|last| on <= last);
        is_fresh.then_some(rate.cny_per_unit)
    }
}
