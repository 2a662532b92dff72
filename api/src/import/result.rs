//! `GET /v1/declaration-imports/{id}/result`
use actix_web::get;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    declaration::DeclarationId,
    identity::Permission,
    import::{ImportId, Outcome, PlacedDefect, ResultRow, service},
    kernel::{Failure, Page},
};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};

use super::sheet::{self, SheetFormat};
use crate::{
    Answer, Caller,
    body::{Params, Path},
    paging,
    payment::Workbook,
    reference::view::CsvFile,
    reply::Reply,
};

/// How many rows a file tells at most; JSON tells all, page by page.
const MOST_ROWS: usize = 100_000;
/// How many declarations are read at a time for a file.
const AT_ONCE: i64 = 500;

/// Which part, in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResultParams {
    /// Of JSON, how many declarations at most, 1 to 200; 50 where not said. A file tells all.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// Of JSON, the `next_cursor` of the page before.
    #[param(minimum = 0)]
    cursor: Option<i32>,
    /// JSON or a file; where not said, what the header `Accept` likes best of them.
    #[param(inline)]
    format: Option<SheetFormat>,
}

/// What became of one declaration of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeclarationImportResult)]
pub struct ResultOut {
    /// Which declaration of the file, counted from one.
    #[schema(minimum = 1)]
    pub number: i32,
    /// The line on which it begins.
    #[schema(minimum = 1)]
    pub line: i32,
    /// The line on which it ends.
    #[schema(minimum = 1)]
    pub last_line: i32,
    /// Its reference, where it has one.
    #[schema(max_length = 40)]
    pub ent_decl_no: Option<String>,
    /// What became of it; nothing yet where this is absent.
    pub outcome: Option<Outcome>,
    /// The declaration, where it was filed.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub declaration_id: Option<DeclarationId>,
    /// The bureau's number (报检号), once accepted.
    #[schema(max_length = 15)]
    pub decl_no: Option<String>,
    /// Why it was not filed: the type of the problem.
    #[schema(max_length = 120)]
    pub problem: Option<String>,
    /// The same in English words.
    #[schema(max_length = 1000)]
    pub detail: Option<String>,
    /// Everything that was found, with line and column.
    #[schema(max_items = 10000)]
    pub defects: Vec<PlacedDefect>,
}

impl From<ResultRow> for ResultOut {
    fn from(row: ResultRow) -> Self {
        Self {
            defects: row.placed(),
            number: row.number,
            line: row.line,
            last_line: row.last_line,
            ent_decl_no: row.ent_decl_no,
            outcome: row.outcome,
            declaration_id: row.declaration_id,
            decl_no: row.decl_no,
            problem: row.problem.map(|code| format!("/problems/{code}")),
            detail: row.detail,
        }
    }
}

/// What became of the declarations of a file, in their order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeclarationImportResults)]
pub struct ResultPage {
    /// In the order of the file.
    #[schema(max_items = 200)]
    pub data: Vec<ResultOut>,
    /// Where the next page begins.
    #[schema(minimum = 1)]
    pub next_cursor: Option<i32>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// Get the result of an import
///
/// What became of each declaration of the file, with every defect by line and column; as JSON page by page, or whole
/// as a file with a row for each defect, in which nothing is taken for a formula.
#[utoipa::path(
    operation_id = "getDeclarationImportResult", tag = "import",
    params(("id" = ImportId, Path, description = "The id of the import."), ResultParams),
    responses((status = 200, description = "What became of each declaration.", content(
        (ResultPage = "application/json", example = json!({ "data": [example()], "next_cursor": null, "has_more": false })),
        (CsvFile = "text/csv", example = json!(format!("{}\n", COLUMNS.join(",")))),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = json!("UEsDBBQAAAAIAA==")),
    ))),
)]
#[get("/declaration-imports/{id}/result")]
pub async fn handler(caller: Caller, id: Path<ImportId>, params: Params<ResultParams>) -> Answer {
    let (now, permission) = (caller.ctx.clock.now(), Permission::ImportRead);
    let format = params.format.unwrap_or_else(|| SheetFormat::liked_best(caller.accept()));
    if format == SheetFormat::Json {
        let page = paging::page(params.limit, None, None);
        return caller
            .look(permission, async |conn, actor| {
                service::read(conn, actor, *id).await?;
                let after = params.cursor.unwrap_or(0);
                let rows = service::results(conn, *id, after, page.fetch()).await?;
                let page = Page::cut(rows, page).map(ResultOut::from);
                let last = page.data.last().map(|row| row.number).filter(|_| page.has_more);
                let (data, has_more) = (page.data, page.has_more);
                Ok(Reply::ok(&ResultPage { data, next_cursor: last, has_more })?)
            })
            .await;
    }
    caller
        .download(permission, async |conn, actor| {
            service::read(conn, actor, *id).await?;
            let (rows, name) = (rows(conn, *id).await?, format!("import-{}-result", *id));
            Ok(match format {
                SheetFormat::Xlsx => sheet::xlsx(&name, &rows, now)?,
                SheetFormat::Csv | SheetFormat::Json => sheet::csv(&name, &rows)?,
            })
        })
        .await
}

const COLUMNS: [&str; 13] = [
    "line",
    "last_line",
    "ent_decl_no",
    "outcome",
    "declaration_id",
    "decl_no",
    "problem",
    "defect_line",
    "defect_column",
    "defect_code",
    "severity",
    "message_zh",
    "message_en",
];

/// A row for each defect, and one for each declaration without any.
async fn rows(conn: &mut PgConnection, id: ImportId) -> Result<Vec<Vec<String>>, Failure> {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    let mut after = 0;
    loop {
        let some = service::results(conn, id, after, AT_ONCE).await?;
        let Some(last) = some.last() else { return Ok(rows) };
        after = last.number;
        for row in some {
            rows.extend(rows_of(&row.into()));
            if rows.len() > MOST_ROWS {
                let mut more = vec![String::new(); COLUMNS.len()];
                "其余未列，请按页读取JSON".clone_into(&mut more[11]);
                "the rest is not listed here: read it as JSON".clone_into(&mut more[12]);
                rows.push(more);
                return Ok(rows);
            }
        }
    }
}

fn rows_of(one: &ResultOut) -> Vec<Vec<String>> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let head = [
        one.line.to_string(),
        one.last_line.to_string(),
        text(&one.ent_decl_no),
        one.outcome.map_or("", Outcome::name).to_owned(),
        one.declaration_id.map(|id| id.to_string()).unwrap_or_default(),
        text(&one.decl_no),
        text(&one.problem),
    ];
    let row = |defect: [String; 6]| head.iter().cloned().chain(defect).collect::<Vec<_>>();
    if one.defects.is_empty() {
        let mut nothing: [String; 6] = Default::default();
        nothing[5] = text(&one.detail);
        return vec![row(nothing)];
    }
    let of = |PlacedDefect { line, column, defect }: &PlacedDefect| {
        let severity = serde_json::to_value(defect.severity).unwrap_or_default();
        row([
            line.to_string(),
            column.clone(),
            defect.code.clone(),
            severity.as_str().unwrap_or_default().to_owned(),
            defect.message_zh.clone(),
            defect.message_en.clone(),
        ])
    };
    one.defects.iter().map(of).collect()
}

fn example() -> Value {
    json!({
        "number": 1, "line": 3, "last_line": 4, "ent_decl_no": "DR-2014-0512-01", "outcome": "NEEDS_CORRECTION",
        "declaration_id": "0145f011-9a00-7000-8000-000000000001", "decl_no": null, "problem": null, "detail": null,
        "defects": [{ "line": 4, "column": "goods.hs_code", "pointer": "/goods/1/hs_code",
            "code": "hs-code-malformed", "severity": "ERROR", "message_zh": "HS 编码应为10位数字",
            "message_en": "The HS code must be 10 digits" }]
    })
}
