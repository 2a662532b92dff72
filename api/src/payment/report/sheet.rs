//! A report as a table for people, and the two files that hold one.
use actix_web::http::header::Accept;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::payment::report::{Report, ReportRow};
use utoipa::ToSchema;

use super::{csv, xlsx};
use crate::reply::Download;

/// A workbook in the format of Excel 2007 (XLSX).
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary, max_length = 10_485_760)]
#[expect(dead_code, reason = "the contract describes it, the wire carries bytes")]
pub struct Workbook(Vec<u8>);

/// In what form a report of payments is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = PaymentReportFormat)]
pub enum ReportFormat {
    Json,
    Csv,
    Xlsx,
}

impl ReportFormat {
    const ALL: [Self; 3] = [Self::Json, Self::Csv, Self::Xlsx];

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The first of these that the caller would take, by its preference; JSON where it names none.
    pub fn liked_best(accept: Option<Accept>) -> Self {
        let liked = accept.map(|accept| accept.ranked()).unwrap_or_default();
        let named = |name: &str| Self::ALL.into_iter().find(|format| format.content_type() == name);
        liked.iter().find_map(|kind| named(kind.essence_str())).unwrap_or(Self::Json)
    }
}

/// What stands above the columns, in both files.
pub(super) const COLUMNS: [&str; 9] = [
    "key",
    "name",
    "batches",
    "amount_fen",
    "e_payment_batches",
    "e_payment_share",
    "failures",
    "unknown_over_30_minutes",
    "mean_seconds",
];

pub(super) const CSV_EXAMPLE: &str = "key,name,batches,amount_fen,e_payment_batches,e_payment_share,failures,\
    unknown_over_30_minutes,mean_seconds\n2014-05-12,,2,96800,1,0.5000,0,0,1.250\nTOTAL,,2,96800,1,0.5000,0,0,1.250\n";

/// What stands in a cell.
pub(super) enum Cell<'a> {
    Text(&'a str),
    Whole(i64),
}

/// The cells of a row, in the order of [`COLUMNS`]. Money is whole fen, exact in any spreadsheet up to ninety trillion
/// yuan; shares and means are text, for they are exact decimals.
pub(super) fn cells(row: &ReportRow) -> [Cell<'_>; 9] {
    [
        Cell::Text(row.key.as_deref().unwrap_or("TOTAL")),
        Cell::Text(row.name.as_deref().unwrap_or_default()),
        Cell::Whole(row.batches),
        Cell::Whole(row.amount.in_fen().unwrap_or_default().0),
        Cell::Whole(row.e_payment_batches),
        Cell::Text(&row.e_payment_share.0),
        Cell::Whole(row.failures),
        Cell::Whole(row.unknown_over_30_minutes),
        Cell::Text(row.mean_seconds.as_deref().unwrap_or_default()),
    ]
}

/// All rows, and the total as the last.
pub(super) fn rows(report: &Report) -> impl Iterator<Item = &ReportRow> {
    report.rows.iter().chain([&report.total])
}

/// The file of a report.
pub(super) fn file(
    format: ReportFormat,
    report: &Report,
    now: DateTime<Utc>,
) -> anyhow::Result<Download> {
    let (extension, bytes) = match format {
        ReportFormat::Json => ("json", serde_json::to_vec(report)?),
        ReportFormat::Csv => ("csv", csv::write(report)?),
        ReportFormat::Xlsx => ("xlsx", xlsx::write(report, now)?),
    };
    let (by, from, to) = (report.by.name().to_ascii_lowercase(), report.from, report.to);
    let name = format!("payments-by-{by}-{from}-{to}.{extension}");
    Ok(Download { content_type: format.content_type(), name, bytes })
}
