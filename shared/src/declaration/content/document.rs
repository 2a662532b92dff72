//! How a document is described: once, as a list of members, from which its reading, its checks of size and
//! presence, its `OpenAPI` schema and the field list in `docs/fields.md` all follow.
use utoipa::openapi::{RefOr, Schema};

use super::{json::Json, pointer::At};
use crate::declaration::rules::{
    Notice,
    catalogue::{JSON_WRONG_TYPE, MEMBER_REPEATED, MEMBER_UNKNOWN},
};

/// What is known of a member before any document is seen.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// On the wire.
    pub name: &'static str,
    /// What it means, in English.
    pub doc: &'static str,
    /// Its box on the paper form, or its column of the bureau's client program; empty where there is none.
    pub column: &'static str,
    /// In Chinese, as on the form.
    pub zh: &'static str,
    /// Characters of a text, digits after the point of a number, items of a list.
    pub size: usize,
    pub need: Need,
    /// A regular expression, for the contract only: the rules say what is wrong in words.
    pub pattern: &'static str,
    pub example: &'static str,
}

impl Field {
    pub const PLAIN: Self = Self {
        name: "",
        doc: "",
        column: "",
        zh: "",
        size: 0,
        need: Need::NEVER,
        pattern: "",
        example: "",
    };
}

/// What stands in a member, for whoever writes declarations in other forms than JSON.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text, a number or a day.
    Text,
    /// Yes or no.
    Flag,
    /// A whole number.
    Whole,
    /// Several texts.
    Labels,
    /// A part with members of its own.
    Part(fn() -> Vec<(Field, Shape)>),
    /// Several such parts.
    List(fn() -> Vec<(Field, Shape)>),
}

/// The members of a document with their shapes.
pub(crate) fn shapes<T: Document>() -> Vec<(Field, Shape)> {
    T::SLOTS.iter().map(|slot: &Slot<T>| (slot.field, slot.shape)).collect()
}

/// In which cases a member must be there (domain 2.2, 2.3; the subset of R1 for self-declarations).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need(u8);

impl Need {
    pub const NEVER: Self = Self(0);
    /// Inbound goods outside the catalogue: the subset of R1.
    pub const SELF_DECLARED: Self = Self(1);
    /// Inbound catalogue goods.
    pub const INBOUND_FORM: Self = Self(2);
    pub const OUTBOUND_FORM: Self = Self(4);
    pub const INBOUND: Self = Self(3);
    pub const FORM: Self = Self(6);
    pub const ALWAYS: Self = Self(7);

    #[must_use]
    pub const fn covers(self, case: Self) -> bool {
        self.0 & case.0 != 0
    }
}

/// One member's type: how it is read, when it is absent, what can be wrong with it by itself.
pub(crate) trait Member {
    const SHAPE: Shape;
    fn read(&mut self, json: Json<'_>, at: &At<'_>, notice: &mut Notice);
    fn is_absent(&self) -> bool;
    /// Its canonical spelling, where it is not absent.
    fn write(&self, text: &mut String);
    fn inspect(&self, field: &Field, at: &At<'_>, case: Need, notice: &mut Notice);
    fn schema(field: &Field) -> RefOr<Schema>;
    /// Adds the schemas that [`Member::schema`] refers to.
    fn collect(_schemas: &mut Vec<(String, RefOr<Schema>)>) {}
}

/// How a member of `T` is read.
pub(crate) struct Slot<T> {
    pub(crate) field: Field,
    pub(crate) read: fn(&mut T, Json<'_>, &At<'_>, &mut Notice),
    pub(crate) is_absent: fn(&T) -> bool,
    pub(crate) write: fn(&T, &mut String),
    pub(crate) schema: fn(&Field) -> RefOr<Schema>,
    pub(crate) shape: Shape,
}

/// A list of members.
pub(crate) trait Document: Default + 'static {
    /// In the contract.
    const NAME: &'static str;
    const DOC: &'static str;
    const SLOTS: &'static [Slot<Self>];
    /// Notes what is absent though needed, too long, or not readable as what it should be.
    fn inspect(&self, at: &At<'_>, case: Need, notice: &mut Notice);
    /// Adds the schemas of its parts.
    fn collect(schemas: &mut Vec<(String, RefOr<Schema>)>);
}

/// Reads an object, member by member, noting all that is wrong on the way.
pub(crate) fn read<T: Document>(json: Json<'_>, at: &At<'_>, notice: &mut Notice) -> T {
    const { assert!(T::SLOTS.len() <= 128, "a bit for each member") }
    let mut document = T::default();
    let members = match json {
        Json::Object(members) => members,
        other => {
            wrong_type(&other, ("对象", "an object"), at, notice);
            return document;
        }
    };
    let (mut seen, mut next) = (0_u128, 0);
    for (name, json) in members {
        let here = at.name(&name);
        let Some(place) = place_of::<T>(&name, next) else {
            notice.note(&MEMBER_UNKNOWN, &here, "没有这个字段", "there is no such member");
            continue;
        };
        if seen & (1 << place) != 0 {
            notice.note(&MEMBER_REPEATED, &here, "字段重复", "this member is given twice");
            continue;
        }
        seen |= 1 << place;
        next = place + 1;
        (T::SLOTS[place].read)(&mut document, json, &here, notice);
    }
    document
}

/// Senders mostly keep the order of the contract: look at the next member first.
fn place_of<T: Document>(name: &str, next: usize) -> Option<usize> {
    match T::SLOTS.get(next) {
        Some(slot) if slot.field.name == name => Some(next),
        _ => T::SLOTS.iter().position(|slot| slot.field.name == name),
    }
}

pub(crate) fn wrong_type(found: &Json<'_>, wanted: (&str, &str), at: &At<'_>, notice: &mut Notice) {
    let found = found.kind();
    notice.note(
        &JSON_WRONG_TYPE,
        at,
        format!("应为{}，收到的是{}", wanted.0, found.0),
        format!("this must be {}, not {}", wanted.1, found.1),
    );
}

/// Defines a document and everything that follows from its members.
///
/// Each member is `name: Type { column, zh, size, need, pattern, example }` under its doc comment; what is left
/// out is empty. `Document::name` is also a constant: the member's [`Field`].
macro_rules! document {
    (
        $(#[doc = $about:literal])*
        $name:ident as $schema_name:literal {
            $(
                $(#[doc = $doc:literal])*
                $member:ident: $kind:ty { $($key:ident: $value:expr),* $(,)? }
            )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
        pub struct $name {
            $(
                $(#[doc = $doc])*
                #[serde(skip_serializing_if = "crate::declaration::content::document::Member::is_absent")]
                pub $member: $kind,
            )*
        }

        #[expect(non_upper_case_globals, reason = "each is named like the member it describes")]
        impl $name {
            $(
                pub const $member: $crate::declaration::content::Field = {
                    let mut field = $crate::declaration::content::Field::PLAIN;
                    field.name = stringify!($member);
                    field.doc = concat!($($doc),*);
                    $(field.$key = $value;)*
                    field
                };
            )*
        }

        impl $crate::declaration::content::document::Document for $name {
            const NAME: &'static str = $schema_name;
            const DOC: &'static str = concat!($($about),*);
            const SLOTS: &'static [$crate::declaration::content::document::Slot<Self>] = &[
                $(
                    $crate::declaration::content::document::Slot {
                        field: Self::$member,
                        read: |document, json, at, notice| {
                            $crate::declaration::content::document::Member::read(
                                &mut document.$member, json, at, notice,
                            );
                        },
                        is_absent: |document| {
                            $crate::declaration::content::document::Member::is_absent(
                                &document.$member,
                            )
                        },
                        write: |document, text| {
                            $crate::declaration::content::document::Member::write(
                                &document.$member, text,
                            );
                        },
                        schema: <$kind as $crate::declaration::content::document::Member>::schema,
                        shape: <$kind as $crate::declaration::content::document::Member>::SHAPE,
                    },
                )*
            ];

            fn inspect(
                &self,
                at: &$crate::declaration::content::At<'_>,
                case: $crate::declaration::content::Need,
                notice: &mut $crate::declaration::rules::Notice,
            ) {
                $(
                    $crate::declaration::content::member::inspect(
                        &self.$member, &Self::$member, at, case, notice,
                    );
                )*
            }

            fn collect(
                schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
            ) {
                $(<$kind as $crate::declaration::content::document::Member>::collect(schemas);)*
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::declaration::content::schema::of::<Self>()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                $schema_name.into()
            }

            fn schemas(
                schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
            ) {
                <Self as $crate::declaration::content::document::Document>::collect(schemas);
            }
        }
    };
}
pub(crate) use document;
