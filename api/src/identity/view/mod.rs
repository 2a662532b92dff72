//! What this room says and hears over HTTP.
pub mod access;
pub mod client;
pub mod eligibility;
pub mod organisation;
pub mod power_of_attorney;
pub mod staff;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The moment and id in examples.
fn then() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::days(16_000)
}
fn some_id(number: u128) -> Uuid {
    Uuid::from_u128(0x0145_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// One page of a list, as the contract shows it.
macro_rules! page {
    ($name:ident of $item:ty) => {
        /// One page of a list, newest first.
        #[derive(serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// At most `limit` of them.
            #[schema(max_items = 200)]
            pub data: Vec<$item>,
            /// The `cursor` of the next page; null on the last.
            pub next_cursor: Option<uuid::Uuid>,
            /// Whether there is a next page.
            pub has_more: bool,
        }

        impl $name {
            /// For the contract.
            #[must_use]
            pub fn example() -> Self {
                Self { data: vec![<$item>::example()], next_cursor: None, has_more: false }
            }
        }
    };
}
use page;
