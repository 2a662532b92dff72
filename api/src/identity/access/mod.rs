//! Proving who one is: clients at the token endpoint, persons by signing in.
pub(crate) mod assertion;
pub mod jwks;
pub mod metadata;
pub mod sign_in;
pub mod token;

use actix_web::{HttpResponse, http::header};
use serde::Serialize;

/// A public document: anybody may keep it for a few minutes.
fn public(document: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(document)
}

/// An answer with a secret in it, kept by nobody on the way (RFC 6749 section 5.1).
fn unkept(mut answer: actix_web::HttpResponseBuilder, body: &impl Serialize) -> HttpResponse {
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .json(body)
}
