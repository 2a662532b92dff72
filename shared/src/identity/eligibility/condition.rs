//! The conditions of declaring anywhere (domain R14, 4.1): pure, over facts that others gather.
use chrono::NaiveDate;

use super::Eligibility;
use crate::{
    identity::{CreditClass, OrganisationState, organisation},
    kernel::{Refusal, Severity, Violation, Violations},
};

/// What other rooms know of an enterprise. Whoever stands above those rooms fills it in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conduct {
    /// Fee notices overdue for more than 30 days.
    pub overdue_notices: i64,
    /// Notices of non-conformity not closed: CRITICAL, or MAJOR and older than 30 days.
    pub open_nonconformities: i64,
}

/// A condition that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmet {
    Disabled,
    RegisteredTooLately,
    CreditBelowB,
    CommitmentsUnsigned,
    FeesOverdue,
    NonConformityOpen,
}

impl Unmet {
    pub const ALL: [Self; 6] = [
        Self::Disabled,
        Self::RegisteredTooLately,
        Self::CreditBelowB,
        Self::CommitmentsUnsigned,
        Self::FeesOverdue,
        Self::NonConformityOpen,
    ];

    /// Stable code, message in Chinese and in English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Disabled => ("organisation-disabled", "单位已停用", "The enterprise is disabled"),
            Self::RegisteredTooLately => {
                ("registered-under-a-year", "登记未满一年", "It is registered for less than a year")
            }
            Self::CreditBelowB => {
                ("credit-below-b", "信用等级低于B级", "Its credit class is below B")
            }
            Self::CommitmentsUnsigned => {
                ("commitments-unsigned", "未签署承诺书", "It has not signed the commitments")
            }
            Self::FeesOverdue => (
                "fees-overdue",
                "有逾期超过30天的费用",
                "It has a fee notice overdue for more than 30 days",
            ),
            Self::NonConformityOpen => (
                "non-conformity-open",
                "有未关闭的严重不合格通报",
                "It has a serious notice of non-conformity that is not closed",
            ),
        }
    }
}

/// What the conditions look at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub state: OrganisationState,
    pub registered_on: NaiveDate,
    /// The effective class.
    pub credit_class: CreditClass,
    pub eligibility: &'a Eligibility,
    pub conduct: Conduct,
}

impl Facts<'_> {
    /// Every condition that does not hold on `day`. "Electronic declaration" always holds: Anyport knows no other.
    #[must_use]
    pub fn unmet(&self, day: NaiveDate) -> Vec<Unmet> {
        Unmet::ALL.into_iter().filter(|&condition| self.fails(condition, day)).collect()
    }

    fn fails(&self, condition: Unmet, day: NaiveDate) -> bool {
        match condition {
            Unmet::Disabled => self.state != OrganisationState::Active,
            Unmet::RegisteredTooLately => {
                !organisation::is_registered_a_year(self.registered_on, day)
            }
            Unmet::CreditBelowB => !self.credit_class.is_at_least_b(),
            Unmet::CommitmentsUnsigned => !self.eligibility.commitments_signed,
            Unmet::FeesOverdue => self.conduct.overdue_notices > 0,
            Unmet::NonConformityOpen => self.conduct.open_nonconformities > 0,
        }
    }
}

/// One answer that tells every condition that does not hold.
#[must_use]
pub fn refusal(unmet: &[Unmet]) -> Refusal {
    let mut violations = Violations::default();
    for condition in unmet {
        let (code, message_zh, message_en) = condition.words();
        violations.push(Violation {
            pointer: String::new(),
            code: code.to_owned(),
            severity: Severity::Error,
            message_zh: message_zh.to_owned(),
            message_en: message_en.to_owned(),
        });
    }
    let detail = "the conditions for declaring anywhere do not hold";
    Refusal { violations, ..Refusal::new("identity/conditions-unmet", detail) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::eligibility::tests::applied;

    fn good(eligibility: &Eligibility) -> Facts<'_> {
        Facts {
            state: OrganisationState::Active,
            registered_on: "2013-05-12".parse().unwrap(),
            credit_class: CreditClass::B,
            eligibility,
            conduct: Conduct::default(),
        }
    }

    #[test]
    fn an_enterprise_that_meets_every_condition_has_none_unmet() {
        assert!(good(&applied()).unmet("2014-05-12".parse().unwrap()).is_empty());
    }

    #[test]
    fn every_unmet_condition_is_told_at_once() {
        let unsigned = Eligibility { commitments_signed: false, ..applied() };
        let bad = Facts {
            state: OrganisationState::Disabled,
            registered_on: "2013-05-13".parse().unwrap(),
            credit_class: CreditClass::C,
            conduct: Conduct { overdue_notices: 1, open_nonconformities: 1 },
            ..good(&unsigned)
        };

        let unmet = bad.unmet("2014-05-12".parse().unwrap());

        assert_eq!(unmet, Unmet::ALL);
        assert_eq!(refusal(&unmet).violations.iter().count(), 6);
    }
}
