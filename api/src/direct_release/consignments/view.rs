//! Consignments as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    clearance::Line,
    declaration::DeclarationId,
    direct_release::{
        Consignment, ConsignmentId, Direction,
        consignment::{Finding, Handling, SealKind, SealState, SealedContainer, State, states},
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::reply::Reply;

/// Which seals are on which containers.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectSealsIn)]
pub(super) struct SealsIn {
    /// All containers of the declaration.
    #[schema(min_items = 1, max_items = 999)]
    pub containers: Vec<SealedContainer>,
}

/// The seals of a declaration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectSeals)]
pub(super) struct SealsOut {
    /// Container by container; empty as long as nobody closed them.
    #[schema(max_items = 999)]
    pub containers: Vec<SealedContainer>,
}

/// How the goods will be handled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectConsignIn)]
pub(super) struct ConsignIn {
    /// What keeps goods from going directly, whoever asks.
    pub handling: Handling,
}

/// A seal, and how it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectSealOut)]
pub(crate) struct SealOut {
    /// Its number.
    #[schema(example = "SZ0099123", max_length = 20)]
    pub seal_no: String,
    /// Mechanical or electronic.
    pub kind: SealKind,
    /// `APPLIED` until it is read.
    pub state: SealState,
}

/// A container and its seals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectContainerOut)]
pub(crate) struct ContainerOut {
    /// Its number.
    #[schema(example = "COSU6017779", max_length = 11)]
    pub container_no: String,
    /// The seals that the form names.
    #[schema(max_items = 10)]
    pub seals: Vec<SealOut>,
}

/// Goods on their way under direct release (直通放行).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectConsignment)]
pub struct ConsignmentOut {
    /// Its id here.
    pub id: ConsignmentId,
    /// Which way the goods cross the border.
    pub direction: Direction,
    /// Where it stands.
    pub state: State,
    /// The clearance form on which it goes.
    #[schema(example = "320500214000099000", max_length = 18, pattern = r"^\d{18}$")]
    pub clearance_no: String,
    /// Forms that it replaced, the first one first.
    #[schema(max_items = 999)]
    pub former: Vec<String>,
    /// The declaration, where the form was issued here.
    pub declaration_id: Option<DeclarationId>,
    /// The enterprise that holds the grant.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The office that issued the form and sealed the goods.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub issuing_org: String,
    /// The office that reads the seals.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub checking_org: String,
    /// The exit port, or the district of destination.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub place: String,
    /// The country that an export goes to.
    #[schema(max_length = 2, pattern = r"^[A-Z]{2}$")]
    pub destination_country: Option<String>,
    /// The goods that the form clears.
    #[schema(max_items = 999)]
    pub goods: Vec<Line>,
    /// Containers and the seals on them.
    #[schema(max_items = 999)]
    pub containers: Vec<ContainerOut>,
    /// When the form was issued.
    pub issued_at: DateTime<Utc>,
    /// The last day of the form.
    pub valid_until: NaiveDate,
    /// The last day to arrive; imports only.
    pub due_on: Option<NaiveDate>,
    /// When both sides noted that it has not arrived in time.
    pub chased_at: Option<DateTime<Utc>>,
    /// The declaration at the destination; imports only.
    #[schema(max_length = 15, pattern = r"^\d{15}$")]
    pub arrival_decl_no: Option<String>,
    /// How often the issuing side has spoken about it.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    /// A first inspector has read the seals, a second has not yet confirmed it.
    pub is_read_once: bool,
    /// When two inspectors had read the same.
    pub checked_at: Option<DateTime<Utc>>,
    /// Where what they read does not agree with the form.
    #[schema(max_items = 9990)]
    pub findings: Vec<Finding>,
    /// After an anomaly: whether the goods are what the form says; null while nobody looked.
    pub goods_agree: Option<bool>,
    /// How the issuing side explained the findings.
    #[schema(max_length = 1000)]
    pub confirmation: Option<String>,
    /// The notice of non-conformity that stopped it.
    pub notice_id: Option<Uuid>,
    /// What was said about it last.
    #[schema(max_length = 1000)]
    pub remark: Option<String>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Consignment> for ConsignmentOut {
    fn from(row: Consignment) -> Self {
        let states = states(&row.containers, row.reading.as_ref());
        let containers = row.containers.into_iter().zip(states).map(|(container, states)| {
            let seals = container.seals.into_iter().zip(states);
            ContainerOut {
                container_no: container.container_no,
                seals: seals
                    .map(|(seal, state)| SealOut { seal_no: seal.seal_no, kind: seal.kind, state })
                    .collect(),
            }
        });
        Self {
            id: row.id,
            direction: row.direction,
            state: row.state,
            clearance_no: row.clearance_no,
            former: row.former,
            declaration_id: row.declaration_id,
            reg_no: row.reg_no,
            issuing_org: row.issuing_org,
            checking_org: row.checking_org,
            place: row.place,
            destination_country: row.destination_country,
            goods: row.goods,
            containers: containers.collect(),
            issued_at: row.issued_at,
            valid_until: row.valid_until,
            due_on: row.due_on,
            chased_at: row.chased_at,
            arrival_decl_no: row.arrival_decl_no,
            version: row.version,
            is_read_once: row.first.is_some() && row.reading.is_none(),
            checked_at: row.checked_at,
            findings: row.findings,
            goods_agree: row.further.map(|further| further.goods_agree),
            confirmation: row.confirmation,
            notice_id: row.notice_id,
            remark: row.remark,
            updated_at: row.updated_at,
        }
    }
}

/// The answer of every act on a consignment.
pub(super) fn reply(consignment: Consignment) -> serde_json::Result<Reply> {
    let revision = consignment.revision();
    Ok(Reply::ok(&ConsignmentOut::from(consignment))?.revision(revision))
}

/// A page of consignments, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectConsignmentPage)]
pub(super) struct ConsignmentPage {
    /// The consignments of this page.
    #[schema(max_items = 200)]
    pub data: Vec<ConsignmentOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the documentation shows.
#[must_use]
pub(super) fn containers_example() -> Value {
    json!([{ "container_no": "COSU6017779", "seals": [{ "seal_no": "SZ0099123", "kind": "MECHANICAL" }] }])
}

/// What the documentation shows.
#[must_use]
pub(super) fn reading_example() -> Value {
    json!({ "containers": [{ "container_no": "COSU6017779", "is_damaged": false,
        "seals": [{ "seal_no": "SZ0099132", "is_broken": false }] }] })
}

/// What the documentation shows.
#[must_use]
pub(crate) fn example() -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d30", "direction": "EXPORT", "state": "CHECK_ANOMALY",
        "clearance_no": "320500214000099000", "former": [], "declaration_id": null,
        "reg_no": "3200601234", "issuing_org": "320500", "checking_org": "311000", "place": "311001",
        "destination_country": "JP",
        "goods": [{ "goods_no": 1, "hs_code": "9503002100", "name": "毛绒玩具", "quantity": "1200",
            "unit": "007", "weight": "2400", "weight_unit": "035" }],
        "containers": [{ "container_no": "COSU6017779",
            "seals": [{ "seal_no": "SZ0099123", "kind": "MECHANICAL", "state": "REMOVED" }] }],
        "issued_at": "2014-05-12T02:20:00Z", "valid_until": "2014-07-11", "due_on": null,
        "chased_at": null, "arrival_decl_no": null, "version": 1,
        "is_read_once": false, "checked_at": "2014-05-14T03:10:00Z",
        "findings": [{ "container_no": "COSU6017779", "kind": "SEAL_MISMATCH", "expected": "SZ0099123",
            "read": "SZ0099132" }],
        "goods_agree": null, "confirmation": null, "notice_id": null, "remark": null,
        "updated_at": "2014-05-14T03:10:00Z"
    })
}
