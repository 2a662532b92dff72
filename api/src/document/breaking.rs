//! Whether a contract keeps the promises of an earlier one: what callers of that one send is still taken, and what they
//! read is still there.
//!
//! Allowed inside one major version: new operations, new optional members and parameters, wider limits, new members of
//! answers, new values of enumerations in answers. [`breaks`] lists everything else.
use std::collections::BTreeSet;

use serde_json::Value;

use super::resolve;

/// Which way a schema travels: what narrows one widens the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Sent,
    Answered,
}

/// Every broken promise, in words that name the place.
#[must_use]
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut judge = Judge { old, new, seen: BTreeSet::new(), broken: Vec::new() };
    for (path, item) in members(&old["paths"]) {
        for (method, operation) in members(item) {
            let now = &new["paths"][path][method];
            let at = format!("{} {path}", method.to_uppercase());
            if now.is_null() {
                judge.broken.push(format!("{at}: the operation is gone"));
            } else if operation.is_object() {
                judge.operation(&at, operation, now);
            }
        }
    }
    judge.broken
}

struct Judge<'a> {
    old: &'a Value,
    new: &'a Value,
    /// Pairs of named schemas that were compared already; schemas may hold themselves.
    seen: BTreeSet<(Way, String, String)>,
    broken: Vec<String>,
}

impl<'a> Judge<'a> {
    fn operation(&mut self, at: &str, old: &'a Value, new: &'a Value) {
        if old["operationId"] != new["operationId"] {
            self.broken.push(format!("{at}: its operationId has changed"));
        }
        self.parameters(at, &old["parameters"], &new["parameters"]);
        let (sent, taken) = (&old["requestBody"], &new["requestBody"]);
        if sent["required"] != true && taken["required"] == true {
            self.broken.push(format!("{at}: a body is needed now"));
        }
        self.contents(&format!("{at} body"), Way::Sent, &sent["content"], &taken["content"]);
        for (status, answer) in members(&old["responses"]) {
            let now = resolve(self.new, &new["responses"][status]);
            if now.is_null() && status.starts_with('2') {
                self.broken.push(format!("{at}: is not answered {status} any more"));
            }
            let answer = resolve(self.old, answer);
            let at = format!("{at} {status}");
            self.contents(&at, Way::Answered, &answer["content"], &now["content"]);
        }
    }

    fn parameters(&mut self, at: &str, old: &'a Value, new: &'a Value) {
        let named = |document: &'a Value, list: &'a Value| {
            let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().map(|one| resolve(document, one)).collect::<Vec<_>>()
        };
        let is_same =
            |one: &Value, other: &Value| one["name"] == other["name"] && one["in"] == other["in"];
        let (before, now) = (named(self.old, old), named(self.new, new));
        for parameter in &before {
            let name = parameter["name"].as_str().unwrap_or_default();
            match now.iter().find(|other| is_same(parameter, other)) {
                None => self.broken.push(format!("{at}: parameter {name} is gone")),
                Some(other) => {
                    let at = format!("{at} parameter {name}");
                    self.schema(&at, Way::Sent, &parameter["schema"], &other["schema"]);
                }
            }
        }
        for parameter in now.iter().filter(|one| one["required"] == true) {
            let was_needed =
                before.iter().any(|other| is_same(parameter, other) && other["required"] == true);
            if !was_needed {
                self.broken.push(format!("{at}: parameter {} is needed now", parameter["name"]));
            }
        }
    }

    fn contents(&mut self, at: &str, way: Way, old: &'a Value, new: &'a Value) {
        for (kind, content) in members(old) {
            // A status that is gone was told of above, or was never a promise.
            if new.is_null() {
                return;
            }
            if new[kind].is_null() {
                self.broken.push(format!("{at}: {kind} is gone"));
            } else {
                self.schema(at, way, &content["schema"], &new[kind]["schema"]);
            }
        }
    }

    fn schema(&mut self, at: &str, way: Way, old: &'a Value, new: &'a Value) {
        if let (Some(before), Some(now)) = (old["$ref"].as_str(), new["$ref"].as_str())
            && !self.seen.insert((way, before.to_owned(), now.to_owned()))
        {
            return;
        }
        let (old, new) = (resolve(self.old, old), resolve(self.new, new));
        self.kinds(at, way, old, new);
        self.values(at, way, old, new);
        self.limits(at, way, old, new);
        self.members(at, way, old, new);
        if !old["items"].is_null() {
            self.schema(&format!("{at}[]"), way, &old["items"], &new["items"]);
        }
        let choices = |schema: &'a Value| schema["oneOf"].as_array().map(Vec::as_slice);
        if let (Some(before), Some(now)) = (choices(old), choices(new)) {
            if before.len() != now.len() {
                self.broken.push(format!("{at}: has other alternatives"));
            }
            for (before, now) in before.iter().zip(now) {
                self.schema(at, way, before, now);
            }
        }
    }

    fn kinds(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        let (before, now) = (texts(&old["type"]), texts(&new["type"]));
        let holds = match way {
            Way::Sent => {
                now.is_empty() || before.is_subset(&now) && !before.is_empty() || before == now
            }
            Way::Answered => before.is_empty() || now.is_subset(&before) && !now.is_empty(),
        };
        if !holds {
            self.broken.push(format!("{at}: was {before:?}, is {now:?}"));
        }
    }

    fn values(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        let (before, now) = (texts(&old["enum"]), texts(&new["enum"]));
        if way == Way::Sent && !now.is_empty() {
            for gone in before.difference(&now) {
                self.broken.push(format!("{at}: the value {gone} is gone"));
            }
            if before.is_empty() {
                self.broken.push(format!("{at}: takes only some values now"));
            }
        }
    }

    fn limits(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        if way == Way::Answered {
            return;
        }
        let number = |schema: &Value, name: &str| schema[name].as_f64();
        for name in ["maxLength", "maximum", "maxItems"] {
            if let Some(now) = number(new, name)
                && number(old, name).is_none_or(|before| now < before)
            {
                self.broken.push(format!("{at}: {name} is smaller"));
            }
        }
        for name in ["minLength", "minimum", "minItems"] {
            if let Some(now) = number(new, name)
                && number(old, name).is_none_or(|before| now > before)
                && now > 0.0
            {
                self.broken.push(format!("{at}: {name} is greater"));
            }
        }
    }

    fn members(&mut self, at: &str, way: Way, old: &'a Value, new: &'a Value) {
        for (name, member) in members(&old["properties"]) {
            let now = &new["properties"][name];
            let at = format!("{at}.{name}");
            if now.is_null() {
                self.broken.push(format!("{at}: is gone"));
            } else {
                self.schema(&at, way, member, now);
            }
        }
        let (before, now) = (texts(&old["required"]), texts(&new["required"]));
        match way {
            Way::Sent => {
                for name in now.difference(&before) {
                    self.broken.push(format!("{at}.{name}: is needed now"));
                }
            }
            Way::Answered => {
                for name in
                    before.difference(&now).filter(|name| !new["properties"][**name].is_null())
                {
                    self.broken.push(format!("{at}.{name}: is not always there any more"));
                }
            }
        }
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// A text, or a list of them.
fn texts(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::String(text) => BTreeSet::from([text.as_str()]),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(sent: &Value, answered: &Value) -> Value {
        json!({
            "paths": { "/v1/things": { "post": {
                "operationId": "makeThing",
                "parameters": [{ "name": "limit", "in": "query", "schema": { "type": "integer", "maximum": 200 } }],
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/ThingIn" } } } },
                "responses": { "201": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/ThingOut" } } } } },
            } } },
            "components": { "schemas": { "ThingIn": sent, "ThingOut": answered } },
        })
    }

    fn thing() -> (Value, Value) {
        (
            json!({ "type": "object", "required": ["name"], "properties": {
                "name": { "type": "string", "maxLength": 10 },
                "kind": { "type": "string", "enum": ["A", "B"] } } }),
            json!({ "type": "object", "required": ["id"], "properties": {
                "id": { "type": "string" }, "state": { "type": "string", "enum": ["NEW"] } } }),
        )
    }

    /// What is broken when the schemas are changed in this way.
    fn changed(change: impl FnOnce(&mut Value, &mut Value)) -> Vec<String> {
        let (sent, answered) = thing();
        let old = document(&sent, &answered);
        let (mut sent, mut answered) = (sent, answered);
        change(&mut sent, &mut answered);
        breaks(&old, &document(&sent, &answered))
    }

    #[test]
    fn what_is_only_added_breaks_nothing() {
        let broken = changed(|sent, answered| {
            sent["properties"]["note"] = json!({ "type": "string" });
            sent["properties"]["name"]["maxLength"] = json!(20);
            sent["properties"]["kind"]["enum"] = json!(["A", "B", "C"]);
            answered["properties"]["note"] = json!({ "type": "string" });
            answered["properties"]["state"]["enum"] = json!(["NEW", "OLD"]);
            answered["required"] = json!(["id", "note"]);
        });

        assert_eq!(broken, Vec::<String>::new());
    }

    #[test]
    fn every_broken_promise_is_listed() {
        let broken = changed(|sent, answered| {
            sent["required"] = json!(["name", "kind"]);
            sent["properties"]["name"]["maxLength"] = json!(5);
            sent["properties"]["kind"]["enum"] = json!(["A"]);
            answered["required"] = json!([]);
            answered["properties"]["id"]["type"] = json!(["string", "null"]);
            answered["properties"].as_object_mut().unwrap().remove("state");
        });

        assert_eq!(
            broken,
            [
                "POST /v1/things body.kind: the value B is gone",
                "POST /v1/things body.name: maxLength is smaller",
                "POST /v1/things body.kind: is needed now",
                "POST /v1/things 201.id: was {\"string\"}, is {\"null\", \"string\"}",
                "POST /v1/things 201.state: is gone",
                "POST /v1/things 201.id: is not always there any more",
            ]
        );
    }

    #[test]
    fn an_operation_that_is_gone_is_told() {
        let (sent, answered) = thing();
        let old = document(&sent, &answered);

        assert_eq!(
            breaks(&old, &json!({ "paths": {} })),
            ["POST /v1/things: the operation is gone"]
        );
    }
}
