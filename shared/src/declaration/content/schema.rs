//! The contract's view of documents: `OpenAPI` schemas made from the same fields that are read.
use serde_json::{Value, json};
use utoipa::openapi::{
    Array, ArrayBuilder, KnownFormat, Object, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat,
    Type, schema::AdditionalProperties,
};

use super::document::{Document, Field, Need};

pub(crate) fn of<T: Document>() -> RefOr<Schema> {
    let mut object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(T::DOC.trim()))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    for slot in T::SLOTS {
        object = object.property(slot.field.name, (slot.schema)(&slot.field));
    }
    for name in super::IDENTITY.iter().filter(|_| T::NAME == super::Content::NAME) {
        object = object.required(*name);
    }
    object.into()
}

pub(crate) fn reference<T: Document>() -> RefOr<Schema> {
    Ref::from_schema_name(T::NAME).into()
}

/// No control characters, and not white space alone.
const NOT_BLANK: &str = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";

/// A reference that says what the part is here: sender or receiver.
pub(crate) fn part<T: Document>(field: &Field) -> RefOr<Schema> {
    let mut reference = Ref::from_schema_name(T::NAME);
    reference.description = description(field);
    reference.into()
}

pub(crate) fn collect<T: Document>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    if schemas.iter().all(|(name, _)| name != T::NAME) {
        schemas.push((T::NAME.to_owned(), of::<T>()));
        T::collect(schemas);
    }
}

pub(crate) fn text(field: &Field) -> RefOr<Schema> {
    let text = described(field, Some(text_example(field))).max_length(Some(field.size));
    // What names the declaration is told from nothing before anything else is looked at.
    let is_free = field.pattern.is_empty() && super::IDENTITY.contains(&field.name);
    let text = if is_free { text.min_length(Some(1)).pattern(Some(NOT_BLANK)) } else { text };
    text.into()
}

/// An item of a list of texts: described by the list.
pub(crate) fn item(field: &Field) -> RefOr<Schema> {
    let pattern = (!field.pattern.is_empty()).then_some(field.pattern);
    ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(field.size))
        .pattern(pattern)
        .into()
}

pub(crate) fn figure(field: &Field, whole_digits: usize) -> RefOr<Schema> {
    let pattern = match field.size {
        0 => format!(r"^\d{{1,{whole_digits}}}$"),
        size => format!(r"^\d{{1,{whole_digits}}}(\.\d{{1,{size}}})?$"),
    };
    described(field, Some(text_example(field)))
        .pattern(Some(pattern))
        .max_length(Some(whole_digits + field.size + 1))
        .into()
}

pub(crate) fn day(field: &Field) -> RefOr<Schema> {
    described(field, Some(text_example(field)))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .max_length(Some(10))
        .into()
}

pub(crate) fn flag(field: &Field) -> RefOr<Schema> {
    described(field, Some(json!(field.example == "true"))).schema_type(Type::Boolean).into()
}

pub(crate) fn whole(field: &Field) -> RefOr<Schema> {
    let example = field.example.parse::<u16>().unwrap_or(1);
    described(field, Some(json!(example)))
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(9999))
        .into()
}

pub(crate) fn list(field: &Field, most: usize, items: RefOr<Schema>) -> RefOr<Schema> {
    let list: Array = ArrayBuilder::new()
        .items(items)
        .max_items(Some(most))
        .description(Some(description(field)))
        .build();
    RefOr::T(Schema::Array(list))
}

fn described(field: &Field, example: Option<Value>) -> ObjectBuilder {
    let pattern = (!field.pattern.is_empty()).then_some(field.pattern);
    ObjectBuilder::from(Object::new())
        .schema_type(Type::String)
        .description(Some(description(field)))
        .pattern(pattern)
        .examples(example)
}

fn text_example(field: &Field) -> Value {
    Value::String(field.example.to_owned())
}

/// Meaning, Chinese, box on the form, and when it must be there.
fn description(field: &Field) -> String {
    let need = match field.need {
        Need::NEVER => "",
        Need::ALWAYS => " Mandatory.",
        Need::INBOUND => " Mandatory inbound.",
        Need::INBOUND_FORM => " Mandatory for inbound catalogue goods.",
        Need::OUTBOUND_FORM => " Mandatory outbound.",
        Need::FORM => " Mandatory for inbound catalogue goods and outbound.",
        _ => " Mandatory in some cases.",
    };
    let column = match field.column {
        "" => String::new(),
        column => format!(" `{column}`"),
    };
    format!("{} ({}{column}).{need}", field.doc.trim().trim_end_matches('.'), field.zh)
}
