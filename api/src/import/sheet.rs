//! Rows as files for spreadsheets.
use actix_web::http::header::Accept;
use chrono::{DateTime, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use serde::Deserialize;
use shared::import::table::harmless;
use utoipa::ToSchema;

use crate::reply::Download;

/// In what form rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = SheetFormat)]
pub enum SheetFormat {
    Json,
    Csv,
    Xlsx,
}

impl SheetFormat {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The first of these that the caller would take, by its preference; JSON where it names none.
    pub(super) fn liked_best(accept: Option<Accept>) -> Self {
        let liked = accept.map(|accept| accept.ranked()).unwrap_or_default();
        let all = [Self::Json, Self::Csv, Self::Xlsx];
        let named = |name: &str| all.into_iter().find(|format| format.content_type() == name);
        liked.iter().find_map(|kind| named(kind.essence_str())).unwrap_or(Self::Json)
    }
}

/// The rows as CSV with the mark of UTF-8, by which spreadsheets know it. Nothing in it is taken for a formula.
pub(super) fn csv(name: &str, rows: &[Vec<String>]) -> anyhow::Result<Download> {
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    for row in rows {
        for cell in row {
            writer.write_field(harmless(cell).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    let (content_type, name) = ("text/csv; charset=utf-8", format!("{name}.csv"));
    Ok(Download { content_type, name, bytes: writer.into_inner()? })
}

/// The rows as a workbook. All is text: what begins like a formula is none, and codes keep their zeros.
pub(super) fn xlsx(
    name: &str,
    rows: &[Vec<String>],
    now: DateTime<Utc>,
) -> anyhow::Result<Download> {
    let mut workbook = Workbook::new();
    // Not the clock of whoever writes it.
    let created = ExcelDateTime::from_timestamp(now.timestamp())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
    for column in 0..u16::try_from(widest).unwrap_or(u16::MAX) {
        sheet.set_column_format(column, &text)?;
    }
    for (number, row) in (0..).zip(rows) {
        let format = if number == 0 { &bold } else { &text };
        for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            // Longer than a cell may be is cut, not refused.
            let cell: String = cell.chars().take(32_000).collect();
            sheet.write_string_with_format(number, column, cell, format)?;
        }
    }
    let (content_type, name) = (SheetFormat::Xlsx.content_type(), format!("{name}.xlsx"));
    Ok(Download { content_type, name, bytes: workbook.save_to_buffer()? })
}
