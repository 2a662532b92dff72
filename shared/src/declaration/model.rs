//! The nouns of the room.
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Status;
use crate::kernel::{Actor, Refusal};

crate::id!(
    /// One declaration, from filing to its end.
    DeclarationId
);
crate::id!(
    /// One wish to change an accepted declaration.
    AmendmentId
);

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:tt),* $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
        )]
        #[sqlx(type_name = "text")]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $text)] #[sqlx(rename = $text)] $word),*
        }

        impl $name {
            /// The name on the wire and in tables.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$word => $text),* }
            }

            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$word),)* _ => None }
            }
        }
    };
}

words! {
    /// Into the country or out of it (出入境类别, `Apl_Kind`).
    Direction {
        /// 入境
        Inbound = "I",
        /// 出境
        Outbound = "O",
    }
}

words! {
    /// Whether a line stands in the statutory catalogue (法检目录) on the day of declaration.
    Kind {
        /// Declared for inspection (报检): fees, perhaps a clearance form.
        Catalogue = "CATALOGUE",
        /// Self-declared (自助申报): container and packaging quarantine only, the D/O is released.
        OutsideCatalogue = "OUTSIDE_CATALOGUE",
    }
}

words! {
    /// Why a version of the content exists.
    Cause {
        Filed = "FILED",
        Resubmitted = "RESUBMITTED",
        Amended = "AMENDED",
        /// Declared at another bureau, and come here by a handoff.
        HandedOver = "HANDED_OVER",
    }
}

words! {
    /// Where a wish to amend stands (domain R13).
    AmendmentState {
        Requested = "REQUESTED",
        /// The port agrees; the bureau that inspected the goods has been asked (domain 4.4 rule 3).
        WithOrigin = "WITH_ORIGIN",
        Approved = "APPROVED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }
}

/// A declaration's place in its life. What was declared stands in its versions.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own, as in the table"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub id: DeclarationId,
    /// The declaring unit (报检单位): owner of the case.
    pub decl_reg_no: String,
    /// The owner's own reference (企业报检号).
    pub ent_decl_no: String,
    pub apl_kind: Direction,
    /// Declaration class (报检类别): 13, 14, 15 inbound.
    pub decl_code: String,
    pub kind: Kind,
    pub direct_bureau: String,
    /// The D/O in its one spelling (domain R2); `None` while bill or D/O are missing, and outbound.
    pub do_key: Option<String>,
    pub consignee_code: Option<String>,
    /// The bureau's number (报检号), once accepted; never changes, never reused.
    pub decl_no: Option<String>,
    pub status: Status,
    pub version: i32,
    pub revision: i64,
    /// Declaring office (报检地).
    pub decl_org: String,
    /// Release office (领证地): where the enterprise wants its goods released.
    pub release_org: String,
    /// Inspecting office (施检机构), assigned by the system.
    pub insp_org: Option<String>,
    /// The one office responsible now (domain R9).
    pub holder_org: String,
    /// Declared or released away from the inspecting office (通报通放).
    pub anywhere: bool,
    pub is_selected: bool,
    pub is_mandatory: bool,
    /// An inspection result was signed.
    pub has_result: bool,
    pub credit_class: Option<String>,
    pub withdrawal_requested_at: Option<DateTime<Utc>>,
    pub filed_at: DateTime<Utc>,
    pub accepted_at: Option<DateTime<Utc>>,
    pub released_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

impl Declaration {
    /// The inspecting office; every accepted declaration has one.
    pub fn inspecting_office(&self) -> anyhow::Result<&str> {
        self.insp_org
            .as_deref()
            .ok_or_else(|| anyhow::anyhow!("{} has no inspecting office", self.id))
    }

    /// The bureau's number; every accepted declaration has one.
    pub fn number(&self) -> anyhow::Result<&str> {
        self.decl_no.as_deref().ok_or_else(|| anyhow::anyhow!("{} has no number", self.id))
    }
}

/// One filed version: the document, what was found wrong with it, and what the caller was told.
#[derive(Clone, Debug)]
pub struct Version {
    pub declaration_id: DeclarationId,
    pub version: i32,
    pub cause: Cause,
    pub content: serde_json::Value,
    pub content_hash: Vec<u8>,
    pub defects: serde_json::Value,
    pub receipt: serde_json::Value,
    pub filed_at: DateTime<Utc>,
}

/// A version on its way in: what it holds is written out as JSON already, and kept as it stands.
#[derive(Clone, Debug)]
pub struct NewVersion {
    pub declaration_id: DeclarationId,
    pub version: i32,
    pub cause: Cause,
    /// In its canonical spelling.
    pub content: Arc<str>,
    pub content_hash: [u8; 32],
    pub defects: String,
    pub receipt: String,
    pub filed_at: DateTime<Utc>,
}

/// A wish to change an accepted declaration (更改申请).
#[derive(Clone, Debug)]
pub struct Amendment {
    pub id: AmendmentId,
    pub declaration_id: DeclarationId,
    pub base_version: i32,
    pub content: serde_json::Value,
    pub reason: String,
    pub state: AmendmentState,
    pub requested_at: DateTime<Utc>,
    pub due_on: NaiveDate,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<Uuid>,
    pub decision: Option<String>,
}

impl Amendment {
    /// The port agrees, and asks the origin.
    pub fn refer(&mut self) -> Result<(), Refusal> {
        if self.state != AmendmentState::Requested {
            return Err(self.already());
        }
        self.state = AmendmentState::WithOrigin;
        Ok(())
    }

    fn already(&self) -> Refusal {
        let detail = format!("this amendment is {} already", self.state.name());
        Refusal::new("amendment/already-decided", detail)
    }

    /// Decides it, once.
    pub fn decide(
        &mut self,
        state: AmendmentState,
        actor: &Actor,
        now: DateTime<Utc>,
        decision: Option<&str>,
    ) -> Result<(), Refusal> {
        if !matches!(self.state, AmendmentState::Requested | AmendmentState::WithOrigin) {
            return Err(self.already());
        }
        self.state = state;
        self.decided_at = Some(now);
        self.decided_by = actor.id;
        self.decision = decision.map(str::to_owned);
        Ok(())
    }
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub decl_org: Option<String>,
    pub release_org: Option<String>,
    pub decl_no: Option<String>,
}
