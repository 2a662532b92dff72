//! A report as a workbook. Text is written as text: what begins like a formula is none here.
use chrono::{DateTime, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use shared::payment::report::Report;

use super::sheet::{COLUMNS, Cell, cells, rows};

pub(super) fn write(report: &Report, now: DateTime<Utc>) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    // Not the clock of whoever writes it.
    let created = ExcelDateTime::from_timestamp(now.timestamp())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    sheet.set_name(report.by.name())?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    for (number, row) in (1..).zip(rows(report)) {
        for (column, cell) in (0..).zip(cells(row)) {
            match cell {
                Cell::Text(text) => sheet.write_string(number, column, text)?,
                Cell::Whole(whole) => sheet.write(number, column, whole)?,
            };
        }
    }
    Ok(workbook.save_to_buffer()?)
}
