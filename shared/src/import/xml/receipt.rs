//! The receipt of a filing (回执) as a message of e-CIQ: the steps that are taken by then, each with its sentence
//! (domain 3.1).
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use quick_xml::escape::escape;
use serde_json::Value;

/// A step as e-CIQ tells it: code, and the sentence in Chinese.
const STEPS: [(&str, &str, &str); 5] = [
    ("NEEDS_CORRECTION", "30", "电子审单未通过，请按所列问题更正"),
    ("MANUAL_REVIEW", "20", "数据已接收，等待人工审单"),
    ("SELECTED", "51", "正式受理，抽批抽中"),
    ("CONFORMING", "52", "正式受理，抽批未抽中"),
    ("", "10", "数据已接收"),
];

/// Writes the receipt that was given in JSON as XML.
#[must_use]
pub fn write(receipt: &Value, now: DateTime<Utc>) -> String {
    let text = |name: &str| receipt[name].as_str().unwrap_or_default();
    let status = text("status");
    let step = STEPS.iter().find(|(own, ..)| *own == status || own.is_empty());
    let (_, code, sentence) = step.copied().unwrap_or_default();
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OBORMessage>\n  <MessageHead>\n    \
         <MessageType>ITF_DCL_RECEIPT</MessageType>\n",
    );
    let moment = now.format("%Y-%m-%dT%H:%M:%SZ");
    let _ = writeln!(xml, "    <SendTime>{moment}</SendTime>");
    xml.push_str("  </MessageHead>\n  <MessageBody>\n    <ITF_DCL_RECEIPT>\n");
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(xml, "      <{name}>{}</{name}>", harmless(value));
        }
    };
    line("EntDeclNo", text("ent_decl_no"));
    line("DeclNo", text("decl_no"));
    line("DeclarationId", text("id"));
    line("OrgCode", text("decl_org"));
    line("VsaOrgCode", text("release_org"));
    line("InspOrgCode", text("insp_org"));
    line("ProcessStatus", status);
    line("RspCode", code);
    line("RspInfo", sentence);
    line("RspTime", text("filed_at"));
    for defect in receipt["defects"].as_array().into_iter().flatten() {
        xml.push_str("      <ITF_DCL_RECEIPT_DETAIL>\n");
        for (name, member) in [
            ("Field", "pointer"),
            ("Code", "code"),
            ("Severity", "severity"),
            ("Info", "message_zh"),
            ("InfoEn", "message_en"),
        ] {
            let value = harmless(defect[member].as_str().unwrap_or_default());
            let _ = writeln!(xml, "        <{name}>{value}</{name}>");
        }
        xml.push_str("      </ITF_DCL_RECEIPT_DETAIL>\n");
    }
    xml.push_str("    </ITF_DCL_RECEIPT>\n  </MessageBody>\n</OBORMessage>\n");
    xml
}

/// Escaped, and without what XML cannot say at all.
fn harmless(text: &str) -> String {
    let is_character = |letter: &char| !letter.is_control() || matches!(letter, '\t' | '\n');
    let text: String = text.chars().filter(is_character).collect();
    escape(text.as_str()).into_owned()
}
