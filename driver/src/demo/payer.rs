//! How enterprises of the demo pay: online, after a refusal, through a lost answer, or at the end of the month.
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use futures_util::{StreamExt as _, stream};

use super::consignments::Twist;
use crate::{
    client::Fault,
    wire::{FeeNotice, NoticeBrief},
    world::{Settlement, World},
};

const GLANCE: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(90);

/// A notice to be paid, and how that will go.
pub(super) struct Bill {
    twist: Twist,
    reg_no: String,
    notice: String,
    total: String,
}

impl Bill {
    pub(super) fn new(twist: Twist, reg_no: &str, notice: &NoticeBrief) -> Self {
        Self {
            twist,
            reg_no: reg_no.to_owned(),
            notice: notice.id.clone(),
            total: notice.total.to_string(),
        }
    }
}

/// Pays all of them; what happened to each, by its place.
pub(super) async fn settle_all(world: &World, bills: Vec<(usize, Bill)>) -> Vec<(usize, String)> {
    let settle = async |(place, bill): (usize, Bill)| {
        let told =
            settle(world, &bill).await.unwrap_or_else(|error| format!("not paid: {error:#}"));
        (place, told)
    };
    stream::iter(bills).map(settle).buffer_unordered(8).collect().await
}

async fn settle(world: &World, bill: &Bill) -> anyhow::Result<String> {
    let total = &bill.total;
    match bill.twist {
        Twist::PaidOnline => {
            pay(world, bill).await?;
            let path = watch(world, bill, "PAID").await?;
            Ok(format!("{total} paid online: {path}"))
        }
        Twist::RefusedByBank => {
            let refused = watch(world, bill, "FAILED").await?;
            world.change_agreement(&bill.reg_no, Settlement::Online).await?;
            pay(world, bill).await?;
            let path = watch(world, bill, "PAID").await?;
            Ok(format!(
                "{total} refused by the bank: {refused}; paid under a new agreement: {path}"
            ))
        }
        Twist::UnknownThenResolved => {
            let path = watch(world, bill, "PAID").await?;
            anyhow::ensure!(path.contains("UNKNOWN"), "the bank's answer was not lost: {path}");
            Ok(format!("{total}, the bank's answer was lost and then found by asking: {path}"))
        }
        Twist::SettledMonthly => Ok(format!("{total} on the monthly account")),
        Twist::SameDeliveryOrder | Twist::ChangeReleaseOffice | Twist::Defects => {
            Ok(format!("{total} on the notice"))
        }
    }
}

async fn pay(world: &World, bill: &Bill) -> Result<(), anyhow::Error> {
    let declarant = world.declarant(&bill.reg_no)?;
    declarant.pay(&bill.notice).await.context("paying")?;
    Ok(())
}

/// Follows a notice until it, or the latest attempt to pay it, is in this state; tells the way there.
async fn watch(world: &World, bill: &Bill, until: &str) -> anyhow::Result<String> {
    let declarant = world.declarant(&bill.reg_no)?;
    let begun = Instant::now();
    let mut way: Vec<String> = Vec::new();
    loop {
        let notice = match declarant.fee_notice(&bill.notice).await {
            Err(Fault::Unreachable(_)) if begun.elapsed() < PATIENCE => continue,
            notice => notice?,
        };
        let here = stand(&notice);
        if way.last() != Some(&here) {
            way.push(here);
        }
        let attempt = notice.payment.as_ref().map(|payment| payment.state.as_str());
        if notice.state == until || attempt == Some(until) {
            return Ok(way.join(" → "));
        }
        if begun.elapsed() > PATIENCE {
            bail!("still {} after {} s", way.join(" → "), PATIENCE.as_secs());
        }
        tokio::time::sleep(GLANCE).await;
    }
}

fn stand(notice: &FeeNotice) -> String {
    match &notice.payment {
        Some(payment) => format!("{} ({})", notice.state, payment.state),
        None => notice.state.clone(),
    }
}
