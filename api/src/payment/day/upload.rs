//! `POST /v1/bank-days/{day}/statement`
use actix_web::{HttpRequest, post};
use chrono::NaiveDate;
use shared::{
    identity::Permission,
    payment::{self, StatementSource},
    reference::file::SIZE_LIMIT,
};

use super::view::{self, DayOut};
use crate::{
    Answer, Caller,
    body::{Path, Raw, must_be_of_type},
    reference::view::CsvFile,
    reply::Reply,
};

/// Upload a day's statement
///
/// Where the bank cannot be asked, a cashier brings its statement: CSV of at most 5 MiB as `docs/bank.md` describes it.
/// Everything that is wrong with it is told by line, and then nothing of it is taken. The same file again changes nothing.
#[utoipa::path(
    operation_id = "uploadStatement", tag = "payment",
    params(("day" = NaiveDate, Path, description = "The day in Shanghai.", example = "2014-05-12")),
    request_body(content = CsvFile, content_type = "text/csv", description = "The statement, in UTF-8.",
        example = json!("kind,bank_ref,id,amount,booked_at\nDEBIT,B20140512000017,01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61,484.00,2014-05-12T02:05:31Z\nEND,1,484.00,0.00\n")),
    responses((status = 200, description = "The day with what does not agree.", body = DayOut,
        example = json!(view::example()))),
)]
#[post("/bank-days/{day}/statement")]
pub async fn handler(
    caller: Caller,
    request: HttpRequest,
    day: Path<NaiveDate>,
    file: Raw<SIZE_LIMIT>,
) -> Answer {
    must_be_of_type(&request, "text/csv")?;
    let bank_code = caller.ctx.bank.code.clone();
    caller
        .act(Permission::StatementUpload, &file, async |tx, actor| {
            let statement = (&file.bytes[..], StatementSource::Uploaded);
            let sheet = payment::take_statement(tx, actor, &bank_code, *day, statement).await?;
            Ok(Reply::ok(&DayOut::from(sheet))?)
        })
        .await
}
