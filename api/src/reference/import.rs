//! `POST /v1/reference/{book}/import`
use actix_web::{HttpRequest, post};
use chrono::NaiveDate;
use serde::Deserialize;
use shared::{
    identity::Permission,
    reference::{self, Upload, file::SIZE_LIMIT},
};
use utoipa::IntoParams;

use super::view::{self, CsvFile, ReferenceImportOut};
use crate::{
    Answer, Caller,
    body::{Params, Path, Raw, must_be_of_type},
    reply::Reply,
};

/// How the file is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// Only tell what would change.
    #[serde(default)]
    dry_run: bool,
    /// The first day of rows whose `valid_from` is empty.
    effective_from: Option<NaiveDate>,
    /// The file is the whole table from `effective_from` on: what it does not list ends the day before.
    #[serde(default)]
    complete: bool,
}

/// Import a reference table
///
/// Loads a CSV file of at most 5 MiB whose first line names the columns. Every defect of the file is told at once, by
/// line and column. A row replaces the stored one that begins on the same day; others of its key are cut to the
/// days it leaves them. The same file twice changes nothing.
#[utoipa::path(
    operation_id = "importReference", tag = "reference",
    params(("book" = String, Path, description = "The name of the table.", max_length = 40,
        pattern = "^[a-z_]{1,40}$", example = "exchange_rates"), ImportParams),
    request_body(content = CsvFile, content_type = "text/csv", description = "The file, in UTF-8.",
        example = json!("currency,cny_per_unit,valid_from,valid_to\nUSD,6.17,2014-06-01,\n")),
    responses((status = 200, description = "What it changed, or would change.", body = ReferenceImportOut,
        example = json!(view::example_import()))),
)]
#[post("/reference/{book}/import")]
pub async fn handler(
    caller: Caller,
    request: HttpRequest,
    book: Path<String>,
    params: Params<ImportParams>,
    file: Raw<SIZE_LIMIT>,
) -> Answer {
    must_be_of_type(&request, "text/csv")?;
    let upload = Upload {
        book: &book,
        file: &file.bytes,
        effective_from: params.effective_from,
        is_complete: params.complete,
    };
    caller
        .act(Permission::ReferenceImport, &file, async |tx, actor| {
            let diff = if params.dry_run {
                reference::compare(tx, &upload).await?
            } else {
                reference::import(tx, actor, &upload).await?
            };
            Ok(Reply::ok(&ReferenceImportOut::new(&book, params.dry_run, &diff))?)
        })
        .await
}
