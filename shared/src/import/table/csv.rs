//! A table as CSV (RFC 4180), with commas, semicolons or tabs.
use csv::ReaderBuilder;

use super::{MOST_ROWS, Row, read};
use crate::{import::Item, kernel::Violations};

/// The declarations of a text.
pub fn read(text: &str) -> Result<Vec<Item>, Violations> {
    let head = text.lines().next().unwrap_or_default();
    let most = |delimiter: &u8| head.bytes().filter(|byte| byte == delimiter).count();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(most).unwrap_or(b',');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut wrong = Violations::default();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                let en = format!("this is no line of CSV: {error}");
                wrong.error(format!("/lines/{line}"), "csv-malformed", "CSV格式有误", en);
                break;
            }
        };
        if rows.len() > MOST_ROWS {
            read::too_many_rows(&mut wrong);
            break;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let line = i32::try_from(line).unwrap_or(i32::MAX);
        rows.push(Row { line, cells: record.iter().map(str::to_owned).collect() });
    }
    wrong.finish(Some(()))?;
    read::items(rows)
}
