//! Words of the whole room, and which bureau speaks for whom.
/// Declares an enum of words: the same on the wire and in tables.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident as $schema:ident { $($(#[$what:meta])* $variant:ident $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
        #[schema(as = $schema)]
        pub enum $name { $($(#[$what])* $variant),* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name on the wire and in tables.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    };
}
pub(super) use words;

words! {
    /// Which way the goods cross the border.
    Direction as DirectReleaseDirection {
        /// Cleared on the form of the origin bureau, checked at the port of exit.
        Export "EXPORT",
        /// Sealed at the port, checked and inspected at the destination.
        Import "IMPORT",
    }
}

/// Whether `bureau` may speak for what begins with `prefix`: a registration number names its bureau by its first
/// four digits, an office by its six. A direct bureau (直属局) such as `320000` speaks for all of its branches.
#[must_use]
pub fn speaks_for(bureau: &str, prefix: &str) -> bool {
    let own = bureau.trim_end_matches('0');
    // An even number of digits: 320000 is 32, 330900 is 3309, 301000 is 3010.
    let own = &bureau[..own.len().next_multiple_of(2).min(bureau.len())];
    !own.is_empty() && prefix.len() >= own.len() && prefix.starts_with(own)
}

/// Is it a registration number (报检单位登记号): ten digits?
#[must_use]
pub fn is_reg_no(text: &str) -> bool {
    is_digits(text, 10)
}

/// Exactly so many digits?
#[must_use]
pub fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text of 1 to `longest` characters without control characters.
#[must_use]
pub fn is_text(text: &str, longest: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= longest
        && !text.chars().any(|letter| letter.is_control() && letter != '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bureau_speaks_for_its_own_and_for_its_branches() {
        for (bureau, whose, expected) in [
            ("320000", "3205600077", true),
            ("320000", "320500", true),
            ("320500", "3205600077", true),
            ("320500", "3204600077", false),
            ("320500", "320000", false),
            ("330000", "3205600077", false),
            ("301000", "3010600001", true),
            ("301000", "3020600001", false),
            ("000000", "3205600077", false),
        ] {
            assert_eq!(speaks_for(bureau, whose), expected, "{bureau} for {whose}");
        }
    }
}
