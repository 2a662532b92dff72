//! What kind of file is brought, by its `Content-Type`, and what is in it.
use shared::{
    import::{
        Format, Item,
        charset::{self, Charset},
        lines, table,
    },
    kernel::Violations,
};

use crate::problem::Problem;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The format and, where it is said, the charset; 415 for anything else.
pub(crate) fn kind(content_type: &str) -> Result<(Format, Option<Charset>), Problem> {
    let refused = || {
        let wanted = format!("text/csv (charset utf-8 or gbk), {XLSX} or application/x-ndjson");
        Problem::unsupported_media_type(&wanted)
    };
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let kind = parts.next().unwrap_or_default();
    let said = parts.find_map(|parameter| {
        parameter.strip_prefix("charset=").map(|charset| charset.trim_matches('"').to_owned())
    });
    let charset = match said {
        Some(name) => Some(Charset::named(&name).ok_or_else(refused)?),
        None => None,
    };
    match kind.as_str() {
        "text/csv" => Ok((Format::Csv, charset)),
        XLSX => Ok((Format::Xlsx, None)),
        "application/x-ndjson" if charset != Some(Charset::Gbk) => {
            Ok((Format::Ndjson, Some(Charset::Utf8)))
        }
        _ => Err(refused()),
    }
}

/// The declarations in a file, or everything for which it cannot be read.
pub(crate) fn read(
    format: Format,
    charset: Option<Charset>,
    bytes: &[u8],
) -> Result<Vec<Item>, Violations> {
    let items = match format {
        Format::Csv => table::read_csv(&charset::decode(bytes, charset)?)?,
        Format::Ndjson => lines::read(&charset::decode(bytes, charset)?)?,
        Format::Xlsx => table::read_xlsx(bytes)?,
    };
    let mut wrong = Violations::default();
    if items.is_empty() {
        wrong.error(
            "/lines/1",
            "file-empty",
            "文件中没有报检单",
            "there is no declaration in this file",
        );
    } else if items.len() > table::MOST_ITEMS {
        let en = format!("a file holds at most {} declarations", table::MOST_ITEMS);
        wrong.error("/lines/1", "too-many-declarations", "份数过多", en);
    }
    wrong.finish(Some(items))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_says_what_file_it_is() {
        assert_eq!(kind("text/csv").ok(), Some((Format::Csv, None)));
        assert_eq!(kind("Text/CSV; charset=\"GBK\"").ok(), Some((Format::Csv, Some(Charset::Gbk))));
        assert_eq!(kind(XLSX).ok(), Some((Format::Xlsx, None)));
        for refused in
            ["", "text/plain", "text/csv; charset=utf-16", "application/x-ndjson; charset=gbk"]
        {
            assert!(kind(refused).is_err(), "{refused}");
        }
    }
}
