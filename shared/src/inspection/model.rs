//! The nouns of the room, and what is asked for before it is found to be in order.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    draw::{Rate, Selection},
    verdict::{Judgement, Verdict},
};
use crate::{declaration::DeclarationId, kernel::Violations};

crate::id!(
    /// A time and a place for the inspectors to come.
    AppointmentId
);
crate::id!(
    /// One round of inspection.
    InspectionId
);
crate::id!(
    /// One sample (样品) on its way through the laboratory.
    SampleId
);
crate::id!(
    /// One ordered treatment (检疫处理).
    TreatmentId
);

/// How long a reason, a method or a piece of evidence may be.
pub const LONGEST_TEXT: usize = 500;

/// How many samples are taken at once, and how many pieces of evidence are named.
const MOST: usize = 50;

/// The outcome of a draw, and the declaration it belongs to.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub declaration: DeclarationId,
    pub decl_no: String,
    pub selection: Selection,
}

/// A selection read back, as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub declaration: DeclarationId,
    pub decl_no: String,
    pub drawn_at: DateTime<Utc>,
    pub selection: Selection,
    /// Kept beside the reason in the table; they say the same.
    pub is_selected: bool,
    pub is_mandatory: bool,
}

/// What changed the outcome after the draw.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = SelectionChangeKind)]
pub enum ChangeKind {
    /// An inspector ordered a check of what was not drawn.
    Ordered,
    /// The duty chief took a drawn one off.
    Deselected,
    /// An amendment raised the rate.
    RateRaised,
}

impl ChangeKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ordered => "ORDERED",
            Self::Deselected => "DESELECTED",
            Self::RateRaised => "RATE_RAISED",
        }
    }
}

/// One such change; appended, never overwritten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub kind: ChangeKind,
    /// The raised rate, where a rate was raised.
    pub rate: Option<Rate>,
    pub reason: String,
    pub by_staff: Option<Uuid>,
    pub at: DateTime<Utc>,
}

/// What comparing the rate of amended goods with the stored draw came to (domain R3: may only turn
/// not-selected into selected).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Not above what was compared before: nothing changes, nothing is written.
    NotRaised,
    /// Raised, and appended to what changed the outcome.
    Raised {
        /// What was not selected is selected now.
        selects: bool,
        /// From now on nobody may take it off.
        is_mandatory: bool,
    },
}

/// When and where the goods can be seen (预约查验).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    pub id: AppointmentId,
    pub place: String,
    pub slot_from: DateTime<Utc>,
    pub slot_to: DateTime<Utc>,
    /// Office code or `reg_no` of who made it.
    pub made_by: String,
    pub made_at: DateTime<Utc>,
}

/// An appointment in which nothing is wrong.
#[derive(Clone, Debug)]
pub struct AppointmentDraft {
    pub(super) place: String,
    pub(super) slot_from: DateTime<Utc>,
    pub(super) slot_to: DateTime<Utc>,
}

impl AppointmentDraft {
    /// Tells everything that is wrong at once.
    pub fn parse(
        place: &str,
        slot_from: DateTime<Utc>,
        slot_to: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let place = violations.text("/place", place, 100);
        if slot_to <= slot_from {
            let message_en = "The slot must end after it begins";
            violations.error("/slot_to", "slot-reversed", "结束时间应晚于开始时间", message_en);
        } else if slot_to <= now {
            violations.error("/slot_to", "slot-over", "预约时段已过", "The slot is over already");
        }
        violations.finish(place.map(|place| Self { place, slot_from, slot_to }))
    }
}

/// One round of inspection: from its start to a result that two inspectors signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    pub id: InspectionId,
    pub round: i32,
    pub insp_org: String,
    pub inspectors: Vec<Uuid>,
    pub started_at: DateTime<Utc>,
    pub verdict: Option<Verdict>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// What one inspector found, under their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub inspection_id: InspectionId,
    pub inspector: Uuid,
    pub judgement: Judgement,
    pub signed_at: DateTime<Utc>,
}

/// What an inspector or a laboratory finds goods to be.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Conformity {
    /// 合格
    Conforming,
    /// 不合格
    NonConforming,
}

impl Conformity {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Conforming => "CONFORMING",
            Self::NonConforming => "NON_CONFORMING",
        }
    }
}

/// A sample, from its receipt (采样凭单) to the laboratory's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub id: SampleId,
    pub inspection_id: InspectionId,
    pub receipt_no: String,
    pub goods_no: i32,
    pub quantity: String,
    pub laboratory: String,
    pub taken_by: Uuid,
    pub taken_at: DateTime<Utc>,
    pub result: Option<Conformity>,
    pub result_detail: Option<String>,
    pub reported_by: Option<Uuid>,
    pub reported_at: Option<DateTime<Utc>>,
}

/// A sample as it was asked for.
#[derive(Clone, Debug)]
pub struct SampleInput {
    pub goods_no: i32,
    pub quantity: String,
    pub laboratory: String,
}

/// Samples in which nothing is wrong.
#[derive(Clone, Debug)]
pub(super) struct SampleDrafts(pub(super) Vec<SampleInput>);

impl SampleDrafts {
    /// Tells everything that is wrong with all of them at once. `goods` are the declared lines.
    pub(super) fn parse(given: Vec<SampleInput>, goods: &[i32]) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if given.is_empty() {
            let message_en = "Take at least one sample";
            violations.error("/samples", "sample-missing", "至少采一个样", message_en);
        }
        at_most(&mut violations, "/samples", given.len());
        let mut drafts = Vec::with_capacity(given.len());
        for (i, sample) in given.into_iter().enumerate() {
            if !goods.contains(&sample.goods_no) {
                violations.error(
                    format!("/samples/{i}/goods_no"),
                    "goods-line-unknown",
                    "报检单中没有该项货物",
                    "No such goods line was declared",
                );
            }
            let quantity = violations.text(format!("/samples/{i}/quantity"), &sample.quantity, 50);
            let laboratory =
                violations.text(format!("/samples/{i}/laboratory"), &sample.laboratory, 100);
            if let (Some(quantity), Some(laboratory)) = (quantity, laboratory) {
                drafts.push(SampleInput { quantity, laboratory, ..sample });
            }
        }
        violations.finish(Some(Self(drafts)))
    }
}

/// What was ordered against a finding (检验检疫处理通知书), and whether it worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treatment {
    pub id: TreatmentId,
    pub method: String,
    pub ordered_by: Uuid,
    pub ordered_at: DateTime<Utc>,
    /// Certificate of treatment (检疫处理证书).
    pub certificate_no: Option<String>,
    pub verified_by: Option<Uuid>,
    pub verified_at: Option<DateTime<Utc>>,
    pub is_effective: Option<bool>,
}

/// Whether a treatment did what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = TreatmentEffect)]
pub enum Effect {
    Effective,
    Ineffective,
}

/// What became of goods that could not stay.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisposalKind {
    /// Sent back (退运).
    Returned,
    /// Destroyed (销毁).
    Destroyed,
}

impl DisposalKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Returned => "RETURNED",
            Self::Destroyed => "DESTROYED",
        }
    }
}

/// The end of non-conforming goods, and how it was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposal {
    pub kind: DisposalKind,
    pub evidence: Vec<String>,
    pub proven_by: Uuid,
    pub proven_at: DateTime<Utc>,
}

fn at_most(violations: &mut Violations, pointer: &str, given: usize) {
    if given > MOST {
        let message_en = format!("At most {MOST} at once");
        violations.error(pointer, "too-many", format!("一次最多{MOST}项"), message_en);
    }
}

/// Pieces of evidence (document numbers, photographs): at least one, none empty.
pub(super) fn evidence(
    violations: &mut Violations,
    pointer: &str,
    given: &[String],
) -> Option<Vec<String>> {
    if given.is_empty() {
        violations.error(
            pointer,
            "evidence-missing",
            "应附证据",
            "Name at least one piece of evidence",
        );
        return None;
    }
    at_most(violations, pointer, given.len());
    let pieces = given.iter().enumerate();
    let texts: Vec<Option<String>> = pieces
        .map(|(i, piece)| violations.text(format!("{pointer}/{i}"), piece, LONGEST_TEXT))
        .collect();
    texts.into_iter().collect()
}

/// Everything the bureau knows about the inspection of one declaration.
#[derive(Clone, Debug)]
pub struct Dossier {
    pub selection: Option<Stored>,
    pub changes: Vec<Change>,
    pub appointments: Vec<Appointment>,
    pub rounds: Vec<Round>,
    pub signatures: Vec<Signature>,
    pub samples: Vec<Sample>,
    pub treatments: Vec<Treatment>,
    pub disposal: Option<Disposal>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn codes(violations: &Violations) -> Vec<(&str, &str)> {
        violations.iter().map(|found| (found.pointer.as_str(), found.code.as_str())).collect()
    }

    #[test]
    fn an_appointment_lies_ahead_and_has_a_place() {
        let now = at("2014-05-12T02:00:00Z");
        let (from, to) = (at("2014-05-13T01:00:00Z"), at("2014-05-13T03:00:00Z"));

        assert!(AppointmentDraft::parse("Yangshan yard 3", from, to, now).is_ok());
        let reversed = AppointmentDraft::parse(" ", to, from, now).unwrap_err();
        assert_eq!(codes(&reversed), [("/place", "text-missing"), ("/slot_to", "slot-reversed")]);
        let over =
            AppointmentDraft::parse("yard", from, to, at("2014-05-14T00:00:00Z")).unwrap_err();
        assert_eq!(codes(&over), [("/slot_to", "slot-over")]);
    }

    #[test]
    fn samples_are_of_declared_lines_and_all_faults_are_told_at_once() {
        let sample = |goods_no, quantity: &str| SampleInput {
            goods_no,
            quantity: quantity.into(),
            laboratory: "Food laboratory".into(),
        };

        assert!(SampleDrafts::parse(vec![sample(1, "2 bottles"), sample(2, "1")], &[1, 2]).is_ok());
        let wrong = SampleDrafts::parse(vec![sample(1, ""), sample(3, "1")], &[1, 2]).unwrap_err();
        assert_eq!(
            codes(&wrong),
            [
                ("/samples/0/quantity", "text-missing"),
                ("/samples/1/goods_no", "goods-line-unknown")
            ]
        );
        let none = SampleDrafts::parse(vec![], &[1]).unwrap_err();
        assert_eq!(codes(&none), [("/samples", "sample-missing")]);
    }

    #[test]
    fn evidence_is_at_least_one_piece_and_none_is_empty() {
        let mut violations = Violations::default();

        assert!(evidence(&mut violations, "/evidence", &["B/L 7".into()]).is_some());
        assert!(violations.is_empty());
        assert!(evidence(&mut violations, "/evidence", &[]).is_none());
        assert!(evidence(&mut violations, "/evidence", &["a".into(), " ".into()]).is_none());
        assert_eq!(
            codes(&violations),
            [("/evidence", "evidence-missing"), ("/evidence/1", "text-missing")]
        );
    }
}
