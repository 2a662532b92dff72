//! Limits that follow from a type: said once here instead of at every member.
use serde_json::{Map, Value, json};

use super::problems;

/// Any text, line breaks included; U+0000 alone cannot be stored.
const ANY_TEXT: &str = r"^[^\u0000]*$";

/// The largest whole number that every JSON reader keeps exactly (RFC 8259 section 6).
const SAFE: i64 = 9_007_199_254_740_991;

/// Adds the schemas that only this module knows of, and tightens all of them.
pub(super) fn tighten(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    schemas["Problem"] = problems::schema();
    join_parts(schemas);
    walk(document);
}

/// A whole that is described by its parts becomes one closed list of members: each part is closed by itself, so none
/// would let the others stand beside it.
fn join_parts(schemas: &mut Value) {
    let known = schemas.clone();
    for schema in schemas.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
        let Some(parts) = schema.as_object_mut().and_then(|schema| schema.remove("allOf")) else {
            continue;
        };
        let (mut members, mut required) = (Map::new(), Vec::new());
        for part in parts.as_array().into_iter().flatten() {
            let name = part["$ref"].as_str().and_then(|name| name.rsplit('/').next());
            let part = name.map_or(part, |name| &known[name]);
            members.extend(part["properties"].as_object().cloned().unwrap_or_default());
            required.extend(part["required"].as_array().cloned().unwrap_or_default());
        }
        schema["type"] = json!("object");
        schema["properties"] = members.into();
        schema["required"] = required.into();
    }
}

/// A schema with the limits that follow from its type, as they are published.
pub(crate) fn completed(mut schema: Value) -> Value {
    walk(&mut schema);
    schema
}

fn walk(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if is_schema(object) {
                complete(object);
            }
            for (key, child) in object.iter_mut() {
                match (key.as_str(), child) {
                    // Examples and enumerations are data, whatever their members are called.
                    ("example" | "examples" | "enum" | "const" | "default" | "required", _) => {}
                    ("properties", Value::Object(members)) => members.values_mut().for_each(walk),
                    (_, child) => walk(child),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        _ => {}
    }
}

fn is_schema(object: &Map<String, Value>) -> bool {
    ["string", "integer", "object"].iter().any(|kind| is_of(object, kind))
}

fn is_of(object: &Map<String, Value>, kind: &str) -> bool {
    match object.get("type") {
        Some(Value::String(given)) => given == kind,
        Some(Value::Array(given)) => given.iter().any(|given| given == kind),
        _ => false,
    }
}

fn complete(schema: &mut Map<String, Value>) {
    if is_of(schema, "object") && schema.contains_key("properties") {
        schema.entry("additionalProperties").or_insert(json!(false));
    }
    if is_of(schema, "integer") {
        complete_integer(schema);
    }
    if is_of(schema, "string") && !schema.contains_key("enum") && !schema.contains_key("const") {
        complete_string(schema);
    }
}

fn complete_integer(schema: &mut Map<String, Value>) {
    let format = schema.entry("format").or_insert(json!("int64")).clone();
    let (least, most) = match format.as_str() {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (-SAFE, SAFE),
    };
    if !schema.contains_key("exclusiveMinimum") {
        schema.entry("minimum").or_insert(json!(least));
    }
    if !schema.contains_key("exclusiveMaximum") {
        schema.entry("maximum").or_insert(json!(most));
    }
}

fn complete_string(schema: &mut Map<String, Value>) {
    let most = match schema.get("format").and_then(Value::as_str) {
        Some("uuid") => 36,
        Some("date") => 10,
        Some("date-time") => 40,
        Some("binary") => 64 << 20,
        _ => 10_000,
    };
    schema.entry("maxLength").or_insert(json!(most));
    if !schema.contains_key("format") {
        schema.entry("pattern").or_insert(json!(ANY_TEXT));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_a_type_is_added_and_what_is_said_stays() {
        let mut schema = json!({
            "type": "object",
            "properties": {
                "id": { "type": "string", "format": "uuid" },
                "name": { "type": ["string", "null"], "maxLength": 5, "pattern": "^A" },
                "count": { "type": "integer", "format": "int32", "minimum": 0 },
                "type": { "type": "string", "enum": ["A"] },
            },
            "example": { "type": "string" },
        });

        walk(&mut schema);

        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["properties"]["id"]["maxLength"], 36);
        assert_eq!(schema["properties"]["name"]["pattern"], "^A");
        assert_eq!(schema["properties"]["count"]["maximum"], i32::MAX);
        assert_eq!(schema["properties"]["type"], json!({ "type": "string", "enum": ["A"] }));
        assert_eq!(schema["example"], json!({ "type": "string" }));
    }

    #[test]
    fn a_whole_has_the_members_of_its_parts() {
        let mut schemas = json!({
            "Head": { "type": "object", "required": ["id"], "properties": { "id": {} } },
            "Whole": { "allOf": [
                { "$ref": "#/components/schemas/Head" },
                { "type": "object", "required": ["content"], "properties": { "content": {} } },
            ] },
        });

        join_parts(&mut schemas);

        assert_eq!(schemas["Whole"]["required"], json!(["id", "content"]));
        assert_eq!(schemas["Whole"]["properties"], json!({ "id": {}, "content": {} }));
        assert_eq!(schemas["Whole"].get("allOf"), None);
    }
}
