//! Organisations: offices of the bureau, enterprises and declaring agents.
use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{eligibility, field};
use crate::{
    id,
    kernel::{OrganisationKind, Violations},
};

id! {
    /// An office, enterprise or agent.
    OrganisationId
}

/// How far the bureau trusts an enterprise, best first (AQSIQ credit rules 2013/93).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sqlx::Type,
    utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CreditClass {
    /// Model enterprise.
    Aa,
    /// Good standing.
    A,
    /// Ordinary; an unrated enterprise counts as B (domain R14).
    B,
    /// Watched.
    C,
    /// Distrusted; a black-listed enterprise counts as D (domain R14).
    D,
}

impl CreditClass {
    /// Best first.
    pub const ALL: [Self; 5] = [Self::Aa, Self::A, Self::B, Self::C, Self::D];

    /// The name on the wire, in tables and in the reference book of classes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aa => "AA",
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
        }
    }

    /// The class that counts: the black list outweighs any rating (domain R14).
    #[must_use]
    pub const fn effective(self, black_listed: bool) -> Self {
        if black_listed { Self::D } else { self }
    }

    /// Good enough to declare anywhere, for oneself or as an agent (domain R14).
    #[must_use]
    pub fn is_at_least_b(self) -> bool {
        self <= Self::B
    }
}

/// Whether an organisation may act.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganisationState {
    /// Its people and clients may act.
    Active,
    /// Nobody acts for it until it is enabled again.
    Disabled,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub kind: OrganisationKind,
    /// Office: 6 digits; others: the 10-digit `reg_no` (domain 1.2, 1.3).
    pub code: String,
    pub name_zh: String,
    pub name_en: Option<String>,
    /// Since when it is registered with the bureau.
    pub registered_on: NaiveDate,
    pub credit_class: CreditClass,
    pub black_listed: bool,
    pub state: OrganisationState,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Organisation {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}

/// An enterprise or agent, as far as its credit is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rated {
    pub id: OrganisationId,
    pub reg_no: String,
    /// The effective class: a black-listed enterprise is D.
    pub class: CreditClass,
    /// Counts changes of the class.
    pub version: i64,
    /// When the class was last changed; the day of registration while it never was.
    pub since: NaiveDate,
}

/// A new organisation, as it was asked for.
#[derive(Clone, Debug)]
pub struct Input {
    pub kind: OrganisationKind,
    pub code: String,
    pub name_zh: String,
    pub name_en: Option<String>,
    pub registered_on: NaiveDate,
    pub credit_class: Option<CreditClass>,
    pub black_listed: bool,
}

/// A new organisation in which nothing is wrong.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(super) kind: OrganisationKind,
    pub(super) code: String,
    pub(super) name_zh: String,
    pub(super) name_en: Option<String>,
    pub(super) registered_on: NaiveDate,
    pub(super) credit_class: CreditClass,
    pub(super) black_listed: bool,
}

impl Draft {
    /// Tells everything that is wrong at once.
    pub fn parse(input: Input, today: NaiveDate) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if !code_fits(input.kind, &input.code) {
            let (zh, en) = match input.kind {
                OrganisationKind::BureauOffice => {
                    ("机构代码应为6位数字", "An office code has 6 digits")
                }
                OrganisationKind::Enterprise => (
                    "自理报检单位登记号应为10位数字,第5位为6",
                    "The registration number of an enterprise has 10 digits, the fifth is 6",
                ),
                OrganisationKind::DeclaringAgent => (
                    "代理报检单位登记号应为10位数字,第5位为9",
                    "The registration number of an agent has 10 digits, the fifth is 9",
                ),
            };
            violations.error("/code", "organisation-code-malformed", zh, en);
        }
        if input.registered_on > today {
            violations.error(
                "/registered_on",
                "date-in-future",
                "登记日期不能晚于今天",
                "The day of registration lies in the future",
            );
        }
        let name_zh = field::text(&mut violations, "/name_zh", &input.name_zh, 150);
        let name_en = input
            .name_en
            .as_deref()
            .and_then(|name| field::text(&mut violations, "/name_en", name, 400));
        let draft = name_zh.map(|name_zh| Self {
            kind: input.kind,
            code: input.code,
            name_zh,
            name_en,
            registered_on: input.registered_on,
            credit_class: input.credit_class.unwrap_or(CreditClass::B),
            black_listed: input.black_listed,
        });
        violations.finish(draft)
    }
}

/// The fifth digit of a `reg_no` tells self-declaring units (6) from agents (9) (domain 1.3).
fn code_fits(kind: OrganisationKind, code: &str) -> bool {
    match kind {
        OrganisationKind::BureauOffice => field::is_digits(code, 6),
        OrganisationKind::Enterprise => field::is_digits(code, 10) && code.as_bytes()[4] == b'6',
        OrganisationKind::DeclaringAgent => {
            field::is_digits(code, 10) && code.as_bytes()[4] == b'9'
        }
    }
}

/// What the rules of a declaration ask about its consignee, its declaring unit and its agent, on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyFacts {
    pub organisation: OrganisationId,
    pub kind: OrganisationKind,
    pub state: OrganisationState,
    /// The effective class: a black-listed enterprise is D.
    pub credit_class: CreditClass,
    pub registered_on: NaiveDate,
    /// `None`: never applied, or removed.
    pub eligibility: Option<eligibility::Status>,
    /// Every facilitation is withheld from it (domain R16).
    pub is_blocked: bool,
    /// Registered for at least a year on the day that was asked about (domain R14).
    pub is_registered_a_year: bool,
}

impl PartyFacts {
    /// Whether this consignee may declare anywhere on that day (domain R14).
    #[must_use]
    pub fn may_declare_anywhere(&self) -> bool {
        self.state == OrganisationState::Active
            && self.eligibility == Some(eligibility::Status::Eligible)
            && !self.is_blocked
            && self.is_registered_a_year
            && self.credit_class.is_at_least_b()
    }
}

/// `registered_on <= on - 1 year` (domain R14); 29 February counts back to the 28th.
#[must_use]
pub fn is_registered_a_year(registered_on: NaiveDate, on: NaiveDate) -> bool {
    on.checked_sub_months(Months::new(12)).is_some_and(|day| registered_on <= day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn input(kind: OrganisationKind, code: &str) -> Input {
        Input {
            kind,
            code: code.into(),
            name_zh: "上海某某进出口有限公司".into(),
            name_en: None,
            registered_on: day("2010-01-01"),
            credit_class: None,
            black_listed: false,
        }
    }

    #[test]
    fn an_unrated_enterprise_is_b() {
        let input = input(OrganisationKind::Enterprise, "3100623765");
        assert_eq!(Draft::parse(input, day("2014-01-01")).unwrap().credit_class, CreditClass::B);
    }

    #[test]
    fn the_fifth_digit_tells_enterprises_from_agents() {
        use OrganisationKind::*;
        let today = day("2014-01-01");
        assert!(Draft::parse(input(DeclaringAgent, "3100910343"), today).is_ok());
        assert!(Draft::parse(input(DeclaringAgent, "3100623765"), today).is_err());
        assert!(Draft::parse(input(Enterprise, "3100910343"), today).is_err());
        assert!(Draft::parse(input(BureauOffice, "310900"), today).is_ok());
        assert!(Draft::parse(input(BureauOffice, "3100623765"), today).is_err());
    }

    #[test]
    fn everything_wrong_with_a_new_organisation_is_told_at_once() {
        let input = Input {
            name_zh: "  ".into(),
            name_en: Some("x".repeat(401)),
            registered_on: day("2014-01-02"),
            ..input(OrganisationKind::Enterprise, "31006237６5")
        };
        let violations = Draft::parse(input, day("2014-01-01")).unwrap_err();
        let pointers: Vec<_> = violations.iter().map(|found| found.pointer.as_str()).collect();
        assert_eq!(pointers, ["/code", "/registered_on", "/name_zh", "/name_en"]);
    }

    #[test]
    fn a_year_is_a_calendar_year() {
        assert!(is_registered_a_year(day("2013-05-12"), day("2014-05-12")));
        assert!(!is_registered_a_year(day("2013-05-13"), day("2014-05-12")));
        assert!(is_registered_a_year(day("2015-02-28"), day("2016-02-29")));
        assert!(!is_registered_a_year(day("2015-03-01"), day("2016-02-29")));
    }

    #[test]
    fn the_black_list_outweighs_any_class() {
        use CreditClass::*;
        for class in [Aa, A, B, C, D] {
            assert_eq!(class.effective(true), D);
            assert_eq!(class.effective(false), class);
        }
        assert_eq!(
            [Aa, A, B, C, D].map(CreditClass::is_at_least_b),
            [true, true, true, false, false]
        );
    }
}
