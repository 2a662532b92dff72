/// Declares a UUID v7 newtype: typed in Rust, `uuid` in Postgres, `string` in JSON.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            #[must_use]
            pub fn mint(now: chrono::DateTime<chrono::Utc>) -> Self {
                Self($crate::kernel::id::mint(now))
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

/// A version 7 UUID of that moment: sorts by time, with random bits behind it.
#[must_use]
pub fn mint(now: chrono::DateTime<chrono::Utc>) -> uuid::Uuid {
    let seconds = now.timestamp().cast_unsigned();
    let at = uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.timestamp_subsec_nanos());
    uuid::Uuid::new_v7(at)
}
