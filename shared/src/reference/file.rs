//! CSV in, rows out, with every defect of the file told at once; and rows back to CSV.
//!
//! A file names its columns in its first line, in any order. `valid_from` and `valid_to` may be left out or
//! empty: then a row holds from the day the import takes effect, without an end.
use std::{collections::HashSet, sync::LazyLock};

use chrono::NaiveDate;

use super::{
    books::SEEDS,
    cell::{Cell as _, Form},
    row::{Row, layout_of},
    sheet::{Flaw, Layout, Line},
    table::Validity,
};
use crate::kernel::{Violation, Violations};

/// From when the tables we ship hold: the tariff of 发改价格[2003]2357号 came into force on that day.
pub const SEEDED_FROM: NaiveDate = NaiveDate::from_ymd_opt(2004, 4, 1).expect("a day");

/// What the importer reads at once.
pub const SIZE_LIMIT: usize = 5 * 1024 * 1024;

/// Defects told one by one; the rest is counted.
const DEFECT_LIMIT: usize = 5_000;

/// The rows we ship, of all books.
#[must_use]
pub fn seed_rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        let rows = SEEDS.iter().flat_map(|(book, text)| {
            let layout = layout_of(book).expect("every seed is of a book");
            let rows = read(layout, text.as_bytes(), Some(SEEDED_FROM));
            rows.unwrap_or_else(|defects| panic!("our own {book} are not sound: {defects:?}"))
        });
        rows.collect()
    });
    &ROWS
}

/// Reads a file as rows of one book, or tells all that is wrong with it.
pub fn read(
    layout: &'static Layout,
    text: &[u8],
    effective_from: Option<NaiveDate>,
) -> Result<Vec<Row>, Violations> {
    let mut defects = Defects::default();
    let Ok(text) = std::str::from_utf8(text) else {
        defects.note("", "not-utf8", "文件不是UTF-8编码", "the file is not UTF-8");
        return Err(defects.finish());
    };
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    // Ragged lines are told below, and the text is UTF-8: nothing is left for the reader to refuse.
    let mut records = reader.records().filter_map(Result::ok);

    let header = records.next().unwrap_or_default();
    check_header(layout, &header, &mut defects);
    let names: Vec<&str> = header.iter().collect();
    let mut rows = Vec::new();
    for record in records {
        let line = record.position().map_or(0, csv::Position::line);
        rows.extend(read_record(layout, &names, &record, effective_from, line, &mut defects));
    }
    check_overlaps(&rows, &mut defects);
    if defects.total == 0 {
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    } else {
        Err(defects.finish())
    }
}

/// Writes rows of one book as the importer reads them.
pub fn export(layout: &Layout, rows: &[Row]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = layout.columns.iter().map(|column| column.name);
    writer.write_record(names.chain(["valid_from", "valid_to"]))?;
    for row in rows {
        let dates = [row.validity.from.write(), row.validity.to.write()];
        writer.write_record(row.cells.iter().chain(&dates))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn check_header(layout: &Layout, header: &csv::StringRecord, defects: &mut Defects) {
    let mut seen = HashSet::new();
    for name in header {
        let is_known = ["valid_from", "valid_to"].contains(&name)
            || layout.columns.iter().any(|column| column.name == name);
        let pointer = format!("/lines/1/{}", escaped(name));
        if !is_known {
            let (zh, en) = (format!("没有名为{name}的列"), format!("there is no column {name}"));
            defects.note(pointer, "column-unknown", zh, en);
        } else if !seen.insert(name) {
            let (zh, en) = (format!("列{name}重复"), format!("column {name} stands there twice"));
            defects.note(pointer, "column-repeated", zh, en);
        }
    }
    for column in layout.columns.iter().filter(|column| !column.is_optional) {
        if !seen.contains(column.name) {
            let (zh, en) =
                (format!("缺少列{}", column.name), format!("column {} is missing", column.name));
            defects.note(format!("/lines/1/{}", column.name), "column-missing", zh, en);
        }
    }
}

fn read_record(
    layout: &'static Layout,
    names: &[&str],
    record: &csv::StringRecord,
    effective_from: Option<NaiveDate>,
    number: u64,
    defects: &mut Defects,
) -> Option<(u64, Row)> {
    if record.len() != names.len() {
        let (wanted, found) = (names.len(), record.len());
        defects.note(
            format!("/lines/{number}"),
            "width-wrong",
            format!("应有{wanted}列,实有{found}列"),
            format!("{wanted} cells are wanted, {found} found"),
        );
        return None;
    }
    let mut line = Line::new(names.iter().copied().zip(record).collect());
    let validity = read_validity(&mut line, effective_from);
    let cells = (layout.canonical)(&mut line);
    for flaw in &line.flaws {
        // A column that is not there was told once, for the header.
        if names.contains(&flaw.column) || flaw.code != "value-missing" {
            defects.flaw(number, flaw);
        }
    }
    let cells = cells?;
    let row = Row { book: layout.book, key: layout.key_of(&cells), validity: validity?, cells };
    Some((number, row))
}

fn read_validity(line: &mut Line<'_>, effective_from: Option<NaiveDate>) -> Option<Validity> {
    let from = line.cell::<Option<NaiveDate>>("valid_from");
    let to = line.cell::<Option<NaiveDate>>("valid_to");
    let (from, to) = (from?.or(effective_from), to?);
    let Some(from) = from else {
        let form = Form::new(
            "日期YYYY-MM-DD,或在导入时给出effective_from",
            "a date, YYYY-MM-DD, here or as effective_from of the import",
        );
        line.flaw("valid_from", "value-missing", form);
        return None;
    };
    if to.is_some_and(|to| to < from) {
        let form = Form::new("不早于valid_from的日期", "a date not before valid_from");
        line.flaw("valid_to", "dates-reversed", form);
        return None;
    }
    Some(Validity { from, to })
}

fn check_overlaps(rows: &[(u64, Row)], defects: &mut Defects) {
    let mut sorted: Vec<_> = rows.iter().collect();
    sorted.sort_by(|(_, a), (_, b)| (&a.key, a.validity.from).cmp(&(&b.key, b.validity.from)));
    // Against the one that reaches furthest so far, not only against the neighbour.
    let mut furthest: Option<&(u64, Row)> = None;
    for current in sorted {
        let (number, row) = current;
        match furthest.filter(|(_, before)| before.key == row.key) {
            Some((other, before)) if before.validity.overlaps(row.validity) => {
                defects.note(
                    format!("/lines/{number}/valid_from"),
                    "rows-overlap",
                    format!("与第{other}行的有效期重叠({})", row.key),
                    format!("overlaps line {other} in time ({})", row.key),
                );
                if ends_later(row.validity, before.validity) {
                    furthest = Some(current);
                }
            }
            _ => furthest = Some(current),
        }
    }
}

fn ends_later(one: Validity, other: Validity) -> bool {
    match (one.to, other.to) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(one), Some(other)) => one > other,
    }
}

/// The defects of a file, up to a limit.
#[derive(Default)]
struct Defects {
    told: Violations,
    total: usize,
}

impl Defects {
    fn note(
        &mut self,
        pointer: impl Into<String>,
        code: &str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.total += 1;
        if self.total <= DEFECT_LIMIT {
            self.told.push(Violation::error(pointer, code, zh, en));
        }
    }

    fn flaw(&mut self, number: u64, flaw: &Flaw) {
        let Flaw { column, code, form } = flaw;
        let (zh, en) = match *code {
            "value-missing" => (format!("缺少值:{}", form.zh), format!("missing: {}", form.en)),
            _ => (format!("值无效,应为:{}", form.zh), format!("invalid; wanted: {}", form.en)),
        };
        self.note(format!("/lines/{number}/{column}"), code, zh, en);
    }

    fn finish(mut self) -> Violations {
        if let Some(rest) = self.total.checked_sub(DEFECT_LIMIT).filter(|rest| *rest > 0) {
            let (zh, en) = (format!("另有{rest}处错误"), format!("and {rest} more defects"));
            self.told.push(Violation::error("", "more-defects", zh, en));
        }
        self.told
    }
}

/// A column name as part of a JSON Pointer, cut to a bearable length.
fn escaped(name: &str) -> String {
    let short: String = name.chars().take(60).collect();
    short.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defects_of(book: &str, text: &str) -> Vec<(String, String)> {
        let defects = read(layout_of(book).unwrap(), text.as_bytes(), None).unwrap_err();
        defects.into_vec().into_iter().map(|defect| (defect.pointer, defect.code)).collect()
    }

    fn list(defects: &[(&str, &str)]) -> Vec<(String, String)> {
        defects.iter().map(|(pointer, code)| ((*pointer).into(), (*code).into())).collect()
    }

    #[test]
    fn every_defect_of_a_file_is_told_at_once() {
        let text = "currency,cny_per_unit,valid_from,valid_to\n\
            usd,6.15,2014-01-01,\n\
            EUR,-8.4,2014-13-01,\n\
            GBP,,2014-05-02,2014-05-01\n\
            JPY,0.06\n\
            HKD,0.79,,\n\
            AUD,5.7,2014-01-01,2014-06-30\n\
            AUD,5.8,2014-06-30,\n\
            CAD,0,2014-01-01,\n";

        assert_eq!(
            defects_of("exchange_rates", text),
            list(&[
                ("/lines/2/currency", "value-malformed"),
                ("/lines/3/valid_from", "value-malformed"),
                ("/lines/3/cny_per_unit", "value-malformed"),
                ("/lines/4/valid_to", "dates-reversed"),
                ("/lines/4/cny_per_unit", "value-missing"),
                ("/lines/5", "width-wrong"),
                ("/lines/6/valid_from", "value-missing"),
                ("/lines/9/cny_per_unit", "value-malformed"),
                ("/lines/8/valid_from", "rows-overlap"),
            ])
        );
    }

    #[test]
    fn a_wrong_header_is_told_with_the_values_below_it() {
        let text = "code,numeric,code,naam,minor_digits,valid_from\nEUR,97,EUR,Euro,2,2014-01-01\n";

        assert_eq!(
            defects_of("currencies", text),
            list(&[
                ("/lines/1/code", "column-repeated"),
                ("/lines/1/naam", "column-unknown"),
                ("/lines/1/name_en", "column-missing"),
                ("/lines/2/numeric", "value-malformed"),
            ])
        );
    }

    #[test]
    fn a_row_that_covers_several_others_is_told_for_each() {
        let text = "currency,cny_per_unit,valid_from,valid_to\n\
            USD,6.1,2014-01-01,2014-12-31\n\
            USD,6.2,2014-02-01,2014-02-28\n\
            USD,6.3,2014-04-01,2014-04-30\n";

        assert_eq!(
            defects_of("exchange_rates", text),
            list(&[
                ("/lines/3/valid_from", "rows-overlap"),
                ("/lines/4/valid_from", "rows-overlap"),
            ])
        );
    }

    #[test]
    fn a_file_in_another_encoding_is_refused() {
        let gb18030 = b"currency,cny_per_unit\n\xc3\xc0\xd4\xaa,6\n";
        let defects = read(layout_of("exchange_rates").unwrap(), gb18030, None).unwrap_err();
        assert_eq!(defects.iter().next().unwrap().code, "not-utf8");
    }

    #[test]
    fn columns_may_come_in_any_order_and_dates_from_the_import() {
        let text = "\u{feff}cny_per_unit, currency\r\n0.060, JPY\r\n";
        let from = "2014-05-12".parse().unwrap();

        let rows = read(layout_of("exchange_rates").unwrap(), text.as_bytes(), Some(from)).unwrap();

        assert_eq!(
            rows,
            [Row {
                book: "exchange_rates",
                key: "JPY".into(),
                validity: Validity::since(from),
                cells: vec!["JPY".into(), "0.06".into()],
            }]
        );
    }

    #[test]
    fn a_parameter_that_no_rule_reads_is_refused() {
        let text = "code,value,name_zh,name_en,valid_from\nfee.minimum,60,最低,Least,2014-01-01\n";
        assert_eq!(defects_of("parameters", text), list(&[("/lines/2/code", "parameter-unknown")]));
    }

    #[test]
    fn a_hopeless_file_is_answered_with_a_bounded_list() {
        let text = format!("currency,cny_per_unit\n{}", "x\n".repeat(DEFECT_LIMIT + 7));
        let defects = defects_of("exchange_rates", &text);
        assert_eq!(defects.len(), DEFECT_LIMIT + 1);
        assert_eq!(defects.last().unwrap().1, "more-defects");
    }
}
