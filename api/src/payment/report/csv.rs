//! A report as CSV (RFC 4180, in UTF-8).
use std::borrow::Cow;

use csv::Writer;
use shared::{import::table::harmless, payment::report::Report};

use super::sheet::{COLUMNS, Cell, cells, rows};

pub(super) fn write(report: &Report) -> anyhow::Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows(report) {
        let row = cells(row);
        let cells = row.iter().map(|cell| match cell {
            Cell::Text(text) => harmless(text),
            Cell::Whole(number) => Cow::Owned(number.to_string()),
        });
        for cell in cells {
            writer.write_field(cell.as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(writer.into_inner()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_made_harmless() {
        for evil in [
            "=cmd|' /C calc'!A0",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1",
            "＋1",
            "－1",
            "＠1",
        ] {
            assert_eq!(harmless(evil), format!("'{evil}"));
        }
        for plain in ["样例企业", "2014-05-12", "", "A=1", "'", "0.5000"] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
