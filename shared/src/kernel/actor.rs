//! Who acts. The actor travels with each act, so one transaction can carry many callers' acts.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Failure;

/// What kind of organisation somebody acts for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganisationKind {
    /// An office of the inspection and quarantine bureau.
    BureauOffice,
    /// A consignee or consignor that declares for itself (自理报检单位).
    Enterprise,
    /// Declares for others under a power of attorney (代理报检单位).
    DeclaringAgent,
}

/// What somebody is employed to do (domain R10). One person may hold several.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Files, amends, withdraws and pays for its own organisation's cases.
    Declarant,
    /// Accepts, returns, rejects; approves amendments and withdrawals (检务受理).
    AcceptanceOfficer,
    /// Issues and voids fee notices (计费).
    FeeOfficer,
    /// Takes money at the counter (收费).
    Cashier,
    /// Inspects, samples, signs results (施检).
    Inspector,
    /// Drafts and checks certificates (签证).
    CertificationOfficer,
    /// Issues clearance forms and releases (放行).
    ReleaseOfficer,
    /// The section chief on duty: exceptions and overrides (值班科长).
    DutyChief,
    /// Approves extensions of clocks (主任).
    Director,
    /// Keeps organisations, staff, clients and reference tables.
    Administrator,
}

impl Role {
    pub const ALL: [Self; 10] = [
        Self::Declarant,
        Self::AcceptanceOfficer,
        Self::FeeOfficer,
        Self::Cashier,
        Self::Inspector,
        Self::CertificationOfficer,
        Self::ReleaseOfficer,
        Self::DutyChief,
        Self::Director,
        Self::Administrator,
    ];

    /// All that officers of an office may hold.
    #[must_use]
    pub fn of_offices() -> Vec<Self> {
        let not_there = [Self::Declarant, Self::Administrator];
        Self::ALL.into_iter().filter(|role| !not_there.contains(role)).collect()
    }

    /// The name on the wire and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Declarant => "declarant",
            Self::AcceptanceOfficer => "acceptance_officer",
            Self::FeeOfficer => "fee_officer",
            Self::Cashier => "cashier",
            Self::Inspector => "inspector",
            Self::CertificationOfficer => "certification_officer",
            Self::ReleaseOfficer => "release_officer",
            Self::DutyChief => "duty_chief",
            Self::Director => "director",
            Self::Administrator => "administrator",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// For whom somebody acts, and so what they may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The bureau itself: timers, rules, the automatic path.
    System,
    /// A bank, known by its signature.
    Bank { bank_code: String },
    /// Another bureau, known by its signature.
    Partner { bureau: String },
    /// A person or client of an organisation. `code` is the office code or the `reg_no`.
    Member { kind: OrganisationKind, organisation: Uuid, code: String, is_staff: bool },
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The staff member or client; `None` for the system and for banks.
    pub id: Option<Uuid>,
    pub standing: Standing,
    pub roles: Vec<Role>,
}

impl Actor {
    /// The bureau itself, acting through its worker.
    #[must_use]
    pub const fn system() -> Self {
        Self { id: None, standing: Standing::System, roles: Vec::new() }
    }

    #[must_use]
    pub fn bank(bank_code: &str) -> Self {
        let standing = Standing::Bank { bank_code: bank_code.to_owned() };
        Self { id: None, standing, roles: Vec::new() }
    }

    #[must_use]
    pub fn partner(bureau: &str) -> Self {
        let standing = Standing::Partner { bureau: bureau.to_owned() };
        Self { id: None, standing, roles: Vec::new() }
    }

    #[must_use]
    pub fn is_system(&self) -> bool {
        self.standing == Standing::System
    }

    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The office this actor works in, if it is an office.
    #[must_use]
    pub fn office(&self) -> Option<&str> {
        match &self.standing {
            Standing::Member { kind: OrganisationKind::BureauOffice, code, .. } => Some(code),
            _ => None,
        }
    }

    /// The enterprise or agent this actor declares for.
    #[must_use]
    pub fn reg_no(&self) -> Option<&str> {
        match &self.standing {
            Standing::Member { kind: OrganisationKind::BureauOffice, .. } => None,
            Standing::Member { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The person behind an act that needs a person.
    pub fn person(&self) -> Result<Uuid, Failure> {
        match (&self.standing, self.id) {
            (Standing::Member { is_staff: true, .. }, Some(id)) => Ok(id),
            _ => Err(Failure::Forbidden("this act needs a person who signed in")),
        }
    }

    /// Only `office` may do this here. Others who may see the case are told so.
    pub fn must_be_of(&self, office: &str) -> Result<(), Failure> {
        match self.office() {
            Some(own) if own == office => Ok(()),
            None if self.is_system() => Ok(()),
            _ => Err(Failure::Forbidden("this act belongs to another office")),
        }
    }

    /// Whose cases this actor may see: goes into the SQL that reads them.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        Scope { all: self.is_system(), reg_no: self.reg_no(), office: self.office() }
    }

    /// What stands in `events.organisation`.
    #[must_use]
    pub fn organisation(&self) -> &str {
        match &self.standing {
            Standing::System => "SYSTEM",
            Standing::Bank { bank_code } => bank_code,
            Standing::Partner { bureau } => bureau,
            Standing::Member { code, .. } => code,
        }
    }

    /// What stands in `events.actor_kind`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match &self.standing {
            Standing::System => "SYSTEM",
            Standing::Bank { .. } => "BANK",
            Standing::Partner { .. } => "PARTNER",
            Standing::Member { is_staff: true, .. } => "STAFF",
            Standing::Member { .. } => "CLIENT",
        }
    }
}

/// Whose cases somebody may see. An enterprise or agent sees what it declared; an office sees what was
/// declared, is inspected or will be released there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    pub all: bool,
    pub reg_no: Option<&'a str>,
    pub office: Option<&'a str>,
}
