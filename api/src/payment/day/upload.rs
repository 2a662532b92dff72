//! `POST /v1/bank-days/{day}/statement`
use actix_web::post;
use chrono::NaiveDate;
use shared::{
    identity::Permission,
    payment::{self, StatementFile, StatementSource},
    reference::file::SIZE_LIMIT,
};

use super::{
    format::{self, XmlFile},
    view::{self, DayOut},
};
use crate::{
    Answer, Caller,
    body::{Path, Raw},
    reference::view::CsvFile,
    reply::Reply,
};

/// Upload a day's statement
///
/// Where the bank cannot be asked, a cashier brings its statement, of at most 5 MiB: CSV, in UTF-8 or in the GB18030 that
/// it says it is in, or ISO 20022 camt.053, as `docs/bank.md` describes them. Everything that is wrong with it is told by
/// line or entry, and then nothing of it is taken. The same file again changes nothing. What was booked on a day that is
/// closed by now is taken as late, and names that day.
#[utoipa::path(
    operation_id = "uploadStatement", tag = "payment",
    params(("day" = NaiveDate, Path, description = "The day in Shanghai.", example = "2014-05-12")),
    request_body(
        description = "The statement of that day, whole.",
        content(
            (CsvFile = "text/csv", example = json!(format::CSV_EXAMPLE)),
            (XmlFile = "application/xml", example = json!(format::CAMT_EXAMPLE)),
        ),
    ),
    responses((status = 200, description = "The day with what does not agree.", body = DayOut,
        example = json!(view::example()))),
)]
#[post("/bank-days/{day}/statement")]
pub async fn handler(caller: Caller, day: Path<NaiveDate>, file: Raw<SIZE_LIMIT>) -> Answer {
    let format = format::of(&file.content_type)?;
    let bank_code = caller.ctx.bank.code.clone();
    caller
        .act(Permission::StatementUpload, &file, async |tx, actor| {
            let source = StatementSource::Uploaded;
            let statement = StatementFile { bytes: &file.bytes, format, source };
            let sheet = payment::take_statement(tx, actor, &bank_code, *day, statement).await?;
            Ok(Reply::ok(&DayOut::from(sheet))?)
        })
        .await
}
