//! `POST /v1/declaration-imports`
use actix_web::{
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    post, web,
};
use serde::Deserialize;
use shared::{
    identity::Permission,
    import::{Asked, service},
    kernel::Failure,
};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::{
    file,
    view::{self, ImportOut},
};
use crate::{
    Answer, Caller,
    body::{Params, Raw},
    problem::Problem,
    reference::view::CsvFile,
    reply::Reply,
};

/// What a file may weigh.
const FILE_LIMIT: usize = 20 * 1024 * 1024;

/// How many files one process reads at a time: each may need some hundred megabytes.
static READERS: Semaphore = Semaphore::const_new(2);

/// How the file is taken.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AskParams {
    /// Only say what would come of it: nothing is filed, numbered or drawn.
    #[serde(default)]
    #[param(default = false)]
    dry_run: bool,
}

/// A workbook (XLSX) whose first sheet is a table of declarations.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, max_length = 20_971_520)]
#[expect(dead_code, reason = "the contract describes it, the wire carries bytes")]
struct DeclarationWorkbook(Vec<u8>);

/// A declaration in JSON on each line.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 20_971_520)]
#[expect(dead_code, reason = "the contract describes it, the wire carries lines")]
struct DeclarationLines(String);

/// Import declarations
///
/// Brings a file of up to 20 MiB, 100,000 rows and 10,000 declarations: a table in CSV (UTF-8 or GBK) or in a workbook,
/// laid out like the template, or JSON line by line. What cannot be read as such a file is refused at once, with
/// everything that is wrong with it. What can is kept as it came, and filed in the background under the caller's name, each
/// declaration as if it had been sent alone: follow the progress at `Location`. Bring the same file again and what was
/// filed is found filed.
#[utoipa::path(
    operation_id = "importDeclarations", tag = "import", params(AskParams),
    request_body(
        description = "The file to be read.",
        content(
            (CsvFile = "text/csv", example = json!("ent_decl_no,decl_reg_no,apl_kind,decl_code,decl_org,goods.goods_no,goods.hs_code\nDR-1,3100601234,I,13,310900,1,7318159090\n")),
            (DeclarationWorkbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("UEsDBBQAAAAIAA==")),
            (DeclarationLines = "application/x-ndjson", example = json!("{\"ent_decl_no\":\"DR-1\"}\n")),
        ),
    ),
    responses((status = 202, description = "Taken; it is being filed.", body = ImportOut,
        example = json!(view::example()))),
)]
#[post("/declaration-imports")]
pub async fn handler(caller: Caller, params: Params<AskParams>, file: Raw<FILE_LIMIT>) -> Answer {
    let (format, charset) = file::kind(&file.content_type)?;
    // Before it is read: that costs.
    caller.must_hold(Permission::ImportAsk)?;
    let items = {
        let _turn = READERS.acquire().await.map_err(|_| Problem::unavailable())?;
        let bytes = file.bytes.clone();
        let read = web::block(move || file::read(format, charset, &bytes)).await;
        read.map_err(|_| Problem::unavailable())?.map_err(Failure::Invalid)?
    };
    let dry_run = params.dry_run;
    let mut response = caller
        .act(Permission::ImportAsk, &file, async |tx, actor| {
            let original = file.bytes.to_vec();
            let asked = Asked { format, original, dry_run, items: items.clone() };
            let import = service::ask(tx, actor, asked).await?;
            let location = format!("/v1/declaration-imports/{}", import.id);
            let told = Reply::with(StatusCode::ACCEPTED, &ImportOut::from(import))?;
            Ok(Reply { location: Some(location), ..told })
        })
        .await?;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    Ok(response)
}
