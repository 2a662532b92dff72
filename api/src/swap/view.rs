//! Transfers as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    acts::{WantedLine, swap::Wanted},
    declaration::DeclarationId,
    swap::{Handling, Presented, Side, State, Transfer, TransferId},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// An electronic transfer (电子转单). Its password is not part of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: TransferId,
    /// On which end of it this bureau stands.
    pub side: Side,
    /// The origin's declaration number and a `T`.
    #[schema(example = "330900214004567T", max_length = 16, pattern = r"^\d{15}T$")]
    pub transfer_no: String,
    /// The declaration number at the origin.
    #[schema(example = "330900214004567", max_length = 15, pattern = r"^\d{15}$")]
    pub decl_no: String,
    /// The office that inspected.
    #[schema(example = "330900", max_length = 6)]
    pub origin_org: String,
    /// The bureau through whose port the goods leave.
    #[schema(example = "310000", max_length = 6)]
    pub port_bureau: String,
    /// The office of the port; null while any will do.
    #[schema(example = "310900", max_length = 6)]
    pub port_org: Option<String>,
    /// Whose declaration it was at the origin.
    #[schema(example = "3301600001", max_length = 20)]
    pub reg_no: String,
    /// Where it stands.
    pub state: State,
    /// The day of the inspection result.
    pub concluded_on: NaiveDate,
    /// The last day on which it can be swapped.
    pub valid_until: NaiveDate,
    /// The declaration here: the one inspected, or the one that claimed it.
    #[schema(value_type = Option<Uuid>)]
    pub declaration_id: Option<DeclarationId>,
    /// The port's number for the case.
    #[schema(example = "310900214000077", max_length = 15)]
    pub port_decl_no: Option<String>,
    /// The latest clearance form.
    #[schema(example = "310900214000077000", max_length = 18)]
    pub clearance_no: Option<String>,
    /// The last day of that form.
    pub form_valid_until: Option<NaiveDate>,
    /// When it was claimed.
    pub claimed_at: Option<DateTime<Utc>>,
    /// Until when a claim that was not drawn is swapped.
    pub swap_due_at: Option<DateTime<Utc>>,
    /// When it was swapped.
    pub swapped_at: Option<DateTime<Utc>>,
    /// When too many wrong passwords locked it.
    pub locked_at: Option<DateTime<Utc>>,
    /// The origin agreed to a correction of what the port found.
    pub is_correction_agreed: bool,
    /// When the origin asked for it back.
    pub revocation_asked_at: Option<DateTime<Utc>>,
    /// Why the port could not give it back.
    #[schema(max_length = 1000)]
    pub revocation_refused: Option<String>,
    /// Why it ended.
    #[schema(max_length = 1000)]
    pub reason: Option<String>,
    /// When it was made, or received.
    pub created_at: DateTime<Utc>,
    /// While it waits for the port: when that is to be expected, by what the port did of late. Read one transfer to be
    /// told.
    pub expected_at: Option<DateTime<Utc>>,
}

impl From<Transfer> for TransferOut {
    fn from(row: Transfer) -> Self {
        Self {
            id: row.id,
            side: row.side,
            transfer_no: row.transfer_no,
            decl_no: row.decl_no,
            origin_org: row.origin_org,
            port_bureau: row.port_bureau,
            port_org: row.port_org,
            reg_no: row.reg_no,
            state: row.state,
            concluded_on: row.concluded_on,
            valid_until: row.valid_until,
            declaration_id: row.declaration_id,
            port_decl_no: row.port_decl_no,
            clearance_no: row.clearance_no,
            form_valid_until: row.form_valid_until,
            claimed_at: row.claimed_at,
            swap_due_at: row.swap_due_at,
            swapped_at: row.swapped_at,
            locked_at: row.locked_at,
            is_correction_agreed: row.is_correction_agreed,
            revocation_asked_at: row.revocation_asked_at,
            revocation_refused: row.revocation_refused,
            reason: row.reason,
            created_at: row.created_at,
            expected_at: None,
        }
    }
}

/// A page of transfers, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferPage {
    /// The transfers of this page.
    #[schema(max_items = 200)]
    pub data: Vec<TransferOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// A transfer and its password, which is in this answer and nowhere else.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferIssuedOut {
    /// The transfer.
    pub transfer: TransferOut,
    /// Four digits; null where this answer is given again.
    #[schema(example = "4821", max_length = 4, pattern = r"^\d{4}$")]
    pub password: Option<String>,
}

impl TransferIssuedOut {
    pub const SECRET: &'static str = "password";
}

/// Where the goods shall leave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferIn {
    /// The bureau of the port.
    #[schema(example = "310000", max_length = 6, pattern = r"^\d{6}$")]
    pub port_bureau: String,
    /// One office of it; any, where none is named.
    #[schema(example = "310900", max_length = 6, pattern = r"^\d{6}$")]
    pub port_org: Option<String>,
    /// The last day; by the validity of the goods where none is named, and never later.
    pub valid_until: Option<NaiveDate>,
    /// What keeps goods from an electronic transfer, whoever asks.
    pub handling: Handling,
}

/// What is shown to claim a transfer, and what changed on the way.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimIn {
    /// The declaration number at the origin.
    #[schema(example = "330900214004567", max_length = 15, pattern = r"^\d{15}$")]
    pub decl_no: String,
    /// The transfer number.
    #[schema(example = "330900214004567T", max_length = 16, pattern = r"^\d{15}T$")]
    pub transfer_no: String,
    /// The password.
    #[schema(example = "4821", max_length = 4, pattern = r"^\d{4}$")]
    pub password: String,
    /// The office at which it is claimed.
    #[schema(example = "310900", max_length = 6, pattern = r"^\d{6}$")]
    pub port_org: String,
    /// Your own reference; the transfer number where none is given.
    #[schema(max_length = 40)]
    pub ent_decl_no: Option<String>,
    /// Another vessel.
    #[schema(max_length = 200)]
    pub convynce_name: Option<String>,
    /// Another voyage.
    #[schema(max_length = 200)]
    pub trans_mean_no: Option<String>,
    /// Another day of shipping.
    pub desp_date: Option<NaiveDate>,
    /// Lines of which less has arrived; what is missing is void.
    #[serde(default)]
    #[schema(value_type = Vec<WantedLine>, max_items = 999)]
    pub lines: Vec<WantedLine>,
}

impl ClaimIn {
    /// The secret, and all that is not.
    pub fn into_parts(self) -> (Presented, Wanted) {
        let presented = Presented {
            decl_no: self.decl_no,
            transfer_no: self.transfer_no,
            password: self.password,
        };
        let wanted = Wanted {
            port_org: self.port_org,
            ent_decl_no: self.ent_decl_no,
            convynce_name: self.convynce_name,
            trans_mean_no: self.trans_mean_no,
            desp_date: self.desp_date,
            lines: self.lines,
        };
        (presented, wanted)
    }
}

/// A claimed transfer, and the case that it opened here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimOut {
    /// The transfer.
    pub transfer: TransferOut,
    /// Drawn for a spot check: two inspectors look at the goods first.
    pub is_selected: bool,
    /// Until when the form is there, where the goods are not drawn.
    pub swap_due_at: Option<DateTime<Utc>>,
}

/// The enterprise's own slip (换证凭条).
#[derive(Debug, Serialize, ToSchema)]
pub struct SlipOut {
    /// The number to claim with; the password was shown once and is not kept.
    #[schema(example = "330900214004567T", max_length = 16)]
    pub transfer_no: String,
    /// The declaration number to claim with.
    #[schema(example = "330900214004567", max_length = 15)]
    pub decl_no: String,
    /// The office that inspected.
    #[schema(example = "330900", max_length = 6)]
    pub origin_org: String,
    /// The bureau of the port.
    #[schema(example = "310000", max_length = 6)]
    pub port_bureau: String,
    /// Its office, where one is named.
    #[schema(example = "310900", max_length = 6)]
    pub port_org: Option<String>,
    /// Where the transfer stands.
    pub state: State,
    /// The day of the inspection result.
    pub concluded_on: NaiveDate,
    /// The last day on which it can be swapped.
    pub valid_until: NaiveDate,
    /// The goods as they were inspected: members of a declaration's goods lines.
    #[schema(value_type = Vec<Object>, max_items = 999)]
    pub goods: serde_json::Value,
}

impl From<Transfer> for SlipOut {
    fn from(row: Transfer) -> Self {
        Self {
            transfer_no: row.transfer_no,
            decl_no: row.decl_no,
            origin_org: row.origin_org,
            port_bureau: row.port_bureau,
            port_org: row.port_org,
            state: row.state,
            concluded_on: row.concluded_on,
            valid_until: row.valid_until,
            goods: row.content.get("goods").cloned().unwrap_or_default(),
        }
    }
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "side": "PORT",
        "transfer_no": "330900214004567T", "decl_no": "330900214004567", "origin_org": "330900",
        "port_bureau": "310000", "port_org": "310900", "reg_no": "3301600001", "state": "SWAPPED",
        "concluded_on": "2014-05-21", "valid_until": "2014-07-20",
        "declaration_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d",
        "port_decl_no": "310900214000077", "clearance_no": "310900214000077000",
        "form_valid_until": "2014-07-20", "claimed_at": "2014-07-14T01:12:00Z",
        "swap_due_at": "2014-07-14T02:12:00Z",
        "swapped_at": "2014-07-14T01:31:00Z", "locked_at": null, "is_correction_agreed": false,
        "revocation_asked_at": null, "revocation_refused": null, "reason": null,
        "created_at": "2014-05-21T02:20:00Z", "expected_at": null
    })
}

/// The same, with its password.
#[must_use]
pub fn example_issued() -> serde_json::Value {
    json!({ "transfer": example(), "password": "4821" })
}
