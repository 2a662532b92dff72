//! Words of the whole room.
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
