//! The clearance form and its life (domain 3.4, R1); releases.
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::{Refusal, lifecycle},
};

crate::id!(
    /// One clearance form.
    FormId
);

/// Where a form stands. Customs' steps (`SENT` to `WRITTEN_OFF`) are taken by its gateway.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ClearanceFormState)]
pub enum State {
    Issued,
    Sent,
    StoredAtCustoms,
    /// 核注: customs compared it with an entry.
    Annotated,
    /// 核销: the entry is closed.
    WrittenOff,
    Void,
    Expired,
}

impl State {
    pub const ALL: [Self; 7] = [
        Self::Issued,
        Self::Sent,
        Self::StoredAtCustoms,
        Self::Annotated,
        Self::WrittenOff,
        Self::Void,
        Self::Expired,
    ];

    /// Whether `to` may follow. A form that customs annotated is never voided, a void one never used.
    #[must_use]
    pub const fn may_become(self, to: Self) -> bool {
        use State::*;
        matches!(
            (self, to),
            (Issued, Sent)
                | (Sent, StoredAtCustoms)
                | (StoredAtCustoms, Annotated)
                | (Annotated, WrittenOff)
                | (Issued | Sent | StoredAtCustoms, Void | Expired)
        )
    }

    pub fn step(self, to: Self) -> Result<Self, Refusal> {
        if self.may_become(to) {
            return Ok(to);
        }
        Err(Refusal::new(
            "clearance-form/wrong-state",
            format!("a clearance form that is {} cannot become {}", self.name(), to.name()),
        ))
    }

    /// Customs may still clear goods on it, or has.
    #[must_use]
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Void | Self::Expired)
    }

    /// Customs has used it: nothing about the goods may change any more (domain R13).
    #[must_use]
    pub const fn is_annotated(self) -> bool {
        matches!(self, Self::Annotated | Self::WrittenOff)
    }

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Issued => "ISSUED",
            Self::Sent => "SENT",
            Self::StoredAtCustoms => "STORED_AT_CUSTOMS",
            Self::Annotated => "ANNOTATED",
            Self::WrittenOff => "WRITTEN_OFF",
            Self::Void => "VOID",
            Self::Expired => "EXPIRED",
        }
    }
}

/// The diagram of `docs/lifecycle/clearance-form.md`.
#[must_use]
pub fn mermaid() -> String {
    lifecycle::mermaid(
        &State::ALL,
        &State::ALL,
        |from, to| from.may_become(*to).then_some(*to),
        State::name,
        |_| String::new(),
    )
}

/// One goods line as the form states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Line {
    /// The declared goods line.
    #[schema(minimum = 1, maximum = 999)]
    pub goods_no: i32,
    /// HS code, 10 digits.
    #[schema(max_length = 10)]
    pub hs_code: String,
    #[schema(max_length = 200)]
    pub name: String,
    /// Never above the declared quantity (domain invariant 7).
    #[schema(value_type = Option<String>, max_length = 24)]
    pub quantity: Option<Decimal>,
    #[schema(max_length = 8)]
    pub unit: Option<String>,
    #[schema(value_type = Option<String>, max_length = 24)]
    pub weight: Option<Decimal>,
    #[schema(max_length = 8)]
    pub weight_unit: Option<String>,
}

/// A form about to be issued.
#[derive(Clone, Debug)]
pub struct NewForm {
    pub declaration_id: DeclarationId,
    pub decl_no: String,
    pub lines: Vec<Line>,
    /// Issued before the inspection result: the goods are not for sale or use until then (domain R11).
    pub before_result: bool,
    pub valid_until: NaiveDate,
    /// What it says beside its goods: under direct release where they leave, in which containers, behind which seals.
    pub remark: Option<String>,
}

/// A clearance form (通关单).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub id: FormId,
    pub declaration_id: DeclarationId,
    /// `decl_no` and a three-digit sequence, `000` the first time.
    pub clearance_no: String,
    pub sequence: i32,
    pub state: State,
    pub lines: Vec<Line>,
    pub before_result: bool,
    pub issued_at: DateTime<Utc>,
    pub issued_by: Option<Uuid>,
    /// Inclusive.
    pub valid_until: NaiveDate,
    pub remark: Option<String>,
    pub voided_at: Option<DateTime<Utc>>,
    pub void_reason: Option<String>,
}

/// On what goods are released.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReleaseKind {
    /// Outside the catalogue: the D/O itself (提货单).
    DeliveryOrder,
    /// Catalogue goods.
    ClearanceForm,
}

/// Goods released, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub declaration_id: DeclarationId,
    pub decl_no: String,
    pub release_org: String,
    pub kind: ReleaseKind,
    pub clearance_no: Option<String>,
    pub do_key: Option<String>,
    /// `None`: the system, in the automatic path.
    pub released_by: Option<Uuid>,
    pub released_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        /// Whatever is tried, a void form is never used and an annotated one never voided.
        #[test]
        fn every_walk_is_lawful(steps in prop::collection::vec(select(&State::ALL[..]), 0..30)) {
            let (mut here, mut annotated, mut void) = (State::Issued, false, false);
            for to in steps {
                if here.step(to).is_err() { continue }
                prop_assert!(!void, "left VOID");
                prop_assert!(!annotated || to.is_annotated(), "an annotated form was taken back");
                here = to;
                annotated |= here.is_annotated();
                void |= here == State::Void;
            }
        }
    }
}
