//! The roles somebody holds, as they stand in `staff.roles` and `clients.roles`.
use sqlx::{Decode, Postgres, Type, postgres::PgTypeInfo, postgres::PgValueRef};

use crate::kernel::{OrganisationKind, Role, Violations};

/// At least one role, each once, and all fit for the kind of organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Notes every role that does not fit (domain R10): an office employs no declarant, the others nobody else.
    pub fn parse(given: &[Role], kind: OrganisationKind, violations: &mut Violations) -> Self {
        if given.is_empty() {
            violations.error(
                "/roles",
                "role-missing",
                "至少需要一个角色",
                "At least one role is needed",
            );
        }
        for (i, role) in given.iter().enumerate() {
            let pointer = format!("/roles/{i}");
            if given[..i].contains(role) {
                violations.error(&pointer, "role-twice", "角色重复", "This role is listed twice");
            }
            if !fits(*role, kind) {
                violations.error(
                    &pointer,
                    "role-unfit",
                    "该角色不适用于此类机构",
                    format!("An organisation of this kind has no {}", role.name()),
                );
            }
        }
        Self(given.to_vec())
    }

    /// Every role of an office.
    pub(super) fn of_offices() -> Self {
        Self(Role::of_offices())
    }

    #[must_use]
    pub fn as_slice(&self) -> &[Role] {
        &self.0
    }

    /// The names, as tables keep them.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|role| role.name().to_owned()).collect()
    }
}

/// The one pair of roles and kinds: who declares is not who decides.
const fn fits(role: Role, kind: OrganisationKind) -> bool {
    matches!(
        (kind, role),
        (OrganisationKind::Enterprise | OrganisationKind::DeclaringAgent, Role::Declarant)
    ) || (matches!(kind, OrganisationKind::BureauOffice) && !matches!(role, Role::Declarant))
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self(vec![role])
    }
}

impl Type<Postgres> for Roles {
    fn type_info() -> PgTypeInfo {
        <Vec<String> as Type<Postgres>>::type_info()
    }

    fn compatible(other: &PgTypeInfo) -> bool {
        <Vec<String> as Type<Postgres>>::compatible(other)
    }
}

impl<'r> Decode<'r, Postgres> for Roles {
    fn decode(value: PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        let names = <Vec<String> as Decode<Postgres>>::decode(value)?;
        let role = |name: &String| Role::parse(name).ok_or_else(|| format!("no role {name}"));
        Ok(Self(names.iter().map(role).collect::<Result<_, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(given: &[Role], kind: OrganisationKind) -> Vec<(String, String)> {
        let mut violations = Violations::default();
        Roles::parse(given, kind, &mut violations);
        violations.into_vec().into_iter().map(|found| (found.pointer, found.code)).collect()
    }

    #[test]
    fn an_enterprise_employs_declarants_and_nobody_else() {
        for kind in [OrganisationKind::Enterprise, OrganisationKind::DeclaringAgent] {
            for role in Role::ALL {
                let expected = role == Role::Declarant;
                assert_eq!(codes(&[role], kind).is_empty(), expected, "{role:?} in {kind:?}");
            }
        }
    }

    #[test]
    fn an_office_employs_everybody_but_declarants() {
        for role in Role::ALL {
            let expected = role != Role::Declarant;
            assert_eq!(codes(&[role], OrganisationKind::BureauOffice).is_empty(), expected);
        }
    }

    #[test]
    fn every_wrong_role_is_told_at_once() {
        let given = [Role::Inspector, Role::Declarant, Role::Inspector];
        assert_eq!(
            codes(&given, OrganisationKind::BureauOffice),
            [("/roles/1", "role-unfit"), ("/roles/2", "role-twice")]
                .map(|(pointer, code)| (pointer.to_owned(), code.to_owned()))
        );
        assert_eq!(codes(&[], OrganisationKind::BureauOffice)[0].1, "role-missing");
    }
}
