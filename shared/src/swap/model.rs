//! The nouns of the room.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Action, State};
use crate::{
    declaration::DeclarationId,
    kernel::{Refusal, Violations},
};

crate::id!(
    /// One transfer, as this bureau keeps it.
    TransferId
);
crate::id!(
    /// One try to claim.
    TryId
);

/// On which end of a transfer this bureau stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = TransferSide)]
pub enum Side {
    /// The goods were inspected here (产地局).
    Origin,
    /// They leave from here (口岸局).
    Port,
}

impl Side {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Origin => "ORIGIN",
            Self::Port => "PORT",
        }
    }
}

/// An electronic transfer (电子转单).
#[derive(Clone)]
pub struct Transfer {
    pub id: TransferId,
    pub side: Side,
    /// The origin's declaration number and a `T`.
    pub transfer_no: String,
    pub decl_no: String,
    /// The direct bureau of the origin, and the office that inspected.
    pub origin_bureau: String,
    pub origin_org: String,
    pub port_bureau: String,
    /// The office of the port: named by the origin, or the one at which it was claimed.
    pub port_org: Option<String>,
    /// Whose declaration it was at the origin.
    pub reg_no: String,
    /// An argon2id PHC string; a secret like the password itself.
    pub password_hash: String,
    pub state: State,
    /// How often the origin has spoken about it, as far as this bureau knows.
    pub origin_version: i32,
    /// How often the port has.
    pub port_version: i32,
    /// What was declared and inspected at the origin.
    pub content: Value,
    /// The day of the inspection result.
    pub concluded_on: NaiveDate,
    /// The last day on which it can be swapped.
    pub valid_until: NaiveDate,
    /// All that is said about it, both ways, is one conversation.
    pub correlation_id: Uuid,
    /// At the origin the declaration that was inspected; at the port the one that claimed it.
    pub declaration_id: Option<DeclarationId>,
    /// The declaring unit that claimed it, and when.
    pub claimant: Option<String>,
    pub claimed_at: Option<DateTime<Utc>>,
    /// Until when a claim that was not drawn is swapped (domain 4.4 rule 1).
    pub swap_due_at: Option<DateTime<Utc>>,
    /// The port's number for the case, and its latest form.
    pub port_decl_no: Option<String>,
    pub clearance_no: Option<String>,
    pub form_valid_until: Option<NaiveDate>,
    pub swapped_at: Option<DateTime<Utc>>,
    /// The origin agreed to what the port found.
    pub is_correction_agreed: bool,
    /// Too many guessed at it; until the origin unlocks it.
    pub locked_at: Option<DateTime<Utc>>,
    /// The origin asked for it back, and what the port said if it said no.
    pub revocation_asked_at: Option<DateTime<Utc>>,
    pub revocation_refused: Option<String>,
    /// Why it ended, or what was found.
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub revision: i64,
}

/// Never shows the secret.
impl std::fmt::Debug for Transfer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transfer")
            .field("side", &self.side)
            .field("transfer_no", &self.transfer_no)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Transfer {
    /// Takes a step of the lifecycle in memory; returns the state it left.
    pub fn take(&mut self, action: Action) -> Result<State, Refusal> {
        let from = self.state;
        self.state = from.take(action)?;
        Ok(from)
    }

    /// The bureau on the other end.
    #[must_use]
    pub fn partner(&self) -> &str {
        match self.side {
            Side::Origin => &self.port_bureau,
            Side::Port => &self.origin_bureau,
        }
    }
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub side: Option<Side>,
    pub state: Option<State>,
    pub transfer_no: Option<String>,
    /// Claims that should have been swapped by then, and are not.
    pub overdue_at: Option<DateTime<Utc>>,
}

/// The transfer number that belongs to a declaration number.
#[must_use]
pub fn transfer_no(decl_no: &str) -> String {
    format!("{decl_no}T")
}

/// What somebody shows to claim a transfer: all three are needed (domain 1.3).
#[derive(Clone)]
pub struct Presented {
    pub decl_no: String,
    pub transfer_no: String,
    pub password: String,
}

impl Presented {
    /// Only the forms are looked at: nothing is told about numbers and passwords that have them.
    pub fn check(&self, violations: &mut Violations) {
        let is_digits = |text: &str, count| {
            text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_digits(&self.decl_no, 15) {
            let (zh, en) = ("报检号为15位数字", "a declaration number has 15 digits");
            violations.error("/decl_no", "decl-no-malformed", zh, en);
        }
        let number = self.transfer_no.strip_suffix('T').unwrap_or_default();
        if !is_digits(number, 15) {
            let (zh, en) = ("转单号为15位数字加T", "a transfer number has 15 digits and a T");
            violations.error("/transfer_no", "transfer-no-malformed", zh, en);
        }
        if !is_digits(&self.password, 4) {
            let (zh, en) = ("转单密码为4位数字", "a transfer password has 4 digits");
            violations.error("/password", "transfer-password-malformed", zh, en);
        }
    }
}
