//! Messages of other systems: the declaration of e-CIQ (`ITF_DCL_IO_DECL`) and that of the WCO Data Model 3.6, in XML.
//!
//! What a message says is carried over by tables (`docs/files.md`); what no table knows is told, all at once, with the
//! path at which it stands. Nothing is made up: a code without a counterpart is passed on as it stands, and the review
//! says what it thinks of it.
pub mod codes;
pub mod eciq;
mod reader;
pub mod receipt;
pub mod wco;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::charset::{self, Charset};
use crate::{
    kernel::{Severity, Violations},
    words,
};
use reader::Element;

words! {
    /// Which system's message it is.
    MessageFormat {
        /// e-CIQ: `ITF_DCL_IO_DECL` in its `OBORMessage`.
        Eciq "ECIQ",
        /// WCO Data Model 3.6.
        Wco "WCO",
    }
}

/// What was not carried over, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Unmapped {
    /// The elements from the outermost to this one.
    #[schema(example = "OBORMessage/MessageBody/ITF_DCL_IO_DECL/InspOrgCode", max_length = 400)]
    pub path: String,
    /// The line on which it stands, counted from one.
    #[schema(minimum = 1)]
    pub line: i32,
    /// What stands there, shortened.
    #[schema(max_length = 60)]
    pub value: String,
    /// INFO: it changes nothing that matters; ERROR: something is missing without it.
    pub severity: Severity,
    /// Why: `not-carried`, `assigned-here`, `code-unmapped`, `flag-unknown`, `said-twice`.
    #[schema(max_length = 40)]
    pub code: String,
    #[schema(max_length = 300)]
    pub message_zh: String,
    #[schema(max_length = 300)]
    pub message_en: String,
}

/// A message that was read.
#[derive(Clone, Debug)]
pub struct Message {
    pub format: MessageFormat,
    /// The declaration, as `POST /v1/declarations` takes it.
    pub document: Value,
    pub unmapped: Vec<Unmapped>,
}

/// No more is told than this.
const MOST_TOLD: usize = 1_000;

/// Reads a message, or says why it is none.
pub fn read(bytes: &[u8]) -> Result<Message, Violations> {
    let text = charset::decode(bytes, said(bytes)?)?;
    let root = reader::read(&text)?;
    let mut notes = Notes::default();
    let namespace = root.namespace.clone().unwrap_or_default();
    let (format, document) = if root.element.name == "OBORMessage" {
        (MessageFormat::Eciq, eciq::document(&root.element, &mut notes)?)
    } else if namespace.starts_with("urn:wco:datamodel:") {
        (MessageFormat::Wco, wco::document(&root.element, &mut notes)?)
    } else {
        let en = "this is neither an OBORMessage nor a declaration of the WCO Data Model";
        return Err(fault(1, "message-unknown", "不是所支持的报文", en));
    };
    Ok(Message { format, document, unmapped: notes.0 })
}

/// The charset in the XML declaration.
fn said(bytes: &[u8]) -> Result<Option<Charset>, Violations> {
    let head = &bytes[..bytes.len().min(200)];
    let head = String::from_utf8_lossy(head.split(|byte| *byte == b'>').next().unwrap_or_default());
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let Some((_, rest)) = head.strip_prefix("<?xml").and_then(|head| head.split_once("encoding"))
    else {
        // XML that says nothing is in UTF-8.
        return Ok(Some(Charset::Utf8));
    };
    let rest = rest.trim_start().trim_start_matches('=').trim_start();
    let name = rest.trim_start_matches(['"', '\'']).split(['"', '\'']).next().unwrap_or_default();
    Charset::named(name).map(Some).ok_or_else(|| {
        let en = "a message is in UTF-8 or GBK (GB18030)";
        fault(1, "charset-refused", "报文须为UTF-8或GBK编码", en)
    })
}

fn fault(line: i32, code: &str, zh: &str, en: &str) -> Violations {
    let mut wrong = Violations::default();
    wrong.error(format!("/lines/{line}"), code, zh, en);
    wrong
}

/// What is noted on the way.
#[derive(Debug, Default)]
struct Notes(Vec<Unmapped>);

/// Why something is not carried over.
#[derive(Clone, Copy, Debug)]
enum Why {
    /// There is no place for it here.
    NotCarried,
    /// The bureau finds it out or gives it itself.
    AssignedHere,
    /// No table has its code; it is passed on as it stands.
    CodeUnmapped,
    /// It is neither yes nor no.
    FlagUnknown,
    /// Another element said it already.
    SaidTwice,
}

impl Notes {
    fn note(&mut self, path: &str, element: &Element, why: Why) {
        use Severity::{Error, Info};
        if self.0.len() >= MOST_TOLD {
            return;
        }
        let (severity, code, zh, en) = match why {
            Why::NotCarried => {
                (Info, "not-carried", "报检单没有对应的栏目", "a declaration has no place for it")
            }
            Why::AssignedHere => {
                (Info, "assigned-here", "由检验检疫机构确定", "the bureau itself says this")
            }
            Why::CodeUnmapped => (
                Error,
                "code-unmapped",
                "代码无法对照，照原样转入",
                "no table knows this code; it is passed on as it stands",
            ),
            Why::FlagUnknown => (
                Error,
                "flag-unknown",
                "既非是也非否，未转入",
                "it is neither yes nor no, and left out",
            ),
            Why::SaidTwice => {
                (Info, "said-twice", "已有其他元素说明", "another element has said it")
            }
        };
        self.0.push(Unmapped {
            path: shortened(path, 400),
            line: element.line,
            value: shortened(element.text.trim(), 60),
            severity,
            code: code.to_owned(),
            message_zh: zh.to_owned(),
            message_en: en.to_owned(),
        });
    }

    /// Everything below an element for which there is no place.
    fn note_all(&mut self, path: &str, element: &Element, why: Why) {
        if element.children.is_empty() {
            if !element.text.trim().is_empty() {
                self.note(path, element, why);
            }
            return;
        }
        for child in &element.children {
            self.note_all(&format!("{path}/{}", child.name), child, why);
        }
    }
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most - 1) {
        Some((end, _)) if text.chars().count() > most => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

/// `2014-05-12`, whatever time follows; `20140512` likewise. Anything else as it stands.
fn day(text: &str) -> String {
    let is_digits =
        |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if text.len() >= 8 && is_digits(text.get(..8)) {
        return format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..8]);
    }
    let is_day = text.len() >= 10
        && text.is_char_boundary(10)
        && text[10..].starts_with([' ', 'T', '+', 'Z']);
    if is_day { text[..10].to_owned() } else { text.to_owned() }
}
