//! The contract as it is published: what the operations say of themselves, plus what holds for all of them.
//!
//! A handler documents its success; who may be turned away how, the headers that the frame adds, and limits that
//! follow from a type are written here, once.
pub mod breaking;
mod front;
mod operation;
mod problems;
mod schema;
mod webhooks;

pub(crate) use front::parameters as headers_taken;
pub(crate) use operation::takes;
pub(crate) use schema::completed;

use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// The published document, made from the generated one.
#[must_use]
pub fn publish(generated: &OpenApi) -> Value {
    let mut document = json!(generated);
    document["info"] = front::info();
    document["servers"] = front::servers();
    document["security"] = front::security();
    document["tags"] = front::tags();
    document["components"]["securitySchemes"] = front::security_schemes();
    document["components"]["headers"] = front::headers();
    document["components"]["parameters"] = front::parameters();
    document["components"]["responses"] = problems::responses();

    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            operation::complete(path, method, operation);
        }
    }
    document["webhooks"] = webhooks::section();
    schema::tighten(&mut document);
    document
}

/// What a reference leads to; anything else is itself. One that leads nowhere is nothing.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    while let Some(place) = value["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
        value = document.pointer(place).unwrap_or(&Value::Null);
    }
    value
}
