//! The only place that knows what time it is (`clippy.toml` forbids `Utc::now`).
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, Duration, Utc};

/// Where `now` comes from. Handed to whoever needs it; never a global.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock: production.
    System,
    /// The machine's clock plus an offset that several processes read from one file: test mode.
    Shifted(PathBuf),
    /// A clock that only moves by hand: tests.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => machine_time(),
            Self::Shifted(file) => machine_time() + offset_in(file),
            Self::Fixed(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::Relaxed)).unwrap_or_default()
            }
        }
    }

    /// Moves a clock that can be moved: everybody who shares it sees the new time at once.
    ///
    /// # Errors
    /// When the machine's own clock is asked to move, or the shared file cannot be written.
    pub fn advance(&self, by: Duration) -> std::io::Result<()> {
        match self {
            Self::System => Err(std::io::Error::other("the machine's clock is not ours to move")),
            Self::Shifted(file) => {
                let next = file.with_extension("next");
                let offset = offset_in(file) + by;
                std::fs::write(&next, offset.num_milliseconds().to_string())?;
                std::fs::rename(next, file)
            }
            Self::Fixed(micros) => {
                micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::Relaxed);
                Ok(())
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place")]
fn machine_time() -> DateTime<Utc> {
    // Postgres keeps microseconds; what we compare must be what we stored.
    chrono::SubsecRound::trunc_subsecs(Utc::now(), 6)
}

fn offset_in(file: &PathBuf) -> Duration {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    Duration::milliseconds(text.trim().parse().unwrap_or(0))
}
