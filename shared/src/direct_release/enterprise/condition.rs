//! The conditions of direct release (domain 4.5): pure, over facts that others gather and terms of the day.
use chrono::{Months, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    direct_release::model::{Direction, words},
    identity::CreditClass,
    kernel::{Refusal, Severity, Violation, Violations},
    reference::Books,
};

words! {
    /// What a quality system is certified under.
    Certification as DirectReleaseCertification {
        Haccp "HACCP",
        Iso9000 "ISO9000",
    }
}

/// What an enterprise states of itself, to be proved by its papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The last day of an administrative penalty, if there was ever one.
    pub penalised_on: Option<NaiveDate>,
    /// Value of a year's trade in US dollars.
    pub yearly_trade_usd: Decimal,
    pub certification: Option<Certification>,
    /// It has an effective system of quality control.
    pub has_quality_control: bool,
    /// Batches of a year, and how many of them passed.
    pub batches: i64,
    pub passed: i64,
    /// The last day on which goods came back or were claimed for their quality.
    pub returned_on: Option<NaiveDate>,
}

/// What the conditions ask for on a day: dated parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub min_trade_usd: Decimal,
    pub pass_rate: Decimal,
    pub clean_years: u32,
    pub no_return_years: u32,
}

impl Terms {
    #[must_use]
    pub fn on(books: &Books, day: NaiveDate) -> Self {
        let years = |key| u32::try_from(books.integer(key, day)).unwrap_or(0);
        Self {
            min_trade_usd: books.number("direct.min_trade_usd", day),
            pass_rate: books.number("direct.pass_rate", day),
            clean_years: years("direct.clean_years"),
            no_return_years: years("direct.no_return_years"),
        }
    }
}

/// Everything the rule looks at, as it was when somebody decided: kept with the grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub on: NaiveDate,
    pub direction: Direction,
    pub is_active: bool,
    /// The effective class.
    pub credit_class: CreditClass,
    /// Something critical is open against it here.
    pub is_blocked: bool,
    pub claims: Claims,
    pub terms: Terms,
}

/// A condition that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unmet {
    Disabled,
    Penalised,
    NotClassA,
    TradeTooSmall,
    NotCertified,
    NoQualityControl,
    PassRateTooLow,
    GoodsReturned,
    Blocked,
}

impl Unmet {
    pub const ALL: [Self; 9] = [
        Self::Disabled,
        Self::Penalised,
        Self::NotClassA,
        Self::TradeTooSmall,
        Self::NotCertified,
        Self::NoQualityControl,
        Self::PassRateTooLow,
        Self::GoodsReturned,
        Self::Blocked,
    ];

    /// Stable code, message in Chinese and in English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Disabled => (
                "organisation-disabled",
                "单位未登记或已停用",
                "The enterprise is not registered or disabled",
            ),
            Self::Penalised => (
                "penalised-lately",
                "两年内受过行政处罚",
                "It had an administrative penalty within two years",
            ),
            Self::NotClassA => ("not-class-a", "不是一类企业", "It is not of class A"),
            Self::TradeTooSmall => {
                ("trade-too-small", "年贸易额不足", "Its yearly trade is below the least value")
            }
            Self::NotCertified => (
                "not-certified",
                "未通过HACCP或ISO9000认证",
                "It is not certified under HACCP or ISO 9000",
            ),
            Self::NoQualityControl => (
                "no-quality-control",
                "没有有效的质量控制体系",
                "It has no effective quality control",
            ),
            Self::PassRateTooLow => {
                ("pass-rate-too-low", "年批次合格率不足", "Too few of its batches of a year passed")
            }
            Self::GoodsReturned => (
                "goods-returned",
                "一年内因质量问题被退货或索赔",
                "Goods came back or were claimed for their quality within a year",
            ),
            Self::Blocked => (
                "facilitation-blocked",
                "因严重不合格已停止便利措施",
                "Its facilitations are blocked for something critical",
            ),
        }
    }
}

impl Facts {
    /// Every condition that does not hold.
    #[must_use]
    pub fn unmet(&self) -> Vec<Unmet> {
        Unmet::ALL.into_iter().filter(|&condition| self.fails(condition)).collect()
    }

    fn fails(&self, condition: Unmet) -> bool {
        let (claims, terms) = (&self.claims, &self.terms);
        let is_export = self.direction == Direction::Export;
        match condition {
            Unmet::Disabled => !self.is_active,
            Unmet::Penalised => self.is_within(claims.penalised_on, terms.clean_years),
            Unmet::NotClassA => self.credit_class > CreditClass::A,
            Unmet::TradeTooSmall => claims.yearly_trade_usd < terms.min_trade_usd,
            Unmet::NotCertified => claims.certification.is_none(),
            Unmet::NoQualityControl => is_export && !claims.has_quality_control,
            Unmet::PassRateTooLow => is_export && !self.passes_enough(),
            Unmet::GoodsReturned => {
                is_export && self.is_within(claims.returned_on, terms.no_return_years)
            }
            Unmet::Blocked => self.is_blocked,
        }
    }

    /// `passed / batches >= pass_rate`, without a division. Whoever exported nothing has shown nothing.
    fn passes_enough(&self) -> bool {
        let (passed, batches) = (Decimal::from(self.claims.passed), self.claims.batches);
        batches > 0 && passed >= self.terms.pass_rate * Decimal::from(batches)
    }

    /// Less than so many years ago.
    fn is_within(&self, day: Option<NaiveDate>, years: u32) -> bool {
        let over = |day: NaiveDate| day.checked_add_months(Months::new(12 * years));
        day.and_then(over).is_some_and(|over| self.on < over)
    }
}

/// One answer that tells every condition that does not hold.
#[must_use]
pub fn refusal(unmet: &[Unmet]) -> Refusal {
    let errors = unmet.iter().map(|condition| {
        let (code, message_zh, message_en) = condition.words();
        Violation {
            pointer: String::new(),
            code: code.to_owned(),
            severity: Severity::Error,
            message_zh: message_zh.to_owned(),
            message_en: message_en.to_owned(),
        }
    });
    let violations: Violations = errors.collect();
    let detail = "the conditions for direct release do not hold";
    Refusal { violations, ..Refusal::new("direct-enterprise/conditions-unmet", detail) }
}

/// The first day on which a suspended enterprise may apply again: the same calendar date next year (domain R16), or
/// later where the parameter says more days. Never sooner.
#[must_use]
pub fn suspended_until(books: &Books, day: NaiveDate) -> NaiveDate {
    let a_year = day.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX);
    let days = u64::try_from(books.integer("direct.suspend_days", day)).unwrap_or(0);
    a_year.max(crate::kernel::calendar::days_after(day, days))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn good() -> Facts {
        Facts {
            on: day("2014-05-12"),
            direction: Direction::Export,
            is_active: true,
            credit_class: CreditClass::A,
            is_blocked: false,
            claims: Claims {
                penalised_on: Some(day("2012-05-12")),
                yearly_trade_usd: Decimal::from(1_500_000),
                certification: Some(Certification::Iso9000),
                has_quality_control: true,
                batches: 200,
                passed: 198,
                returned_on: Some(day("2013-05-12")),
            },
            terms: Terms::on(&Books::seeded(), day("2014-05-12")),
        }
    }

    #[test]
    fn an_enterprise_that_just_meets_every_condition_has_none_unmet() {
        assert_eq!(good().unmet(), []);
    }

    #[test]
    fn every_unmet_condition_is_told_at_once() {
        let mut bad = good();
        bad.is_active = false;
        bad.is_blocked = true;
        bad.credit_class = CreditClass::B;
        bad.claims = Claims {
            penalised_on: Some(day("2012-05-13")),
            yearly_trade_usd: "1499999.99".parse().unwrap(),
            certification: None,
            has_quality_control: false,
            batches: 200,
            passed: 197,
            returned_on: Some(day("2013-05-13")),
        };

        assert_eq!(bad.unmet(), Unmet::ALL);
        assert_eq!(refusal(&bad.unmet()).violations.iter().count(), 9);
    }

    #[test]
    fn importers_prove_no_quality_of_their_own() {
        let mut importer = good();
        importer.direction = Direction::Import;
        importer.claims.has_quality_control = false;
        importer.claims.batches = 0;
        importer.claims.returned_on = Some(day("2014-05-01"));

        assert_eq!(importer.unmet(), []);
    }

    #[test]
    fn a_suspension_ends_on_the_same_calendar_date_next_year() {
        let books = Books::seeded();

        assert_eq!(suspended_until(&books, day("2014-05-12")), day("2015-05-12"));
        assert_eq!(suspended_until(&books, day("2015-05-12")), day("2016-05-12"), "366 days");
        assert_eq!(suspended_until(&books, day("2016-02-29")), day("2017-02-28"));
    }

    proptest! {
        /// The pass rate is exact: one batch decides, however many there are.
        #[test]
        fn the_pass_rate_is_a_share_of_whole_batches(batches in 1_i64..1_000_000) {
            let least = (batches * 99 + 99) / 100;
            let mut facts = good();
            facts.claims.batches = batches;
            facts.claims.passed = least;
            prop_assert!(facts.passes_enough());
            facts.claims.passed = least - 1;
            prop_assert!(!facts.passes_enough());
        }
    }
}
