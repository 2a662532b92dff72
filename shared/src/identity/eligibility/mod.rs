//! Eligibility to declare anywhere (通报通放, domain 4.1 and R14).
mod condition;
mod status;

use chrono::{DateTime, NaiveDate, Utc};

pub use condition::{Conduct, Facts, Unmet, refusal};
pub use status::{Action, Status, mermaid};

use super::{OrganisationId, StaffId};
use crate::{
    id,
    kernel::{Refusal, Role},
};

id! {
    /// An application to declare anywhere, and what became of it.
    EligibilityId
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility {
    pub id: EligibilityId,
    pub enterprise_id: OrganisationId,
    /// The enterprise's `reg_no`.
    pub enterprise_code: String,
    pub status: Status,
    pub commitments_signed: bool,
    /// Why it is suspended or removed.
    pub reason: Option<String>,
    /// The officer who took the application up.
    pub reviewed_by: Option<StaffId>,
    pub joined_on: Option<NaiveDate>,
    pub left_on: Option<NaiveDate>,
    /// What a first person asked for and a second has not confirmed yet.
    pub proposed: Option<Action>,
    pub proposed_by: Option<StaffId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A person who asks for an act that needs two.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub id: StaffId,
    pub is_duty_chief: bool,
}

impl Person {
    #[must_use]
    pub fn new(id: StaffId, roles: &[Role]) -> Self {
        Self { id, is_duty_chief: roles.contains(&Role::DutyChief) }
    }
}

/// What one person's word comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// The first of two: noted.
    Proposed,
    /// The second of two: done.
    Agreed,
}

/// Suspending, reinstating and removing take a duty chief and any officer, two different persons (domain R10).
pub fn consent(first: Option<Person>, now: Person) -> Result<Consent, Refusal> {
    match first {
        None => Ok(Consent::Proposed),
        Some(first) if first.id == now.id => Err(Refusal::new(
            "identity/second-person-needed",
            "you asked for this already; another person must confirm it",
        )),
        Some(first) if !first.is_duty_chief && !now.is_duty_chief => Err(Refusal::new(
            "identity/duty-chief-needed",
            "one of the two persons must be a duty chief",
        )),
        Some(_) => Ok(Consent::Agreed),
    }
}

impl Eligibility {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }

    /// After `action`, whoever was entitled to it.
    #[must_use]
    pub fn moved(self, status: Status, reason: Option<String>, today: NaiveDate) -> Self {
        Self {
            joined_on: self.joined_on.or((status == Status::Eligible).then_some(today)),
            left_on: (status == Status::Removed).then_some(today),
            status,
            reason,
            proposed: None,
            proposed_by: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    pub(super) fn applied() -> Eligibility {
        Eligibility {
            id: EligibilityId(Uuid::nil()),
            enterprise_id: OrganisationId(Uuid::nil()),
            enterprise_code: "3100623765".into(),
            status: Status::Applied,
            commitments_signed: true,
            reason: None,
            reviewed_by: None,
            joined_on: None,
            left_on: None,
            proposed: None,
            proposed_by: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn person(number: u128, role: Role) -> Person {
        Person::new(StaffId(Uuid::from_u128(number)), &[role])
    }

    #[test]
    fn a_suspension_takes_a_duty_chief_and_another_person() {
        let (chief, officer) = (person(1, Role::DutyChief), person(2, Role::AcceptanceOfficer));
        let other = person(3, Role::Inspector);
        let code = |first, now| consent(Some(first), now).map_err(|refusal| refusal.code);

        assert_eq!(consent(None, officer), Ok(Consent::Proposed));
        assert_eq!(code(officer, chief), Ok(Consent::Agreed));
        assert_eq!(code(chief, officer), Ok(Consent::Agreed));
        assert_eq!(code(chief, chief), Err("identity/second-person-needed"));
        assert_eq!(code(officer, other), Err("identity/duty-chief-needed"));
    }

    #[test]
    fn the_day_of_joining_is_the_first_day_of_eligibility() {
        let (first, later) = ("2014-01-02".parse().unwrap(), "2014-03-04".parse().unwrap());
        let joined = applied().moved(Status::Eligible, None, first);
        assert_eq!(joined.joined_on, Some(first));

        let back = joined.moved(Status::Suspended, Some("fees".into()), later).moved(
            Status::Eligible,
            None,
            later,
        );
        assert_eq!((back.joined_on, back.left_on, back.reason), (Some(first), None, None));
    }
}
