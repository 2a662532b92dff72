//! Inspections as the wire shows them.
use chrono::{DateTime, Utc};
use serde::Serialize;
use shared::{
    declaration::{DeclarationId, Status},
    inspection::{
        AppointmentId, ChangeKind, Conformity, DisposalKind, Fault, Finding, Inputs, InspectionId,
        Reason, SampleId, TreatmentId, Verdict,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

/// Everything the caller may know about the inspection of one declaration.
#[derive(Debug, Serialize, ToSchema)]
pub struct InspectionOut {
    /// The case.
    #[schema(value_type = Uuid)]
    pub declaration_id: DeclarationId,
    /// The bureau's number (报检号), once accepted.
    #[schema(example = "310900114000124", max_length = 15, pattern = r"^\d{15}$")]
    pub decl_no: Option<String>,
    /// Where the declaration stands.
    pub status: Status,
    /// The office that inspects (施检机构).
    #[schema(example = "311000", max_length = 6, pattern = r"^\d{6}$")]
    pub insp_org: Option<String>,
    /// Whether it is to be inspected; unknown before acceptance.
    pub is_selected: Option<bool>,
    /// How that was drawn; for offices only.
    pub draw: Option<DrawOut>,
    /// What changed the outcome after the draw; for offices only.
    #[schema(max_items = 1000)]
    pub changes: Option<Vec<ChangeOut>>,
    /// When and where the goods can be seen; the last one counts.
    #[schema(max_items = 1000)]
    pub appointments: Vec<AppointmentOut>,
    /// The rounds of inspection, oldest first.
    #[schema(max_items = 1000)]
    pub rounds: Vec<RoundOut>,
    /// Treatments ordered, oldest first.
    #[schema(max_items = 1000)]
    pub treatments: Vec<TreatmentOut>,
    /// What became of goods that could not stay.
    pub disposal: Option<DisposalOut>,
}

/// The draw (抽批), with all that is needed to repeat it except the key itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawOut {
    /// When it was drawn: the moment of acceptance.
    pub drawn_at: DateTime<Utc>,
    /// What decided.
    pub reason: Reason,
    /// The rate in parts per million.
    #[schema(example = 150_000, minimum = 0, maximum = 1_000_000)]
    pub rate_ppm: i32,
    /// What the rate was made of.
    pub inputs: Inputs,
    /// The first eight bytes of the HMAC, as hexadecimal digits.
    #[schema(example = "14615b065293e3d1", max_length = 16, pattern = "^[0-9a-f]{16}$")]
    pub draw: String,
    /// The second draw, made only where the rate is nought.
    #[schema(max_length = 16, pattern = "^[0-9a-f]{16}$")]
    pub audit_draw: Option<String>,
    /// The key of that day.
    #[schema(example = "2014", max_length = 64)]
    pub key_id: String,
}

/// What changed the outcome after the draw.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeOut {
    /// What was done.
    pub kind: ChangeKind,
    /// The raised rate in parts per million, where a rate was raised.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub rate_ppm: Option<i32>,
    /// Why.
    #[schema(max_length = 1000)]
    pub reason: String,
    /// Who did it; nobody where a rate was raised.
    pub by_staff: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A time and a place for the inspectors to come.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: AppointmentId,
    /// Yard, warehouse or berth.
    #[schema(example = "洋山三期堆场", max_length = 100)]
    pub place: String,
    /// From when on.
    pub slot_from: DateTime<Utc>,
    /// Until when.
    pub slot_to: DateTime<Utc>,
    /// Office code or registration number of who made it.
    #[schema(max_length = 10)]
    pub made_by: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// One round of inspection: from its start to a result that two inspectors signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoundOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: InspectionId,
    /// Counted from 1.
    #[schema(minimum = 1, maximum = 1000)]
    pub round: i32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// The result; absent until two inspectors have signed the same verdict.
    pub result: Option<ResultOut>,
    /// Samples taken in this round.
    #[schema(max_items = 1000)]
    pub samples: Vec<SampleOut>,
    /// Who inspects; for offices only.
    #[schema(max_items = 10)]
    pub inspectors: Option<Vec<Uuid>>,
    /// Who signed what; for offices only.
    #[schema(max_items = 10)]
    pub signatures: Option<Vec<SignatureOut>>,
}

/// The result of a round.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultOut {
    /// On the whole consignment.
    pub verdict: Verdict,
    /// What is wrong, where it failed.
    pub code: Option<Fault>,
    /// On each goods line.
    #[schema(max_items = 999)]
    pub findings: Vec<Finding>,
    /// When the second inspector signed.
    pub decided_at: DateTime<Utc>,
}

/// What one inspector says under their name.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureOut {
    /// Who signed.
    pub inspector: Uuid,
    /// On the whole consignment.
    pub verdict: Verdict,
    /// What is wrong, where it fails.
    pub code: Option<Fault>,
    /// On each goods line.
    #[schema(max_items = 999)]
    pub findings: Vec<Finding>,
    /// Documents and photographs that show it.
    #[schema(value_type = Vec<Evidence>, max_items = 50)]
    pub evidence: Vec<String>,
    /// When.
    pub signed_at: DateTime<Utc>,
}

/// A sample on its way through the laboratory.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: SampleId,
    /// Number of the sampling receipt (采样凭单).
    #[schema(example = "SR31100020140513000001", max_length = 40)]
    pub receipt_no: String,
    /// The goods line it was taken from.
    #[schema(minimum = 1, maximum = 999)]
    pub goods_no: i32,
    /// How much was taken, with its unit.
    #[schema(example = "6 bottles", max_length = 50)]
    pub quantity: String,
    /// Where it was sent.
    #[schema(max_length = 100)]
    pub laboratory: String,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// What the laboratory found; absent until it reported.
    pub result: Option<Conformity>,
    /// The same in words.
    #[schema(max_length = 500)]
    pub result_detail: Option<String>,
    /// When it reported.
    pub reported_at: Option<DateTime<Utc>>,
}

/// A treatment, from its order to what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TreatmentOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: TreatmentId,
    /// What is to be done.
    #[schema(max_length = 500)]
    pub method: String,
    /// When it was ordered.
    pub ordered_at: DateTime<Utc>,
    /// Number of the certificate of treatment.
    #[schema(max_length = 40)]
    pub certificate_no: Option<String>,
    /// Whether it did what it should; absent until verified.
    pub is_effective: Option<bool>,
    /// When it was verified.
    pub verified_at: Option<DateTime<Utc>>,
    /// Who ordered it; for offices only.
    pub ordered_by: Option<Uuid>,
    /// Who verified it; for offices only.
    pub verified_by: Option<Uuid>,
}

/// A document or photograph, by its number or name.
#[derive(ToSchema)]
#[schema(example = "照片 20140513-07", min_length = 1, max_length = 500)]
pub struct Evidence(#[expect(dead_code, reason = "for the contract only")] String);

/// The end of non-conforming goods.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisposalOut {
    /// Sent back or destroyed.
    pub kind: DisposalKind,
    /// How that is proven.
    #[schema(value_type = Vec<Evidence>, max_items = 50)]
    pub evidence: Vec<String>,
    /// When it was proven.
    pub proven_at: DateTime<Utc>,
}
