//! Files that others wrote: Chinese texts of their time, and XML read with suspicion.
use std::borrow::Cow;

use encoding_rs::GB18030;
use quick_xml::{escape::resolve_predefined_entity, events::BytesRef};

/// How deep elements may stand in each other; of what we read the deepest stands at twelve.
pub(crate) const DEEPEST_ELEMENT: usize = 32;
/// How long a tag with its attributes may be.
pub(crate) const LONGEST_TAG: usize = 4 * 1024;
/// How long the text of one element may be.
pub(crate) const LONGEST_TEXT: usize = 16 * 1024;

/// A text in GB18030, of which GBK and GB2312 are parts; or the line, counted from one, that is none. A byte-order mark is
/// not obeyed: the file has said what it is.
pub(crate) fn gb18030(bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
    let decode = |bytes| GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    decode(bytes).ok_or_else(|| {
        // None of its characters holds the byte of a line feed.
        let mut rows = bytes.split(|byte| *byte == b'\n');
        rows.position(|row| decode(row).is_none()).map_or(1, |at| at + 1)
    })
}

/// What an entity stands for: a character, or one of XML's own five. `None`: any other, which is refused.
pub(crate) fn entity(reference: &BytesRef<'_>) -> Option<String> {
    let character = reference.resolve_char_ref().ok()?.map(String::from);
    character.or_else(|| resolve_predefined_entity(reference).map(String::from))
}

/// Counts lines as it goes, from one.
pub(crate) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// On which line a position is that lies no earlier than the one before.
    pub(crate) fn at(&mut self, position: usize) -> usize {
        let position = position.min(self.text.len());
        let passed = self.text.get(self.at..position).unwrap_or_default();
        self.line += passed.matches('\n').count();
        self.at = self.at.max(position);
        self.line
    }
}
