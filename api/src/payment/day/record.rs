//! `GET /v1/bank-days/{day}/record`
use actix_web::get;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use shared::{
    identity::Permission,
    payment::{self, recon::DayRecord},
};
use utoipa::ToSchema;

use crate::{Answer, Caller, body::Path, reply::Reply};

/// What was said of a day when it was closed, and who signed it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DayRecord)]
pub struct DayRecordOut {
    /// The JSON that was signed, in its RFC 8785 spelling: verify these bytes as they are.
    #[schema(max_length = 200_000_000)]
    pub record: String,
    /// Code of the bureau that signed it; null, where it had no keys then.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub bureau: Option<String>,
    /// Its key, as `GET /v1/exchange/keys` names it.
    #[schema(max_length = 64, pattern = "^[0-9A-Za-z._-]{1,64}$")]
    pub key_id: Option<String>,
    /// Ed25519 over the record, in base64.
    #[schema(max_length = 88, pattern = "^[0-9A-Za-z+/]{86}==$")]
    pub signature: Option<String>,
}

impl From<DayRecord> for DayRecordOut {
    fn from(kept: DayRecord) -> Self {
        let DayRecord { record, bureau, key_id, signature } = kept;
        Self { record, bureau, key_id, signature }
    }
}

/// Read the record of a closed day
///
/// Totals, digest of the statement, every difference with who explained and who approved it, and who closed the day:
/// byte for byte as it was signed when the day was closed. The keys that this bureau publishes suffice to verify it
/// (`docs/money.md`). A day that is open has none.
#[utoipa::path(
    operation_id = "getBankDayRecord", tag = "payment",
    params(("day" = NaiveDate, Path, description = "The day in Shanghai.", example = "2014-05-12")),
    responses((status = 200, description = "The record as it was signed.", body = DayRecordOut,
        example = json!(example()))),
)]
#[get("/bank-days/{day}/record")]
pub async fn handler(caller: Caller, day: Path<NaiveDate>) -> Answer {
    let bank_code = caller.ctx.bank.code.clone();
    caller
        .look(Permission::BankDayRead, async |conn, _| {
            let kept = payment::day_record(conn, &bank_code, *day).await?;
            Ok(Reply::ok(&DayRecordOut::from(kept))?)
        })
        .await
}

/// What the documentation shows: it verifies with the key of RFC 8032's first test.
fn example() -> serde_json::Value {
    json!({ "record": RECORD, "bureau": "310000", "key_id": "2014-a", "signature": SIGNATURE })
}

const RECORD: &str = r#"{"bank":"SPDB","bank_fen":48400,"bureau":"310000","closed_at":"2014-05-12T18:00:00Z","closed_by":null,"day":"2014-05-12","differences":[],"key_id":"2014-a","lines":1,"own_fen":48400,"record":"bank-day-closed/1","statement_sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#;
const SIGNATURE: &str =
    "vWL1X1gra1PC+QvoG96vb6lTWRmT9Ef6vP9qbFVuxketZ42ZPu5VFx4je8QMBasreH5OL1a0On1D37oktQu2DQ==";

#[cfg(test)]
mod tests {
    use shared::kernel::signature::CheckingKey;

    use super::*;

    #[test]
    fn the_example_verifies() {
        let key = CheckingKey::from_base64("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").unwrap();

        assert!(key.verifies(RECORD.as_bytes(), SIGNATURE));
    }
}
