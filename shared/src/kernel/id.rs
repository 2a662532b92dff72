//! Ids.
use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

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

/// A version 7 UUID of that moment. What one process mints for one millisecond sorts in the order of minting, so that
/// lists along ids show what came first first; 32 random bits stand behind it.
#[must_use]
pub fn mint(now: chrono::DateTime<chrono::Utc>) -> uuid::Uuid {
    let seconds = now.timestamp().cast_unsigned();
    let at = uuid::Timestamp::from_unix(Counter, seconds, now.timestamp_subsec_nanos());
    uuid::Uuid::new_v7(at)
}

/// Counts what this process mints, from a random beginning. It does not care for the time: transactions that began
/// in different milliseconds mint side by side.
struct Counter;

const COUNTER_BITS: usize = 42;

impl uuid::ClockSequence for Counter {
    type Output = u64;

    fn generate_sequence(&self, _: u64, _: u32) -> u64 {
        static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| {
            // The lower half: before it wraps, this process would have to mint two million million.
            let random = uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, 0, 0));
            AtomicU64::new(random.as_u64_pair().1 & ((1 << (COUNTER_BITS - 1)) - 1))
        });
        NEXT.fetch_add(1, Ordering::Relaxed) & ((1 << COUNTER_BITS) - 1)
    }

    fn usable_bits(&self) -> usize {
        COUNTER_BITS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_sort_in_the_order_of_minting() {
        let now = "2014-05-12T02:20:00Z".parse().unwrap();
        let later = "2014-05-12T02:20:00.001Z".parse().unwrap();
        let ids: Vec<_> = (0..100).flat_map(|_| [mint(now), mint(later)]).collect();

        let of_now: Vec<_> = ids.iter().step_by(2).collect();
        assert!(of_now.is_sorted() && ids.iter().skip(1).step_by(2).is_sorted());
        assert!(ids[198] < ids[1], "whatever was minted in between");
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
