//! Texts in UTF-8 or in GBK, as spreadsheets of the time wrote them.
use std::borrow::Cow;

use crate::kernel::{Violations, foreign};

/// In what a file says that it is written, if it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    /// GBK and its superset GB18030.
    Gbk,
}

impl Charset {
    /// By its name in a content type or an XML declaration.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "gbk" | "gb2312" | "gb18030" | "cp936" => Some(Self::Gbk),
            _ => None,
        }
    }
}

/// The text of a file. Without a word about it, what is no UTF-8 is taken for GBK; what is neither is refused by line.
pub fn decode(bytes: &[u8], said: Option<Charset>) -> Result<Cow<'_, str>, Violations> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let read = match (said, std::str::from_utf8(bytes)) {
        (Some(Charset::Gbk), _) | (None, Err(_)) => foreign::gb18030(bytes),
        (_, Ok(text)) => Ok(Cow::Borrowed(text)),
        (Some(Charset::Utf8), Err(error)) => Err(line_at(bytes, error.valid_up_to())),
    };
    let text = read.map_err(|line| {
        let en = "here the file is text in neither UTF-8 nor GBK";
        refused(line, "character-malformed", "不是UTF-8或GBK编码的文本", en)
    })?;
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let (line, en) = (line_at(text.as_bytes(), at), "text cannot hold U+0000");
            Err(refused(line, "character-not-allowed", "文本中不得含有U+0000", en))
        }
    }
}

/// On which line a position is, counted from one.
fn line_at(bytes: &[u8], position: usize) -> usize {
    bytes[..position].split(|byte| *byte == b'\n').count()
}

fn refused(line: usize, code: &str, zh: &str, en: &str) -> Violations {
    let mut wrong = Violations::default();
    wrong.error(format!("/lines/{line}"), code, zh, en);
    wrong
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;

    use super::*;

    #[test]
    fn a_file_is_read_in_utf_8_with_or_without_its_mark_and_in_gbk() {
        let gbk = GB18030.encode("报检,螺丝").0.into_owned();

        assert_eq!(decode("报检,螺丝".as_bytes(), None).unwrap(), "报检,螺丝");
        assert_eq!(decode("\u{feff}报检".as_bytes(), Some(Charset::Utf8)).unwrap(), "报检");
        assert_eq!(decode(&gbk, None).unwrap(), "报检,螺丝");
        assert_eq!(decode(&gbk, Charset::named("GB2312")).unwrap(), "报检,螺丝");
    }

    #[test]
    fn a_file_in_another_charset_is_refused_with_its_line() {
        let told = |bytes: &[u8], said| decode(bytes, said).unwrap_err().into_vec().remove(0);

        assert_eq!(told(b"a\nb\n\xff\xff", None).pointer, "/lines/3");
        assert_eq!(told(b"a\n\xb1\xa8", Some(Charset::Utf8)).pointer, "/lines/2");
        assert_eq!(told(b"a\0", None).code, "character-not-allowed");
        assert_eq!(Charset::named("utf-16"), None);
    }
}
