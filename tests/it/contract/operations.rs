//! The operations of the published contract, each ready to be asked for with its own example.
use std::sync::LazyLock;

use actix_web::{http::Method, test::TestRequest};
use serde_json::{Value, json};
use uuid::Uuid;

/// One operation, as the contract has it.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub told: Value,
}

static CONTRACT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&api::openapi_json()).unwrap());

/// The whole contract.
pub fn contract() -> &'static Value {
    &CONTRACT
}

/// All of them.
pub fn operations() -> Vec<Operation> {
    let paths = CONTRACT["paths"].as_object().unwrap();
    let listed = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(|(method, told)| Operation {
            method: method.to_uppercase(),
            path: path.clone(),
            told: told.clone(),
        })
    });
    listed.collect()
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it can be asked for without any proof.
    pub fn is_open(&self) -> bool {
        self.told["security"] == json!([{}])
    }

    /// Whether it is asked for with an access token: neither open nor the bank's.
    pub fn needs_token(&self) -> bool {
        self.told.get("security").is_none()
    }

    /// The type of the body it reads, and the example of one.
    pub fn body(&self) -> Option<(&'static str, Value)> {
        let content = self.told.pointer("/requestBody/content")?;
        let kinds = [
            "application/json",
            "text/csv",
            "application/xml",
            "application/x-www-form-urlencoded",
        ];
        let kind = kinds.into_iter().find(|kind| content.get(kind).is_some())?;
        Some((kind, example(&content[kind])?.clone()))
    }

    /// Its path with one id in the place of the record, and others that nobody has.
    pub fn path_of(&self, id: &str) -> String {
        self.path
            .replace("{id}", id)
            .replace("{code}", "330000")
            .replace("{day}", "2014-05-12")
            .replace("{reg_no}", "3100601234")
            .replace("{key_id}", "2014-a")
            .replace("{book}", "offices")
            .replace("{sample_id}", &Uuid::nil().to_string())
            .replace("{event_id}", &Uuid::nil().to_string())
            .replace("{clearance_no}", "310900114000124000")
            .replace("{ent_decl_no}", "WN-1")
    }

    /// What its query string cannot be without.
    fn query(&self) -> String {
        let parameters = self.told["parameters"].as_array().into_iter().flatten();
        let needed = parameters.filter(|one| one["in"] == "query" && one["required"] == true);
        let pairs = needed.map(|one| {
            let example = one.get("example").or_else(|| one["schema"].get("example"));
            let example =
                example.unwrap_or_else(|| panic!("{}: {one} has no example", self.name()));
            format!("{}={}", one["name"].as_str().unwrap(), example.as_str().unwrap())
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The request with the examples of its parameters and its body.
    pub fn request(&self, id: &str) -> TestRequest {
        let method: Method = self.method.parse().unwrap();
        let uri = format!("{}?{}", self.path_of(id), self.query());
        let request = TestRequest::default().method(method).uri(uri.trim_end_matches('?'));
        match self.body() {
            None => request,
            Some(("application/json", body)) => request.set_json(body),
            Some((kind, body)) => {
                let text = body.as_str().unwrap_or_default().to_owned();
                request.insert_header(("content-type", kind)).set_payload(text)
            }
        }
    }
}

/// The example of a body or an answer: the one, or the first of several.
pub fn example(media: &Value) -> Option<&Value> {
    let several = || media.get("examples")?.as_object()?.values().next()?.get("value");
    media.get("example").or_else(several)
}
