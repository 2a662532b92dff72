//! One operation, completed: the headers it takes and gives, and the ways it may turn a caller away.
use serde_json::{Map, Value, json};

use super::problems;

/// Records that count their revisions: acts on them heed `If-Match`.
const REVISED: [&str; 19] = [
    "/v1/declarations/{id}",
    "/v1/fee-notices/{id}",
    "/v1/clients/{id}",
    "/v1/credit-changes/{id}",
    "/v1/credit-recognitions/{id}",
    "/v1/direct-consignments/{id}",
    "/v1/direct-enterprises/{id}",
    "/v1/eligibilities/{id}",
    "/v1/facilitation-blocks/{id}",
    "/v1/nc-notices/{id}",
    "/v1/organisations/{id}",
    "/v1/partners/{code}",
    "/v1/powers-of-attorney/{id}",
    "/v1/received-nc-notices/{id}",
    "/v1/refunds/{id}",
    "/v1/shifts/{id}",
    "/v1/staff/{id}",
    "/v1/transfers/{id}",
    "/v1/webhook-endpoints/{id}",
];

/// What decides how an operation can end.
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
struct Traits {
    is_act: bool,
    has_body: bool,
    /// Not `OAuth2`'s form: RFC 6749 has its own 400 for one of a wrong type.
    is_typed: bool,
    has_query: bool,
    names_record: bool,
    /// In its query, where another bureau's is not known.
    names_office: bool,
    is_revised: bool,
    /// Asked with a token: not by the bank, and not by just anybody.
    needs_token: bool,
    /// Asked by just anybody.
    is_open: bool,
}

fn is_act(method: &str) -> bool {
    !method.eq_ignore_ascii_case("get")
}

fn is_revised(path: &str, method: &str) -> bool {
    is_act(method) && REVISED.iter().any(|record| path.starts_with(record))
}

/// The headers that an operation takes, by their names in `components`.
pub(crate) fn takes(
    path: &str,
    method: &str,
    needs_token: bool,
) -> impl Iterator<Item = &'static str> {
    let is_act = is_act(method);
    let takes = [
        ("IdempotencyKey", is_act && needs_token),
        ("IfMatch", is_revised(path, method)),
        ("IfNoneMatch", !is_act && needs_token),
    ];
    takes.into_iter().filter_map(|(name, takes)| takes.then_some(name))
}

impl Traits {
    fn of(path: &str, method: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        Self {
            is_act: is_act(method),
            has_body: operation.get("requestBody").is_some(),
            is_typed: operation["requestBody"]["content"]
                .as_object()
                .is_some_and(|kinds| !kinds.contains_key("application/x-www-form-urlencoded")),
            has_query: parameters.iter().any(|parameter| parameter["in"] == "query"),
            names_record: path.contains('{'),
            names_office: parameters.iter().any(|parameter| parameter["name"] == "office"),
            is_revised: is_revised(path, method),
            needs_token: operation.get("security").is_none(),
            is_open: operation["security"] == json!([{}]),
        }
    }

    /// The statuses of the problems that can be met here.
    fn problems(&self) -> impl Iterator<Item = &'static str> {
        let rules = !self.is_open;
        let can = [
            ("400", true),
            ("401", true),
            ("403", self.needs_token),
            ("404", self.names_record || self.names_office || (rules && self.has_body)),
            ("409", self.is_act && rules),
            ("412", self.is_revised),
            ("408", self.is_act),
            ("413", self.is_act),
            ("415", self.is_typed),
            ("422", rules && (self.has_body || self.has_query)),
            ("429", true),
            ("500", true),
            ("503", true),
        ];
        can.into_iter().filter_map(|(status, can)| can.then_some(status))
    }

    /// What a success carries beside what every answer does.
    fn success_headers(&self, status: &str) -> Vec<&'static str> {
        let mut names = Vec::new();
        if self.needs_token {
            names.push("ETag");
        }
        if status == "201" {
            names.push("Location");
        }
        if self.needs_token && self.is_act {
            names.push("Idempotent-Replayed");
        }
        names
    }
}

/// Adds what the frame and the types bring to every operation.
pub(super) fn complete(path: &str, method: &str, operation: &mut Value) {
    let traits = Traits::of(path, method, operation);
    add_parameters(takes(path, method, traits.needs_token), operation);
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses.iter_mut() {
        let mut headers = problems::headers(status);
        if status.starts_with('2') {
            headers.extend(traits.success_headers(status).into_iter().map(problems::header));
        }
        response["headers"] = headers.into();
    }
    if !traits.is_act && traits.needs_token {
        let mut headers = problems::headers("304");
        headers.extend([problems::header("ETag")]);
        let unchanged = "What you have is still so; there is no body.";
        responses.insert("304".into(), json!({ "description": unchanged, "headers": headers }));
    }
    for status in traits.problems() {
        add_problem(responses, status);
    }
}

/// Where an operation has its own words for a status (`OAuth2` does), the problem stands beside them.
fn add_problem(responses: &mut Map<String, Value>, status: &str) {
    match responses.get_mut(status) {
        Some(own) => own["content"][problems::MEDIA_TYPE] = problems::content(status),
        None => {
            responses.insert(status.to_owned(), problems::reference(status));
        }
    }
}

fn add_parameters(names: impl Iterator<Item = &'static str>, operation: &mut Value) {
    let references = names.map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    let references: Vec<_> = references.collect();
    if references.is_empty() {
        return;
    }
    match operation["parameters"].as_array_mut() {
        Some(own) => own.extend(references),
        None => operation["parameters"] = references.into(),
    }
}
