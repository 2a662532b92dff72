//! `GET /v1/declaration-imports/template`
use actix_web::get;
use serde::Deserialize;
use shared::{identity::Permission, import::table};
use utoipa::{IntoParams, ToSchema};

use super::sheet;
use crate::{Answer, Caller, body::Params, payment::Workbook, reference::view::CsvFile};

/// What kind of template.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = TemplateFormat)]
enum TemplateFormat {
    Csv,
    Xlsx,
}

/// In what form it is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TemplateParams {
    /// CSV or a workbook; a workbook where not said.
    #[param(inline)]
    format: Option<TemplateFormat>,
}

/// Get the template of imports
///
/// A table with every column of a declaration, made from the list of its fields: their names, what they mean in
/// Chinese (a line that begins with # is not read), and an example of each kind of declaration, inbound outside the
/// catalogue, inbound catalogue goods, and outbound.
#[utoipa::path(
    operation_id = "getDeclarationImportTemplate", tag = "import", params(TemplateParams),
    responses((status = 200, description = "The template, with examples.", content(
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("UEsDBBQAAAAIAA==")),
        (CsvFile = "text/csv", example = json!("ent_decl_no,apl_kind\n#企业报检号,出入境类别\nDR-2014-0512-01,I\n")),
    ))),
)]
#[get("/declaration-imports/template")]
pub async fn handler(caller: Caller, params: Params<TemplateParams>) -> Answer {
    let now = caller.ctx.clock.now();
    caller
        .download(Permission::ImportRead, async |_, _| {
            let (rows, name) = (table::template(), "declarations");
            Ok(match params.format.unwrap_or(TemplateFormat::Xlsx) {
                TemplateFormat::Csv => sheet::csv(name, &rows)?,
                TemplateFormat::Xlsx => sheet::xlsx(name, &rows, now)?,
            })
        })
        .await
}
