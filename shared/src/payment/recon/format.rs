//! In what form a statement came, and the one door through which each is read.
use std::borrow::Cow;

use super::{
    Days, camt,
    statement::{self, Line, only},
};
use crate::kernel::{Violations, foreign};

/// The form of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CSV in UTF-8.
    Csv,
    /// CSV in GB18030, of which GBK and GB2312 are parts: what accounting software in China writes.
    CsvGb18030,
    /// ISO 20022 `camt.053`, in UTF-8.
    Camt053,
}

/// Reads the statement of a day, or tells all that is wrong with it.
pub fn read(format: Format, days: &Days, bytes: &[u8]) -> Result<Vec<Line>, Violations> {
    match format {
        Format::Csv => statement::parse(days, bytes),
        Format::CsvGb18030 => statement::parse_text(days, &gb18030(bytes)?),
        Format::Camt053 => camt::parse(days, bytes),
    }
}

/// The text of a file in GB18030, or the line that is none.
fn gb18030(bytes: &[u8]) -> Result<Cow<'_, str>, Violations> {
    foreign::gb18030(bytes).map_err(|line| {
        let en = "the file says that it is GB18030 and is not, here";
        only(line, "not-gb18030", "文件并非所注明的国标编码", en)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "kind,bank_ref,id,amount,booked_at\n\
        DEBIT,对账1,01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61,484.00,2014-05-12T02:05:31Z\n\
        END,1,484.00,0.00\n";

    fn days() -> Days {
        Days::only("2014-05-12".parse().unwrap())
    }

    #[test]
    fn a_file_in_gbk_is_read_where_it_says_so() {
        let (gbk, _, _) = encoding_rs::GBK.encode(GOOD);

        let lines = read(Format::CsvGb18030, &days(), &gbk).unwrap();
        let unsaid = read(Format::Csv, &days(), &gbk).unwrap_err();

        assert_eq!(lines[0].bank_ref, "对账1");
        assert_eq!(lines, read(Format::Csv, &days(), GOOD.as_bytes()).unwrap());
        let first = unsaid.iter().next().unwrap();
        assert_eq!((first.pointer.as_str(), first.code.as_str()), ("/lines/2", "not-utf8"));
    }

    #[test]
    fn a_file_that_is_not_what_it_says_is_named_by_line() {
        let broken = [GOOD.as_bytes(), &[0xff, 0xff]].concat();

        let wrong = read(Format::CsvGb18030, &days(), &broken).unwrap_err();

        let first = wrong.iter().next().unwrap();
        assert_eq!((first.pointer.as_str(), first.code.as_str()), ("/lines/4", "not-gb18030"));
    }
}
