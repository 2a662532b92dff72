//! The demo: consignments of our own, filed at many offices, seen through to their end, and told.
mod by_hand;
mod consignments;
mod enterprises;
mod payer;
mod story;

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

pub(crate) use by_hand::prepare_first_hour;
use consignments::Twist;
pub(crate) use consignments::{Consignment, all as consignments};
pub(crate) use enterprises::enterprises;

use crate::{
    client::{Fault, Server},
    keys::Keys,
    officer::{self, Case},
    tally,
    wire::{FeeNotice, Finding, Happening, Receipt, Status},
    world::World,
};

/// Where the goods of the changed mind are released in the end.
const OTHER_RELEASE_OFFICE: &str = "311600";

/// Declares [`plain_declaration`]s.
pub(crate) const PLAIN_DECLARANT: &str = "3100601234";
/// Another client, with no part in those.
pub(crate) const OTHER_DECLARANT: &str = "3100606789";
/// Pays the fees of [`charged_declaration`]s by hand.
pub(crate) const ONLINE_PAYER: &str = "3100602345";

/// Goods outside the catalogue, accepted by the system.
pub(crate) fn plain_declaration(run: u64, today: NaiveDate) -> anyhow::Result<Value> {
    declaration_where(run, today, |one| one.declarant == PLAIN_DECLARANT && one.automatic)
}

/// Goods with a fee.
pub(crate) fn charged_declaration(run: u64, today: NaiveDate) -> anyhow::Result<Value> {
    declaration_where(run, today, |one| one.twist == Some(Twist::PaidOnline))
}

fn declaration_where(
    run: u64,
    today: NaiveDate,
    is_wanted: impl Fn(&Consignment) -> bool,
) -> anyhow::Result<Value> {
    let consignment = consignments::all()?.into_iter().find(is_wanted);
    let consignment = consignment.context("the table has no such consignment")?;
    Ok(consignment.declaration(run, today, &enterprises()))
}

/// What became of one consignment.
struct Tale {
    consignment: Consignment,
    filing: Filing,
    /// What was said along the way: payments, corrections, refusals.
    notes: Vec<String>,
    timeline: Vec<Happening>,
    notices: Vec<FeeNotice>,
    case: Option<Case>,
}

enum Filing {
    Stored {
        first: Box<Receipt>,
        /// After the correction, where there was one.
        latest: Box<Receipt>,
    },
    NotStored(Fault),
}

/// Runs the demo; true if every story ended as it should.
pub(crate) async fn run(
    server: &Arc<Server>,
    password_file: &Path,
    keys: Keys,
    run: u64,
) -> anyhow::Result<bool> {
    let who = enterprises();
    eprintln!("driver: setting up offices, enterprises and their clients");
    let world = World::ensure(server, password_file, keys, &who).await?;
    for enterprise in &who {
        world.declarant(&enterprise.reg_no)?.sign_in().await?;
    }
    let table = consignments::all()?;
    eprintln!("driver: filing {} consignments", table.len());
    let mut tales = Vec::with_capacity(table.len());
    for consignment in table {
        tales.push(file(&world, consignment, run).await?);
    }
    eprintln!("driver: officers and the bank are at work");
    see_through(&world, &mut tales).await?;
    for tale in &mut tales {
        if let Filing::Stored { latest, .. } = &tale.filing {
            let declarant = world.declarant(&tale.consignment.declarant)?;
            tale.timeline = declarant.timeline(&latest.id).await?;
            tale.notices = declarant.fee_notices(&latest.id).await?;
        }
    }
    for (number, tale) in tales.iter().enumerate() {
        story::tell(number + 1, tale);
    }
    by_hand::explain(&world, run, &who)?;
    Ok(report(&tales))
}

async fn file(world: &World, consignment: Consignment, run: u64) -> anyhow::Result<Tale> {
    let declarant = world.declarant(&consignment.declarant)?;
    let good = consignment.declaration(run, world.server.clock.today()?, &enterprises());
    let has_defects = consignment.twist == Some(Twist::Defects);
    let content = if has_defects { Consignment::in_a_hurry(good.clone()) } else { good.clone() };
    let mut notes = Vec::new();
    let filing = match declarant.file(&content).await {
        Err(fault @ Fault::Refused(_)) => Filing::NotStored(fault),
        Err(fault) => return Err(fault).with_context(|| format!("filing {}", consignment.key)),
        Ok((first, _)) => {
            let mut latest = first.clone();
            if has_defects && first.status == Status::NeedsCorrection {
                notes.push(format!("returned with {}", listed(&first.defects)));
                latest = declarant.resubmit(&first.id, &good).await?;
            }
            Filing::Stored { first: Box::new(first), latest: Box::new(latest) }
        }
    };
    if let Filing::Stored { latest, .. } = &filing
        && consignment.twist == Some(Twist::ChangeReleaseOffice)
    {
        declarant.change_release_office(&latest.id, OTHER_RELEASE_OFFICE).await?;
        notes.push(format!("release office changed to {OTHER_RELEASE_OFFICE}"));
    }
    Ok(Tale { consignment, filing, notes, timeline: Vec::new(), notices: Vec::new(), case: None })
}

fn listed(defects: &[Finding]) -> String {
    let told: Vec<_> = defects
        .iter()
        .map(|found| format!("{} {} {}", found.severity.name(), found.code, found.pointer))
        .collect();
    format!("{} findings: {}", told.len(), told.join("; "))
}

/// Officers and payers work side by side until nothing is left to do.
async fn see_through(world: &World, tales: &mut [Tale]) -> anyhow::Result<()> {
    let mut cases = Vec::new();
    let mut bills = Vec::new();
    let mut since: Option<DateTime<Utc>> = None;
    for (place, tale) in tales.iter().enumerate() {
        let Filing::Stored { first, latest } = &tale.filing else { continue };
        let (consignment, reg_no) = (&tale.consignment, tale.consignment.declarant.clone());
        cases.push((place, Case::new(latest.id.clone(), reg_no, consignment.finding())));
        since = Some(since.map_or(first.filed_at, |since| since.min(first.filed_at)));
        if let (Some(twist), Some(notice)) = (consignment.twist, &latest.fee_notice) {
            bills.push((place, payer::Bill::new(twist, &consignment.declarant, notice)));
        }
    }
    let Some(since) = since else { return Ok(()) };
    let (places, mut cases): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let (seen, paid) = tokio::join!(
        officer::see_through(world, &mut cases, since),
        payer::settle_all(world, bills)
    );
    seen?;
    for (place, note) in paid {
        tales[place].notes.push(note);
    }
    for (place, case) in places.into_iter().zip(cases) {
        tales[place].case = Some(case);
    }
    Ok(())
}

impl Tale {
    fn ended(&self) -> Option<Status> {
        self.case.as_ref()?.seen.as_ref().map(|seen| seen.status)
    }

    /// Whether the story ended as the table says.
    fn is_as_planned(&self) -> bool {
        match &self.filing {
            Filing::NotStored(fault) => {
                let is_second = self.consignment.twist == Some(Twist::SameDeliveryOrder);
                is_second && fault.status() == Some(409)
            }
            Filing::Stored { first, .. } => {
                let was_drawn = self
                    .timeline
                    .iter()
                    .any(|happened| happened.next.as_deref() == Some(Status::Selected.name()));
                let was_returned = first.status == Status::NeedsCorrection;
                self.ended() == Some(self.consignment.ends)
                    && (was_drawn || !self.consignment.drawn)
                    && was_returned == (self.consignment.twist == Some(Twist::Defects))
            }
        }
    }

    /// Milliseconds from filing to release, where no person had a part in it.
    fn automatic_time(&self) -> Option<i64> {
        let seen = self.case.as_ref()?.seen.as_ref()?;
        let went_alone = self.consignment.automatic && tally::went_by_itself(&self.timeline);
        tally::release_time(seen).filter(|_| went_alone)
    }
}

fn report(tales: &[Tale]) -> bool {
    let stored = tales.iter().filter(|tale| matches!(tale.filing, Filing::Stored { .. })).count();
    let released = tales.iter().filter(|tale| tale.ended() == Some(Status::Released)).count();
    let is_returned = |tale: &&Tale| match &tale.filing {
        Filing::Stored { first, .. } => first.status == Status::NeedsCorrection,
        Filing::NotStored(_) => false,
    };
    let times: Vec<_> = tales.iter().filter_map(Tale::automatic_time).collect();
    let ok = tales.iter().all(Tale::is_as_planned);
    tally::report(&json!({
        "sent": tales.len(), "stored": stored, "released": released,
        "returned": tales.iter().filter(is_returned).count(),
        "p50_ms": tally::percentile(&times, 50), "p95_ms": tally::percentile(&times, 95), "ok": ok,
    }));
    ok
}
