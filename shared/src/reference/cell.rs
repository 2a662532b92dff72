//! What may stand in one cell of a book: read from text, and written back in one canonical way.
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::code::{DistrictCode, OfficeCode, PortCode};

/// What a cell wants, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub zh: String,
    pub en: String,
}

impl Form {
    pub(super) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// A type that fits into a cell. `write` after `read` gives the canonical text: `0.060` becomes `0.06`.
pub(super) trait Cell: Sized {
    /// May the cell stay empty?
    const IS_OPTIONAL: bool = false;
    fn form() -> Form;
    /// `None` if the text has not this form.
    fn read(text: &str) -> Option<Self>;
    fn write(&self) -> String;
}

impl<T: Cell> Cell for Option<T> {
    const IS_OPTIONAL: bool = true;
    fn form() -> Form {
        T::form()
    }
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::read(text).map(Some) }
    }
    fn write(&self) -> String {
        self.as_ref().map(T::write).unwrap_or_default()
    }
}

impl Cell for String {
    fn form() -> Form {
        Form::new("1至200个字符的文本", "text of 1 to 200 characters")
    }
    fn read(text: &str) -> Option<Self> {
        let is_plain = !text.chars().any(char::is_control);
        (is_plain && text.chars().count() <= 200).then(|| text.to_owned())
    }
    fn write(&self) -> String {
        self.clone()
    }
}

impl Cell for bool {
    fn form() -> Form {
        Form::new("true或false", "true or false")
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn write(&self) -> String {
        self.to_string()
    }
}

impl Cell for u16 {
    fn form() -> Form {
        Form::new("整数,最多四位", "a whole number of at most four digits")
    }
    fn read(text: &str) -> Option<Self> {
        let is_plain = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse().ok())?
    }
    fn write(&self) -> String {
        self.to_string()
    }
}

impl Cell for Decimal {
    fn form() -> Form {
        Form::new(
            "不带符号的小数,整数和小数部分各最多12位",
            "a decimal without sign, at most 12 digits before and after the point",
        )
    }
    fn read(text: &str) -> Option<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let is_plain = [whole, part].iter().all(|digits| {
            (1..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        is_plain.then(|| text.parse::<Self>().ok())?.map(|number| number.normalize())
    }
    fn write(&self) -> String {
        self.normalize().to_string()
    }
}

impl Cell for NaiveDate {
    fn form() -> Form {
        Form::new("日期,YYYY-MM-DD", "a date, YYYY-MM-DD")
    }
    fn read(text: &str) -> Option<Self> {
        (text.len() == 10).then(|| text.parse().ok())?
    }
    fn write(&self) -> String {
        self.to_string()
    }
}

/// A code of up to forty letters, digits and `. _ - *`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token(String);

/// Exactly `N` digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digits<const N: usize>(String);

/// Exactly `N` capital letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Letters<const N: usize>(String);

/// The first digits of an HS code, or `*` for all that no other prefix names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HsPrefix(String);

/// Codes with a space between them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Words(pub Vec<String>);

macro_rules! texts {
    ($([$($generic:tt)*] $name:ty, $zh:expr, $en:expr, $fits:expr);* $(;)?) => {$(
        impl<$($generic)*> Cell for $name {
            fn form() -> Form {
                Form::new($zh, $en)
            }
            fn read(text: &str) -> Option<Self> {
                let fits: fn(&str) -> bool = $fits;
                fits(text).then(|| Self(text.to_owned()))
            }
            fn write(&self) -> String {
                self.0.clone()
            }
        }

        impl<$($generic)*> std::ops::Deref for $name {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

texts! {
    [] Token, "1至40位字母、数字或. _ - *", "1 to 40 letters, digits or . _ - *", |text| {
        text.len() <= 40 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-*".contains(&b))
    };
    [const N: usize] Digits<N>, format!("{N}位数字"), format!("{N} digits"), |text| {
        text.len() == N && text.bytes().all(|b| b.is_ascii_digit())
    };
    [const N: usize] Letters<N>, format!("{N}位大写字母"), format!("{N} capital letters"), |text| {
        text.len() == N && text.bytes().all(|b| b.is_ascii_uppercase())
    };
    [] HsPrefix, "HS编码前1至10位,或*", "the first 1 to 10 digits of an HS code, or *", |text| {
        text == "*" || (text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit()))
    };
}

impl Cell for Words {
    const IS_OPTIONAL: bool = true;
    fn form() -> Form {
        Form::new("代码,以空格分隔", "codes with spaces between them")
    }
    fn read(text: &str) -> Option<Self> {
        let words: Vec<_> = text.split_ascii_whitespace().map(str::to_owned).collect();
        words.iter().all(|word| Token::read(word).is_some()).then_some(Self(words))
    }
    fn write(&self) -> String {
        self.0.join(" ")
    }
}

macro_rules! code_cells {
    ($($name:ident $zh:literal $en:literal),* $(,)?) => {$(
        impl Cell for $name {
            fn form() -> Form {
                Form::new($zh, $en)
            }
            fn read(text: &str) -> Option<Self> {
                Self::parse(text)
            }
            fn write(&self) -> String {
                self.as_str().to_owned()
            }
        }
    )*};
}

code_cells! {
    OfficeCode "6位数字的机构代码" "an office code of 6 digits",
    DistrictCode "6位数字的行政区划代码" "a district code of 6 digits",
    PortCode "口岸代码:6位数字,或3位字母加3位数字" "a port code: 6 digits, or 3 letters and 3 digits",
}

/// Declares an enum whose variants are words in a cell, and in JSON and Postgres.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident $word:literal),* $(,)? })*) => {$(
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize,
            serde::Deserialize, utoipa::ToSchema,
        )]
        $(#[$doc])*
        pub enum $name {
            $($(#[$note])* #[serde(rename = $word)] $variant),*
        }

        impl $name {
            /// The word on the wire and in tables.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl $crate::reference::cell::Cell for $name {
            fn form() -> $crate::reference::cell::Form {
                let words = [$($word),*].join(", ");
                $crate::reference::cell::Form::new(format!("其中之一:{words}"), format!("one of {words}"))
            }
            fn read(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
            fn write(&self) -> String {
                self.name().to_owned()
            }
        }
    )*};
}
pub(super) use choices;
