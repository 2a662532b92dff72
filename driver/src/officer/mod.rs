//! Sandbox officers: they watch cases by polling and do, over HTTP, whatever their posts have to do.
mod decide;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};

pub(crate) use decide::Finding;
use decide::{Act, Next, View, about_handoff, next};

use crate::{
    api::Judgement,
    client::Fault,
    session::Session,
    wire::Declaration,
    world::{Post, World},
};

/// How often the officers look.
const GLANCE: Duration = Duration::from_millis(150);
/// When nothing has moved for so long, nothing will.
const PATIENCE: Duration = Duration::from_secs(90);
/// How many cases they work on at a time.
const AT_ONCE: usize = 8;
/// Changes are committed a little after the moment they carry: look back by this much.
const OVERLAP: TimeDelta = TimeDelta::seconds(10);

/// A case the officers have to see through.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    /// Whose client sees it.
    pub(crate) reg_no: String,
    pub(crate) finding: Finding,
    /// As it was last seen.
    pub(crate) seen: Option<Declaration>,
    has_form: bool,
    /// What kept an officer from acting, last time.
    pub(crate) trouble: Option<String>,
}

impl Case {
    pub(crate) fn new(id: String, reg_no: String, finding: Finding) -> Self {
        Self { id, reg_no, finding, seen: None, has_form: false, trouble: None }
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.seen.as_ref().is_some_and(|declaration| declaration.status.is_settled())
    }
}

/// Works until every case is settled, or nothing has moved for a long while. Returns whether all are settled.
pub(crate) async fn see_through(
    world: &World,
    cases: &mut [Case],
    since: DateTime<Utc>,
) -> anyhow::Result<bool> {
    let mut watch = Watch::new(cases, since);
    let mut moved = Instant::now();
    loop {
        match watch.look(world, cases).await {
            Ok(true) => moved = Instant::now(),
            Ok(false) => {}
            // The server may be on its way back; patience has an end of its own.
            Err(error) => eprintln!("driver: looking at the lists: {error:#}"),
        }
        if cases.iter().all(Case::is_settled) {
            return Ok(true);
        }
        if moved.elapsed() > PATIENCE {
            return Ok(false);
        }
        let open = cases.iter_mut().filter(|case| case.seen.is_some() && !case.is_settled());
        stream::iter(open).for_each_concurrent(AT_ONCE, |case| work(world, case)).await;
        tokio::time::sleep(GLANCE).await;
    }
}

/// Follows the lists of the declarants whose cases these are.
struct Watch {
    places: BTreeMap<String, usize>,
    /// By declarant: from when on changes are to be asked for.
    since: BTreeMap<String, DateTime<Utc>>,
}

impl Watch {
    fn new(cases: &[Case], since: DateTime<Utc>) -> Self {
        let places = cases.iter().enumerate().map(|(place, case)| (case.id.clone(), place));
        let declarants: BTreeSet<_> = cases.iter().map(|case| case.reg_no.clone()).collect();
        let since = declarants.into_iter().map(|reg_no| (reg_no, since - OVERLAP)).collect();
        Self { places: places.collect(), since }
    }

    /// Notes what changed; true if anything did.
    async fn look(&mut self, world: &World, cases: &mut [Case]) -> anyhow::Result<bool> {
        let mut has_moved = false;
        for (reg_no, since) in &mut self.since {
            for declaration in world.declarant(reg_no)?.changed_since(*since).await? {
                *since = (*since).max(declaration.updated_at - OVERLAP);
                let Some(&place) = self.places.get(&declaration.id) else { continue };
                let case = &mut cases[place];
                let before = case.seen.as_ref().map(|seen| seen.updated_at);
                if before != Some(declaration.updated_at) {
                    has_moved = true;
                    case.trouble = None;
                    case.seen = Some(declaration);
                }
            }
        }
        Ok(has_moved)
    }
}

/// One step of one case. A refusal is noted and tried again at the next glance: mostly somebody was quicker.
pub(crate) async fn work(world: &World, case: &mut Case) {
    let Some(declaration) = case.seen.clone() else { return };
    match step(world, &declaration, case).await {
        Ok(()) => {}
        Err(error) => case.trouble = Some(format!("{error:#}")),
    }
}

async fn step(world: &World, declaration: &Declaration, case: &mut Case) -> anyhow::Result<()> {
    let inspector = |post| {
        let office = declaration.insp_org.as_deref().unwrap_or_default();
        world.officer(office, post)
    };
    let mut view = View {
        declaration,
        dossier: None,
        finding: case.finding,
        has_form: case.has_form,
        first_inspector: inspector(Post::FirstInspector).ok().map(|officer| officer.id.as_str()),
    };
    let dossier;
    let mut step = next(&view);
    if step == Next::OpenDossier {
        dossier = inspector(Post::FirstInspector)?.session.dossier(&case.id).await?;
        view.dossier = Some(&dossier);
        step = next(&view);
    }
    if step == Next::SeekHandoff {
        let holder = world.officer(&declaration.holder_org, Post::Chief)?;
        let handoffs = holder.session.handoffs(&case.id).await?;
        step = about_handoff(&handoffs, answers_by_hand);
    }
    let Next::Do { office, post, act } = step else { return Ok(()) };
    let officer = &world.officer(&office, post)?.session;
    let second = match act {
        Act::Start => Some(inspector(Post::SecondInspector)?.id.as_str()),
        _ => None,
    };
    let done = perform(officer, &case.id, &act, second).await;
    let is_issued = matches!(&done, Err(fault) if fault.code() == "clearance-form/already-live");
    if act == Act::IssueForm && (done.is_ok() || is_issued) {
        case.has_form = true;
        return Ok(());
    }
    Ok(done?)
}

/// The airport's officers answer handoffs themselves; everywhere else the worker does (domain R9).
fn answers_by_hand(office: &str) -> bool {
    office == "310400"
}

async fn perform(
    officer: &Session,
    id: &str,
    act: &Act,
    second: Option<&str>,
) -> Result<(), Fault> {
    match act {
        Act::Accept => officer.accept(id).await,
        Act::Appoint => {
            let now = officer.server().clock.now();
            let now =
                now.ok_or_else(|| Fault::Unexpected("the server's time is unknown".to_owned()))?;
            officer.appoint(id, now).await
        }
        Act::Start => officer.start_inspection(id, second.unwrap_or_default()).await,
        Act::Sample => officer.sample(id, &officer.goods_lines(id).await?).await,
        Act::Report { sample } => officer.report_sample(id, sample).await,
        Act::SignPass => {
            officer.sign_result(id, &Judgement::Pass, &officer.goods_lines(id).await?).await
        }
        Act::SignFail { code } => {
            officer.sign_result(id, &Judgement::Fail(code), &officer.goods_lines(id).await?).await
        }
        Act::OrderTreatment => officer.order_treatment(id).await,
        Act::VerifyTreatment => officer.verify_treatment(id).await,
        Act::SendBack => officer.close_inspection(id).await,
        Act::IssueForm => officer.issue_clearance_form(id).await,
        Act::Release => officer.release(id).await,
        Act::AcceptHandoff { handoff } => officer.accept_handoff(handoff).await,
        Act::OfferHandoff => officer.offer_handoff(id).await,
    }
}
