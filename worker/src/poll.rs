//! When apalis looks into Redis.
use std::{
    task::{Context, Poll},
    time::Duration,
};

use apalis::prelude::{PollSnapshot, PollStrategy};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Looks every few milliseconds, always.
///
/// The library's own interval re-arms its timer without polling it: when the look that follows finds an
/// empty queue at once, nobody is left to wake the worker until its next heartbeat.
#[derive(Debug)]
pub(crate) struct Steady(Interval);

impl Steady {
    pub(crate) fn every(period: Duration) -> Self {
        let mut interval = interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(interval)
    }
}

impl PollStrategy for Steady {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        // Only a pending timer remembers whom to wake.
        while self.0.poll_tick(cx).is_ready() {}
        Poll::Pending
    }
}
