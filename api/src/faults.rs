//! Everything that is wrong with a small body, where reading it stopped at the first fault: it is held against the
//! schema that the contract promises for it.
//!
//! This runs only for what was refused already, and knows of schemas what ours use: types, members, items, choices.
use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};
use shared::kernel::Violations;

use crate::document::resolve;

/// Nobody mends more at a time.
const MOST: usize = 100;
/// Deeper than any body of ours.
const DEEPEST: usize = 32;

/// Holds a body against its schema; `document` is the whole contract, in which references are looked up.
pub(crate) fn find(document: &Value, schema: &Value, body: &Value) -> Violations {
    let mut faults = Faults { document, found: Violations::default() };
    faults.check(schema, body, "", 0);
    faults.found
}

struct Faults<'a> {
    document: &'a Value,
    found: Violations,
}

impl<'a> Faults<'a> {
    fn check(&mut self, schema: &'a Value, value: &Value, pointer: &str, depth: usize) {
        if depth > DEEPEST || self.found.iter().count() >= MOST {
            return;
        }
        let schema = resolve(self.document, schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check(part, value, pointer, depth + 1);
        }
        let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
        if let Some(choices) = choices {
            self.check_choices(choices, value, pointer, depth);
            return;
        }
        if let Some(known) = schema["enum"].as_array()
            && !known.contains(value)
        {
            let known: Vec<_> = known.iter().map(Value::to_string).collect();
            let known = known.join(", ");
            self.tell(
                pointer,
                "value-unknown",
                format!("取值应为：{known}"),
                format!("expected one of {known}"),
            );
            return;
        }
        if !is_of_type(&schema["type"], value) {
            let wanted = names(&schema["type"]);
            self.tell(
                pointer,
                "json-wrong-type",
                format!("JSON 类型不符，应为：{wanted}"),
                format!("expected {wanted}"),
            );
            return;
        }
        match value {
            Value::Object(members) => self.check_members(schema, members, pointer, depth),
            Value::Array(items) if schema.get("items").is_some() => {
                for (place, item) in items.iter().enumerate() {
                    self.check(&schema["items"], item, &format!("{pointer}/{place}"), depth + 1);
                }
            }
            Value::String(text) if !is_of_format(&schema["format"], text) => {
                let format = schema["format"].as_str().unwrap_or_default();
                self.tell(
                    pointer,
                    "value-malformed",
                    format!("格式有误，应为：{format}"),
                    format!("this is no {format}"),
                );
            }
            _ => {}
        }
    }

    /// One choice has to fit. Where only one is more than `null`, its own faults are told.
    fn check_choices(&mut self, choices: &'a [Value], value: &Value, pointer: &str, depth: usize) {
        let fits = |choice: &Value| find(self.document, choice, value).is_empty();
        if choices.iter().any(fits) {
            return;
        }
        let real: Vec<_> = choices.iter().filter(|choice| choice["type"] != "null").collect();
        match real[..] {
            [only] => self.check(only, value, pointer, depth + 1),
            _ => self.tell(
                pointer,
                "json-wrong-type",
                "不符合任何一种允许的形式",
                "this fits none of the forms that are allowed here",
            ),
        }
    }

    fn check_members(
        &mut self,
        schema: &'a Value,
        members: &Map<String, Value>,
        pointer: &str,
        depth: usize,
    ) {
        let below =
            |name: &str| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                self.tell(&below(name), "member-missing", "缺少字段", "this member is missing");
            }
        }
        let known = schema["properties"].as_object();
        for (name, value) in members {
            match known.and_then(|known| known.get(name)) {
                Some(schema) => self.check(schema, value, &below(name), depth + 1),
                None if schema["additionalProperties"] == false => {
                    self.tell(
                        &below(name),
                        "member-unknown",
                        "未知字段",
                        "this member is not known",
                    );
                }
                None => {}
            }
        }
    }

    fn tell(
        &mut self,
        pointer: &str,
        code: &str,
        message_zh: impl Into<String>,
        message_en: impl Into<String>,
    ) {
        self.found.error(pointer, code, message_zh, message_en);
    }
}

fn is_of_type(wanted: &Value, value: &Value) -> bool {
    match wanted {
        Value::String(name) => is_a(name, value),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(|name| is_a(name, value)),
        _ => true,
    }
}

fn is_a(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        _ => true,
    }
}

/// The formats that reading insists on.
fn is_of_format(format: &Value, text: &str) -> bool {
    match format.as_str() {
        Some("uuid") => uuid::Uuid::try_parse(text).is_ok(),
        Some("date") => text.parse::<NaiveDate>().is_ok(),
        Some("date-time") => DateTime::parse_from_rfc3339(text).is_ok(),
        _ => true,
    }
}

fn names(wanted: &Value) -> String {
    match wanted {
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(schema: &Value, body: &Value) -> Vec<String> {
        let document = json!({ "components": { "schemas": { "Money": {
            "type": "object", "required": ["amount", "currency"], "additionalProperties": false,
            "properties": { "amount": { "type": "string" }, "currency": { "enum": ["CNY"] } } } } } });
        let found = find(&document, schema, body);
        found.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    }

    #[test]
    fn every_fault_of_a_body_is_found_with_its_place() {
        let schema = json!({
            "type": "object", "required": ["reason", "limit"], "additionalProperties": false,
            "properties": {
                "reason": { "type": "string" },
                "limit": { "$ref": "#/components/schemas/Money" },
                "lines": { "type": ["array", "null"], "items": { "type": "integer" } },
                "until": { "oneOf": [{ "type": "null" }, { "type": "string" }] },
                "on": { "type": "string", "format": "date" },
            },
        });
        let body = json!({
            "limit": { "amount": 5, "currency": "USD", "a/b": 1 }, "lines": [1, "2", 3.5], "until": 7,
            "on": "soon", "whom": 1,
        });

        let mut told_all = told(&schema, &body);
        told_all.sort();
        assert_eq!(
            told_all,
            [
                "/limit/amount json-wrong-type",
                "/limit/a~1b member-unknown",
                "/limit/currency value-unknown",
                "/lines/1 json-wrong-type",
                "/lines/2 json-wrong-type",
                "/on value-malformed",
                "/reason member-missing",
                "/until json-wrong-type",
                "/whom member-unknown",
            ]
        );
        let good =
            json!({ "reason": "", "limit": { "amount": "1", "currency": "CNY" }, "lines": null });
        assert!(told(&schema, &good).is_empty());
    }
}
