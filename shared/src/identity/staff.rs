//! Staff: persons who sign in with login and password.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{OrganisationId, Roles, field, password};
use crate::{
    id,
    kernel::{Actor, OrganisationKind, Role, Standing, Violations},
};

id! {
    /// A person who signs in.
    StaffId
}

/// Wrong passwords in a row after which an account is locked.
pub const TRIES_BEFORE_LOCK: i32 = 10;

/// Whether a person may sign in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StaffState {
    Active,
    /// May not sign in, and no token of theirs is honoured.
    Disabled,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    pub organisation_id: OrganisationId,
    pub organisation_code: String,
    pub login: String,
    pub name: String,
    pub roles: Roles,
    pub state: StaffState,
    /// Since when the account is locked; an administrator unlocks it.
    pub locked_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Staff {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}

/// A new member of staff, as it was asked for.
#[derive(Clone, Debug)]
pub struct Input {
    pub login: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub password: String,
}

/// A new member of staff in which nothing is wrong. The password is not hashed yet: that is slow on purpose,
/// and the caller decides where it runs.
#[derive(Clone)]
pub struct Draft {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) roles: Roles,
    pub password: String,
}

impl Draft {
    /// Tells everything that is wrong at once. `kind` is that of the employing organisation.
    pub fn parse(input: Input, kind: OrganisationKind) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if !is_login(&input.login) {
            violations.error(
                "/login",
                "login-malformed",
                "登录名应为3至64个小写字母、数字、点、下划线或连字符,且以字母或数字开头",
                "A login is 3 to 64 of a-z 0-9 . _ - and begins with a letter or digit",
            );
        }
        let name = field::text(&mut violations, "/name", &input.name, 50);
        let roles = Roles::parse(&input.roles, kind, &mut violations);
        violations.extend(password::faults(&input.password, &input.login));
        let draft =
            name.map(|name| Self { login: input.login, name, roles, password: input.password });
        violations.finish(draft)
    }

    /// Somebody whom no password lets in.
    pub(super) fn stand_in(login: String) -> Self {
        let roles = Roles::of_offices();
        Self { login, name: "联调替身".to_owned(), roles, password: String::new() }
    }
}

/// 3 to 64 of `a-z 0-9 . _ -`, a letter or digit first.
#[must_use]
pub fn is_login(login: &str) -> bool {
    (3..=64).contains(&login.len())
        && login.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && login.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
}

/// What a try to sign in needs to know, read before the slow comparison.
#[derive(Clone)]
pub struct SignIn {
    pub(super) staff: StaffId,
    /// The hash to compare with.
    pub password_hash: String,
}

/// What came of comparing a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    Right,
    Wrong,
}

/// The account as it stands under lock when a try to sign in is concluded.
#[derive(Clone)]
pub(super) struct Account {
    pub id: StaffId,
    pub organisation_id: OrganisationId,
    pub organisation_kind: OrganisationKind,
    pub organisation_code: String,
    pub is_active: bool,
    pub password_hash: String,
    pub roles: Roles,
    pub failed_tries: i32,
    pub locked_at: Option<DateTime<Utc>>,
}

impl Account {
    pub(super) fn actor(&self) -> Actor {
        Actor {
            id: Some(self.id.0),
            standing: Standing::Member {
                kind: self.organisation_kind,
                organisation: self.organisation_id.0,
                code: self.organisation_code.clone(),
                is_staff: true,
            },
            roles: self.roles.as_slice().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_with_a_new_member_of_staff_is_told_at_once() {
        let input = Input {
            login: "No".into(),
            name: String::new(),
            roles: vec![Role::Declarant],
            password: "short".into(),
        };
        let violations = Draft::parse(input, OrganisationKind::BureauOffice).err().unwrap();
        let pointers: Vec<_> = violations.iter().map(|found| found.pointer.as_str()).collect();
        assert_eq!(pointers, ["/login", "/name", "/roles/0", "/password"]);
    }

    #[test]
    fn a_login_is_plain() {
        for good in ["abc", "wang.li", "0ab_-c"] {
            assert!(is_login(good), "{good}");
        }
        for bad in ["ab", "Wang", ".abc", "王丽丽", "a b c", &"a".repeat(65)] {
            assert!(!is_login(bad), "{bad}");
        }
    }
}
