//! Codes as types, so that a port can never be taken for an office (domain R8).
use serde::{Deserialize, Serialize};

/// Declares a code: a text of one form that means one thing.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $form:ident $example:literal $pattern:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type,
            utoipa::ToSchema,
        )]
        #[serde(try_from = "String", into = "String")]
        #[sqlx(transparent)]
        #[schema(value_type = String, example = $example, pattern = $pattern, max_length = 6)]
        pub struct $name(String);

        impl $name {
            /// The code, if the text has its form. Whether it is in the book is another question.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                $form(text).then(|| Self(text.to_owned()))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text).ok_or_else(|| format!("{text:?} does not match {}", $pattern))
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }
    )*};
}

codes! {
    /// An office of the inspection and quarantine bureaus (机构代码): `310900`.
    OfficeCode is_six_digits "310900" r"^\d{6}$",
    /// A port of entry (`310701`) or abroad (`SWE300`: ISO alpha-3 and three digits).
    PortCode is_port "310701" r"^(\d{6}|[A-Z]{3}\d{3})$",
    /// An administrative division of China (GB/T 2260): `310115`.
    DistrictCode is_six_digits "310115" r"^\d{6}$",
}

impl OfficeCode {
    /// The direct bureau (直属局) that an office of this code would belong to: its first two digits.
    #[must_use]
    pub fn bureau_prefix(&self) -> &str {
        &self.0[..2]
    }
}

fn is_six_digits(text: &str) -> bool {
    text.len() == 6 && is_digits(text)
}

fn is_port(text: &str) -> bool {
    let is_abroad = || {
        text.len() == 6
            && text.bytes().take(3).all(|byte| byte.is_ascii_uppercase())
            && text.bytes().skip(3).all(|byte| byte.is_ascii_digit())
    };
    is_six_digits(text) || is_abroad()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_six_digits_or_a_country_and_three_digits() {
        assert!(PortCode::parse("310701").is_some());
        assert!(PortCode::parse("SWE300").is_some());
        for wrong in ["", "31070", "3107011", "swe300", "SW3000", "港310701"] {
            assert_eq!(PortCode::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_of_the_wrong_form_cannot_be_read() {
        assert!(serde_json::from_str::<OfficeCode>("\"310900\"").is_ok());
        assert!(serde_json::from_str::<OfficeCode>("\"31090\"").is_err());
    }
}
