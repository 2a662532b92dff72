//! A table as a workbook (XLSX): its first sheet, read with limits to what it unpacks to.
use std::io::{self, Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use zip::ZipArchive;

use super::{MOST_ROWS, Row, columns, read};
use crate::{import::Item, kernel::Violations};

/// What all files in a workbook may weigh together when they are unpacked.
const UNPACKED: u64 = 96 * 1024 * 1024;
/// How many files a workbook may have.
const MOST_FILES: usize = 1_000;
/// What the texts of all cells may weigh: a text that many cells share counts with each of them.
const MOST_TEXT: usize = 48 * 1024 * 1024;

/// The declarations of a workbook.
pub fn read(bytes: &[u8]) -> Result<Vec<Item>, Violations> {
    measure(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let Some(sheet) = book.sheet_names().first().cloned() else {
        return Err(wrong("workbook-empty", "工作簿没有工作表", "the workbook has no sheet"));
    };
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|error| unreadable(&error))?;
    // Cell by cell: one cell in the last corner of a sheet must not make a table of that size.
    let widest = columns().len() + 100;
    let mut rows: Vec<Row> = Vec::new();
    let mut text_left = MOST_TEXT;
    while let Some(cell) = cells.next_cell().map_err(|error| unreadable(&error))? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let line = i32::try_from(row).map_or(i32::MAX, |row| row.saturating_add(1));
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= widest {
            let en = "there is something in a cell beyond the last column";
            return Err(at(line, "column-unknown", "最后一列之外仍有内容", en));
        }
        text_left = text_left.checked_sub(text.len()).ok_or_else(too_large)?;
        if rows.last().is_none_or(|last| last.line != line) {
            if rows.len() > MOST_ROWS {
                let mut wrong = Violations::default();
                read::too_many_rows(&mut wrong);
                return Err(wrong);
            }
            if rows.last().is_some_and(|last| last.line > line) {
                return Err(at(
                    line,
                    "workbook-malformed",
                    "工作表各行次序有误",
                    "rows are out of order",
                ));
            }
            rows.push(Row { line, cells: Vec::new() });
        }
        if let Some(last) = rows.last_mut() {
            let length = last.cells.len().max(column + 1);
            last.cells.resize(length, String::new());
            last.cells[column] = text;
        }
    }
    read::items(rows)
}

/// Refuses what would unpack to too much, whatever it says of itself.
fn measure(bytes: &[u8]) -> Result<(), Violations> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    if archive.len() > MOST_FILES {
        return Err(too_large());
    }
    let mut left = UNPACKED;
    for number in 0..archive.len() {
        let file = archive.by_index(number).map_err(|error| unreadable(&error))?;
        let length = io::copy(&mut file.take(left + 1), &mut io::sink())
            .map_err(|error| unreadable(&error))?;
        left = left.checked_sub(length).ok_or_else(too_large)?;
    }
    Ok(())
}

/// What a cell shows, as plainly as it can be written. Numbers are those of a spreadsheet: whoever writes long codes
/// writes them as text.
fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTimeIso(text) => text.get(..10).unwrap_or(text).to_owned(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        // What is no value is told as what it shows, not passed over.
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> Violations {
    let en: String = format!("this is no workbook: {error}").chars().take(300).collect();
    wrong("workbook-malformed", "不是可读的XLSX工作簿", &en)
}

fn too_large() -> Violations {
    let en = "the workbook unpacks to more than is read here";
    wrong("workbook-too-large", "工作簿解压后过大", en)
}

fn wrong(code: &str, zh: &str, en: &str) -> Violations {
    at(1, code, zh, en)
}

fn at(line: i32, code: &str, zh: &str, en: &str) -> Violations {
    let mut wrong = Violations::default();
    wrong.error(format!("/lines/{line}"), code, zh, en);
    wrong
}
