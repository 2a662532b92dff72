//! Goods under way on a clearance form of another office (domain 4.5): one record of each lot, kept on both sides.
//!
//! The office that issues the form seals the goods; the office at the other end compares the seals. It never asks
//! anybody to declare.
pub mod event;
mod exclusion;
pub mod job;
mod seal;
mod status;
pub mod wire;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use exclusion::{Handling, export_exclusions, import_exclusions};
pub use seal::{
    ContainerRead, Finding, FindingKind, Reading, Seal, SealKind, SealRead, SealState,
    SealedContainer, check_sealed, compare, states,
};
pub use status::{Action, State, mermaid};

use super::{Direction, message::correlation_of};
use crate::{
    clearance::Line,
    declaration::DeclarationId,
    kernel::{Actor, Failure, Refusal},
};

crate::id!(
    /// One consignment under direct release, as this bureau keeps it.
    ConsignmentId
);

/// One lot on its way, from the seals to the last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consignment {
    pub id: ConsignmentId,
    pub direction: Direction,
    /// The form on which it goes now.
    pub clearance_no: String,
    /// Forms that it replaced, the first one first.
    pub former: Vec<String>,
    /// The declaration, where the form was issued here.
    pub declaration_id: Option<DeclarationId>,
    /// Who declared it there; perhaps an agent.
    pub declarant: Option<String>,
    /// The enterprise that holds the grant.
    pub reg_no: String,
    /// The office that issued the form and sealed the goods; `issuing_partner`: its bureau, if that is not ours.
    pub issuing_org: String,
    pub issuing_partner: Option<String>,
    /// The office that compares the seals; `checking_partner`: its bureau, if that is not ours.
    pub checking_org: String,
    pub checking_partner: Option<String>,
    /// The exit port, or the district of destination.
    pub place: String,
    /// The country that an export goes to; some want certificates of the port.
    pub destination_country: Option<String>,
    pub goods: Vec<Line>,
    /// Containers and the seals on them, as the form remarks them.
    pub containers: Vec<SealedContainer>,
    pub valid_until: NaiveDate,
    pub issued_at: DateTime<Utc>,
    /// The last day to arrive; imports only.
    pub due_on: Option<NaiveDate>,
    /// The declaration at the destination; imports only.
    pub arrival_decl_no: Option<String>,
    pub state: State,
    /// How often the issuing side has spoken about it, as far as this bureau knows.
    pub version: i64,
    /// How often the checking side has.
    pub report_version: i64,
    /// What a first inspector read, and who that was.
    pub first: Option<(Reading, Uuid)>,
    /// What two inspectors read.
    pub reading: Option<Reading>,
    pub checked_at: Option<DateTime<Utc>>,
    /// Where the reading and the form do not agree.
    pub findings: Vec<Finding>,
    /// What was seen when the goods were looked at.
    pub further: Option<FurtherCheck>,
    /// The issuing side explained the findings without a new form.
    pub confirmation: Option<String>,
    /// The notice of non-conformity that stopped it.
    pub notice_id: Option<Uuid>,
    /// What was said last: why it was stopped, returned, corrected.
    pub remark: Option<String>,
    pub chased_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

/// After an anomaly the goods themselves are looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FurtherCheck {
    /// They are what the form says.
    pub goods_agree: bool,
    pub remark: String,
    /// Who looked, if that was here.
    pub by: Option<Uuid>,
    pub at: DateTime<Utc>,
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct ConsignmentFilter {
    pub direction: Option<Direction>,
    pub state: Option<State>,
    pub reg_no: Option<String>,
    /// The form on which it goes, or went.
    pub clearance_no: Option<String>,
}

impl Consignment {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }

    /// All that is said about it, both ways, is one conversation: named by its first form.
    #[must_use]
    pub fn correlation(&self) -> Uuid {
        correlation_of(self.former.first().unwrap_or(&self.clearance_no))
    }

    /// Takes a step of the lifecycle in memory; returns the state it left.
    pub fn take(&mut self, action: Action) -> Result<State, Refusal> {
        let from = self.state;
        self.state = from.take(action)?;
        Ok(from)
    }

    /// This bureau issued the form, and the actor sits in the office that did.
    pub fn must_be_issued_by(&self, actor: &Actor) -> Result<(), Failure> {
        if self.issuing_partner.is_some() {
            return Err(Failure::Forbidden("the bureau that issued the form does this"));
        }
        actor.must_be_of(&self.issuing_org)
    }

    /// This bureau checks it, and the actor sits in the office that does.
    pub fn must_be_checked_by(&self, actor: &Actor) -> Result<(), Failure> {
        if self.checking_partner.is_some() {
            return Err(Failure::Forbidden("the bureau at the other end does this"));
        }
        actor.must_be_of(&self.checking_org)
    }

    /// What the draw is made of (domain R3, prefix `direct:`).
    #[must_use]
    pub fn draw_subject(&self) -> String {
        format!("{}@{}", self.clearance_no, self.checking_org)
    }

    /// What the form says beside its goods (domain 3.4): how they travel, where to, and behind which seals.
    #[must_use]
    pub fn form_remark(
        direction: Direction,
        place: &str,
        containers: &[SealedContainer],
    ) -> String {
        let to = match direction {
            Direction::Export => "出境口岸",
            Direction::Import => "目的地",
        };
        let sealed = containers.iter().map(|container| {
            let seals: Vec<_> = container.seals.iter().map(|seal| seal.seal_no.as_str()).collect();
            format!("集装箱{} 封识{}", container.container_no, seals.join(","))
        });
        let sealed: Vec<_> = sealed.collect();
        format!("直通放行;{to}{place};{}", sealed.join(";"))
    }
}
