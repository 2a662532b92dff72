//! From bytes to a declaration. It fails only for what cannot be read as one, and then tells all such faults.
use serde::Deserialize;

use super::{
    Direction, canonical,
    content::{self, At, Content, Field, Json},
    rules::{
        Notice,
        catalogue::{IDENTITY_MALFORMED, IDENTITY_MISSING, JSON_MALFORMED},
        shown,
    },
};
use crate::kernel::Violations;

/// A declaration that could be read; whether it may stand is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    pub content: Content,
    /// SHA-256 of the canonical content: equal for the same declaration in another spelling (domain R12).
    pub hash: [u8; 32],
}

/// Reads the body of a filing.
pub fn parse(body: &[u8]) -> Result<Submission, Violations> {
    match serde_json::from_slice(body) {
        Ok(json) => read(json),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Reads what was stored, or what an example or a test holds.
pub fn from_value(value: &serde_json::Value) -> Result<Submission, Violations> {
    Json::deserialize(value).map_err(|error| unreadable(&error)).and_then(read)
}

fn unreadable(error: &serde_json::Error) -> Violations {
    let mut notice = Notice::default();
    notice.note(
        &JSON_MALFORMED,
        &At::ROOT,
        format!("请求体不是 UTF-8 编码的 JSON：{error}"),
        format!("the body is not JSON in UTF-8: {error}"),
    );
    notice.into_findings()
}

fn read(json: Json<'_>) -> Result<Submission, Violations> {
    let mut notice = Notice::default();
    let content: Content = content::read(json, &At::ROOT, &mut notice);
    must_be_identified(&content, &mut notice);
    if !notice.is_clear() {
        return Err(notice.into_findings());
    }
    let hash = canonical::hash(&content);
    Ok(Submission { content, hash })
}

fn must_be_identified(content: &Content, notice: &mut Notice) {
    let digits = |count| {
        move |text: &str| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut must =
        |field: &Field, given: &Option<String>, is_well: &dyn Fn(&str) -> bool, wanted| {
            identify(field, given.as_deref(), is_well, wanted, notice);
        };
    must(&Content::decl_reg_no, &content.decl_reg_no, &digits(10), ("10位数字", "ten digits"));
    must(
        &Content::ent_decl_no,
        &content.ent_decl_no,
        &|text| text.chars().count() <= 40 && !text.chars().any(char::is_control),
        ("最多40个可见字符", "at most 40 printable characters"),
    );
    must(
        &Content::apl_kind,
        &content.apl_kind,
        &|text| Direction::parse(text).is_some(),
        ("I（入境）或O（出境）", "I (inbound) or O (outbound)"),
    );
    must(&Content::decl_code, &content.decl_code, &digits(2), ("2位数字", "two digits"));
    must(&Content::decl_org, &content.decl_org, &digits(6), ("6位数字", "six digits"));
}

fn identify(
    field: &Field,
    given: Option<&str>,
    is_well: &dyn Fn(&str) -> bool,
    wanted: (&str, &str),
    notice: &mut Notice,
) {
    let at = At::ROOT.name(field.name);
    match given {
        None => notice.note(
            &IDENTITY_MISSING,
            &at,
            format!("“{}”必填，缺少则无法识别报检单", field.zh),
            format!("{} is needed to know which declaration this is", field.name),
        ),
        Some(text) if !is_well(text) => notice.note(
            &IDENTITY_MALFORMED,
            &at,
            format!("“{}”应为{}，现为“{}”", field.zh, wanted.0, shown(text)),
            format!("{} must be {}, not \"{}\"", field.name, wanted.1, shown(text)),
        ),
        Some(_) => {}
    }
}
