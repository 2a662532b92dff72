//! While a worker lives, its claims do not run out.
use std::time::Duration;

use shared::ledger::{
    JobId,
    jobs::{self, Claimed},
};
use tokio::{task::JoinHandle, time::sleep};

use crate::Context;

/// How long a claim holds without being renewed: what a killed worker costs.
pub const LEASE: chrono::Duration = chrono::Duration::seconds(5);

/// How often it is renewed.
const RENEWAL: Duration = Duration::from_millis(1_500);

/// Renews the lease of these runs until dropped. Settled ones need none and are left alone.
pub(crate) struct Lease(JoinHandle<()>);

impl Lease {
    pub(crate) fn keep(ctx: &Context, jobs: &[Claimed]) -> Self {
        let runs: Vec<_> = jobs.iter().map(|job| (job.id, job.attempt)).collect();
        Self(tokio::spawn(renew(ctx.clone(), runs)))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn renew(ctx: Context, runs: Vec<(JobId, i32)>) {
    loop {
        sleep(RENEWAL).await;
        let renewed = async {
            let mut conn = ctx.pool.acquire().await?;
            jobs::renew(&mut conn, &runs, ctx.clock.now() + LEASE).await
        };
        if let Err(error) = renewed.await {
            tracing::warn!("cannot renew a lease: {error:#}");
        }
    }
}
