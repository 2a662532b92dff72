//! The kinds of members: text, number, day, yes or no, whole number, list, part.
use rust_decimal::Decimal;
use utoipa::openapi::{RefOr, Schema};

use super::{
    document::{self, Document, Field, Member, Need, Shape, wrong_type},
    given::{Day, Figure, Given},
    json::Json,
    pointer::At,
    schema,
};
use crate::declaration::{
    canonical,
    rules::{
        Notice,
        catalogue::{
            CHARACTER_NOT_ALLOWED, DATE_MALFORMED, MANDATORY_FIELD, NUMBER_MALFORMED,
            NUMBER_NOT_POSITIVE, TOO_LONG, TOO_MANY,
        },
        shown,
    },
};

/// Notes what is wrong with a member by itself.
pub(crate) fn inspect<M: Member>(
    member: &M,
    field: &Field,
    before: &At<'_>,
    case: Need,
    notice: &mut Notice,
) {
    let at = before.name(field.name);
    if !member.is_absent() {
        member.inspect(field, &at, case, notice);
    } else if field.need.covers(case) {
        notice.note(
            &MANDATORY_FIELD,
            &at,
            format!("“{}”必填", field.zh),
            format!("{} is mandatory here", field.name),
        );
    }
}

/// Trimmed; `None` where the JSON is no string, or holds what no table can keep.
fn text(json: Json<'_>, wanted: (&str, &str), at: &At<'_>, notice: &mut Notice) -> Option<String> {
    let Json::Text(text) = json else {
        wrong_type(&json, wanted, at, notice);
        return None;
    };
    if text.contains('\0') {
        notice.note(
            &CHARACTER_NOT_ALLOWED,
            at,
            "不可含空字符",
            "the character U+0000 is not allowed",
        );
        return None;
    }
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

const TEXT: (&str, &str) = ("字符串", "a string");
const FIGURE: (&str, &str) =
    ("以字符串书写的数字，如 \"18600.0000\"", "a number written as a string, like \"18600.0000\"");
const DAY: (&str, &str) = ("日期字符串 YYYY-MM-DD", "a date written as a string, YYYY-MM-DD");

impl Member for Option<String> {
    const SHAPE: Shape = Shape::Text;

    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice) {
        *self = text(json, TEXT, at, notice);
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write(&self, text: &mut String) {
        if let Some(own) = self {
            canonical::quote(own, text);
        }
    }

    fn inspect(&self, field: &Field, at: &At<'_>, _: Need, notice: &mut Notice) {
        if let Some(text) = self {
            must_fit(text, field, at, notice);
        }
    }

    fn schema(field: &Field) -> RefOr<Schema> {
        schema::text(field)
    }
}

fn must_fit(text: &str, field: &Field, at: &At<'_>, notice: &mut Notice) {
    if text.len() <= field.size {
        return;
    }
    let length = text.chars().count();
    if length > field.size {
        notice.note(
            &TOO_LONG,
            at,
            format!("“{}”最多{}个字符，现有{length}个", field.zh, field.size),
            format!("{} holds at most {} characters, not {length}", field.name, field.size),
        );
    }
}

impl Member for Vec<String> {
    const SHAPE: Shape = Shape::Labels;

    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice) {
        for (index, item) in items(json, at, notice).into_iter().enumerate() {
            self.extend(text(item, TEXT, &at.index(index), notice));
        }
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, text: &mut String) {
        canonical::list(self, text, |own, text| canonical::quote(own, text));
    }

    fn inspect(&self, field: &Field, at: &At<'_>, _: Need, notice: &mut Notice) {
        must_be_few(self.len(), LABELS, field, at, notice);
        for (index, text) in self.iter().take(LABELS).enumerate() {
            must_fit(text, field, &at.index(index), notice);
        }
    }

    fn schema(field: &Field) -> RefOr<Schema> {
        schema::list(field, LABELS, schema::item(field))
    }
}

/// Items of a list of plain texts; there the field's size is that of an item.
const LABELS: usize = 99;

fn items<'a>(json: Json<'a>, at: &At<'_>, notice: &mut Notice) -> Vec<Json<'a>> {
    match json {
        Json::List(items) => items,
        other => {
            wrong_type(&other, ("数组", "an array"), at, notice);
            Vec::new()
        }
    }
}

fn must_be_few(found: usize, most: usize, field: &Field, at: &At<'_>, notice: &mut Notice) {
    if found > most {
        notice.note(
            &TOO_MANY,
            at,
            format!("“{}”最多{most}项，现有{found}项，其余未审", field.zh),
            format!(
                "{} holds at most {most} items, not {found}; the rest was not reviewed",
                field.name
            ),
        );
    }
}

impl<T: Document> Member for Vec<T> {
    const SHAPE: Shape = Shape::List(document::shapes::<T>);

    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice) {
        for (index, item) in items(json, at, notice).into_iter().enumerate() {
            self.push(document::read(item, &at.index(index), notice));
        }
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, text: &mut String) {
        canonical::list(self, text, canonical::write);
    }

    fn inspect(&self, field: &Field, at: &At<'_>, case: Need, notice: &mut Notice) {
        must_be_few(self.len(), field.size, field, at, notice);
        for (index, item) in self.iter().take(field.size).enumerate() {
            item.inspect(&at.index(index), case, notice);
        }
    }

    fn schema(field: &Field) -> RefOr<Schema> {
        schema::list(field, field.size, schema::reference::<T>())
    }

    fn collect(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schema::collect::<T>(schemas);
    }
}

impl<T: Document + PartialEq> Member for Option<T> {
    const SHAPE: Shape = Shape::Part(document::shapes::<T>);

    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice) {
        // A part in which nothing stands is no part.
        *self = Some(document::read(json, at, notice)).filter(|part| *part != T::default());
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write(&self, text: &mut String) {
        if let Some(part) = self {
            canonical::write(part, text);
        }
    }

    fn inspect(&self, _: &Field, at: &At<'_>, case: Need, notice: &mut Notice) {
        if let Some(part) = self {
            part.inspect(at, case, notice);
        }
    }

    fn schema(field: &Field) -> RefOr<Schema> {
        schema::part::<T>(field)
    }

    fn collect(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schema::collect::<T>(schemas);
    }
}

impl Member for Option<Figure> {
    const SHAPE: Shape = Shape::Text;

    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice) {
        *self = text(json, FIGURE, at, notice).map(|text| Figure::of(&text));
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write(&self, text: &mut String) {
        if let Some(figure) = self {
            canonical::quote(&figure.to_string(), text);
        }
    }

    fn inspect(&self, field: &Field, at: &At<'_>, _: Need, notice: &mut Notice) {
        let Some(figure) = self else { return };
        match figure {
            Given::Read(value) if value.scale() as usize <= field.size => {
                if *value <= Decimal::ZERO {
                    notice.note(
                        &NUMBER_NOT_POSITIVE,
                        at,
                        format!("“{}”应大于零，现为{value}", field.zh),
                        format!("{} must be above zero, not {value}", field.name),
                    );
                }
            }
            _ => {
                let (whole, decimals) = (Figure::WHOLE_DIGITS, field.size);
                let given = figure.to_string();
                let given = shown(&given);
                notice.note(
                    &NUMBER_MALFORMED,
                    at,
                    format!("“{}”应为最多{whole}位整数、{decimals}位小数的数字，现为“{given}”", field.zh),
                    format!(
                        "{} must be a number of at most {whole} digits and {decimals} decimals, not \"{given}\"",
                        field.name
                    ),
                );
            }
        }
    }

    fn schema(field: &Field) -> RefOr<Schema> {
        schema::figure(field, Figure::WHOLE_DIGITS)
    }
}

impl Member for Option<Day> {
    const SHAPE: Shape = Shape::Text;

    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice) {
        *self = text(json, DAY, at, notice).map(|text| Day::of(&text));
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write(&self, text: &mut String) {
        if let Some(day) = self {
            canonical::quote(&day.to_string(), text);
        }
    }

    fn inspect(&self, field: &Field, at: &At<'_>, _: Need, notice: &mut Notice) {
        if let Some(Given::Unread(text)) = self {
            notice.note(
                &DATE_MALFORMED,
                at,
                format!("“{}”应为存在的日期 YYYY-MM-DD，现为“{}”", field.zh, shown(text)),
                format!(
                    "{} must be a day that exists, YYYY-MM-DD, not \"{}\"",
                    field.name,
                    shown(text)
                ),
            );
        }
    }

    fn schema(field: &Field) -> RefOr<Schema> {
        schema::day(field)
    }
}

impl Member for Option<bool> {
    const SHAPE: Shape = Shape::Flag;

    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice) {
        match json {
            Json::Bool(flag) => *self = Some(flag),
            other => wrong_type(&other, ("布尔值", "true or false"), at, notice),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write(&self, text: &mut String) {
        if let Some(flag) = self {
            text.push_str(if *flag { "true" } else { "false" });
        }
    }

    fn inspect(&self, _: &Field, _: &At<'_>, _: Need, _: &mut Notice) {}

    fn schema(field: &Field) -> RefOr<Schema> {
        schema::flag(field)
    }
}

impl Member for Option<u16> {
    const SHAPE: Shape = Shape::Whole;

    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice) {
        match json {
            Json::Whole(number) if (1..=9999).contains(&number) => {
                *self = u16::try_from(number).ok();
            }
            other => {
                wrong_type(&other, ("1至9999的整数", "a whole number from 1 to 9999"), at, notice);
            }
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write(&self, text: &mut String) {
        if let Some(number) = self {
            text.push_str(&number.to_string());
        }
    }

    fn inspect(&self, _: &Field, _: &At<'_>, _: Need, _: &mut Notice) {}

    fn schema(field: &Field) -> RefOr<Schema> {
        schema::whole(field)
    }
}
