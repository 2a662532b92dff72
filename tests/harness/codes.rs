//! Every finding in an answer has a code of the catalogue.
use serde_json::Value;
use shared::catalogue;

/// Looks through an answer for findings. What partners wrote in receipts of theirs is theirs to explain.
pub(crate) fn must_be_listed(path: &str, body: &Value) {
    if !path.contains("messages") && !path.starts_with("/v1/exchange") {
        look(path, body);
    }
}

fn look(path: &str, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| look(path, item)),
        Value::Object(members) => {
            let is_finding = ["pointer", "code", "severity", "message_zh", "message_en"]
                .iter()
                .all(|name| members.contains_key(*name));
            // In a contract these are members of a schema, and no texts.
            if let Some(code) = members.get("code").and_then(Value::as_str).filter(|_| is_finding) {
                assert!(catalogue::find(code).is_some(), "{path}: {code} is in no table of rules");
            }
            members.values().for_each(|member| look(path, member));
        }
        _ => {}
    }
}
