//! The officers of the bench: they live by their work lists, and do over HTTP what a case needs and no more.
use std::{
    cell::Cell,
    collections::HashMap,
    time::{Duration, Instant},
};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures_util::future::{try_join, try_join_all};
use serde::Deserialize;
use serde_json::json;

use super::super::{Yard, consignment::OFFICES, http::Line};
use crate::world::{Officer, Post};

/// The offices of the ports: they inspect what comes in there.
const INSPECTING: [&str; 3] = ["310200", "310700", "311000"];
/// How many cases an office inspects at a time.
const INSPECTING_HANDS: usize = 4;
/// Before an officer looks at an empty list again.
const GLANCE: Duration = Duration::from_millis(100);
/// Catalogue goods are not looked at before their fee has had time to be paid.
const FEE_TIME: Duration = Duration::from_millis(300);

/// What the officers had to do.
#[derive(Default)]
pub(crate) struct Work {
    pub(crate) judged: Cell<u64>,
    pub(crate) released: Cell<u64>,
    /// Looked at too early: the fee was not paid yet.
    pub(crate) early: Cell<u64>,
    /// Refused for another reason: the first of them in words.
    pub(crate) refused: Cell<u64>,
}

fn count(cell: &Cell<u64>) {
    cell.set(cell.get() + 1);
}

/// A case in a work list.
#[derive(Deserialize)]
struct Waiting {
    id: String,
    status: String,
    kind: String,
    insp_org: Option<String>,
}

#[derive(Deserialize)]
struct List {
    data: Vec<Waiting>,
}

impl Waiting {
    fn is_of_catalogue(&self) -> bool {
        self.kind == "CATALOGUE"
    }
}

/// Everybody signs in now, so that no measured moment pays for a password.
pub(crate) async fn sign_in(yard: &Yard) -> anyhow::Result<()> {
    for office in OFFICES {
        yard.world.officer(office, Post::Release)?.session.sign_in().await?;
    }
    for office in INSPECTING {
        for post in [Post::FirstInspector, Post::SecondInspector] {
            yard.world.officer(office, post)?.session.sign_in().await?;
        }
    }
    Ok(())
}

/// All offices at work until `is_over`.
pub(crate) async fn work(yard: &Yard, is_over: &Cell<bool>) -> anyhow::Result<Work> {
    let done = Work::default();
    let releases = OFFICES.map(|office| release_desk(yard, office, &done, is_over));
    let checks = INSPECTING.map(|office| inspection_desk(yard, office, &done, is_over));
    try_join(try_join_all(releases), try_join_all(checks)).await?;
    Ok(done)
}

async fn lines(yard: &Yard, count: usize) -> anyhow::Result<Vec<Line>> {
    Ok(try_join_all((0..count).map(|_| Line::open(yard.address))).await?)
}

async fn waiting(line: &mut Line, officer: &Officer, list: &str) -> anyhow::Result<Vec<Waiting>> {
    let bearer = officer.session.token().await?;
    let answer = line.get(&format!("/v1/worklists/{list}?limit=200"), &bearer).await?;
    anyhow::ensure!(answer.is_good(), "the work list {list}: {}", answer.told());
    Ok(serde_json::from_slice::<List>(answer.body)?.data)
}

async fn release_desk(
    yard: &Yard,
    office: &str,
    done: &Work,
    is_over: &Cell<bool>,
) -> anyhow::Result<()> {
    let officer = yard.world.officer(office, Post::Release)?;
    let mut line = Line::open(yard.address).await?;
    // From when on a case is worth looking at.
    let mut ripe: HashMap<String, Instant> = HashMap::new();
    while !is_over.get() {
        let list = waiting(&mut line, officer, "releases").await?;
        ripe.retain(|id, _| list.iter().any(|case| case.id == *id));
        let now = Instant::now();
        let mut due = Vec::new();
        for case in list {
            let wait = if case.is_of_catalogue() { FEE_TIME } else { Duration::ZERO };
            if *ripe.entry(case.id.clone()).or_insert(now + wait) <= now {
                due.push(case);
            }
        }
        if due.is_empty() {
            tokio::time::sleep(GLANCE).await;
            continue;
        }
        let early = release_all(&mut line, officer, &due, done).await?;
        let later = Instant::now() + FEE_TIME;
        ripe.extend(early.into_iter().map(|id| (id, later)));
    }
    Ok(())
}

/// What became of one of several.
#[derive(Deserialize)]
struct Each {
    declaration_id: String,
    problem: Option<Trouble>,
}

#[derive(Deserialize)]
struct Trouble {
    r#type: String,
}

#[derive(Deserialize)]
struct Several {
    data: Vec<Each>,
}

/// One act on many cases at once; returns those with which it did not end well.
async fn act_on_all(
    line: &mut Line,
    officer: &Officer,
    verb: &str,
    body: &serde_json::Value,
) -> anyhow::Result<Vec<(String, String)>> {
    let bearer = officer.session.token().await?;
    let path = format!("/v1/declarations/{verb}");
    let answer = line.post(&path, &bearer, body.to_string().as_bytes()).await?;
    anyhow::ensure!(answer.is_good(), "{path}: {}", answer.told());
    let several: Several = serde_json::from_slice(answer.body)?;
    let bad = several
        .data
        .into_iter()
        .filter_map(|one| one.problem.map(|problem| (one.declaration_id, problem.r#type)));
    Ok(bad.collect())
}

/// Form and release, for all cases that are due at the office. Returns those that the officer came to too early.
async fn release_all(
    line: &mut Line,
    officer: &Officer,
    due: &[Waiting],
    done: &Work,
) -> anyhow::Result<Vec<String>> {
    let mut early = Vec::new();
    let of_catalogue = due.iter().filter(|case| case.is_of_catalogue());
    let forms: Vec<_> = of_catalogue.map(|case| json!({ "declaration_id": case.id })).collect();
    if !forms.is_empty() {
        let bad = act_on_all(line, officer, "clearance-forms", &json!({ "forms": forms })).await?;
        for (id, problem) in bad {
            if problem.ends_with("declaration/fee-outstanding") {
                count(&done.early);
            } else if !problem.ends_with("clearance-form/already-live") {
                refused(done, &problem);
            } else {
                continue;
            }
            early.push(id);
        }
    }
    let ready: Vec<_> = due.iter().map(|case| &case.id).filter(|id| !early.contains(id)).collect();
    if ready.is_empty() {
        return Ok(early);
    }
    let count_of = ready.len();
    let bad = act_on_all(line, officer, "release", &json!({ "declarations": ready })).await?;
    done.released.set(done.released.get() + (count_of - bad.len()) as u64);
    for (id, problem) in bad {
        refused(done, &problem);
        early.push(id);
    }
    Ok(early)
}

fn refused(done: &Work, told: &str) {
    if done.refused.get() == 0 {
        eprintln!("driver: an officer was refused: {told}");
    }
    count(&done.refused);
}

async fn inspection_desk(
    yard: &Yard,
    office: &str,
    done: &Work,
    is_over: &Cell<bool>,
) -> anyhow::Result<()> {
    let first = yard.world.officer(office, Post::FirstInspector)?;
    let second = yard.world.officer(office, Post::SecondInspector)?;
    let mut hands = lines(yard, INSPECTING_HANDS).await?;
    while !is_over.get() {
        let mut list = waiting(&mut hands[0], first, "checks").await?;
        // Drawn cases lie here on their way to another office too.
        list.retain(|case| case.insp_org.as_deref() == Some(office));
        if list.is_empty() {
            tokio::time::sleep(GLANCE).await;
            continue;
        }
        let slot = yard.world.server.clock.now().unwrap_or_default();
        let shares = hands.iter_mut().enumerate().map(|(hand, line)| {
            let share = list.iter().skip(hand).step_by(INSPECTING_HANDS);
            judge_all(line, (first, second), share, (slot, done))
        });
        try_join_all(shares).await?;
    }
    Ok(())
}

/// A container is seen by appointment, by two inspectors, and both sign.
async fn judge_all(
    line: &mut Line,
    (first, second): (&Officer, &Officer),
    cases: impl Iterator<Item = &Waiting>,
    (slot, done): (DateTime<Utc>, &Work),
) -> anyhow::Result<()> {
    let at = |hours| (slot + TimeDelta::hours(hours)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let appointment =
        json!({ "place": "查验场站1号位", "slot_from": at(1), "slot_to": at(3) }).to_string();
    let start = json!({ "second_inspector": second.id }).to_string();
    let pass = br#"{"verdict":"PASS","findings":[{"goods_no":1,"verdict":"PASS"}]}"#;
    for case in cases.filter(|case| case.status == "SELECTED" || case.status == "INSPECTING") {
        let acts: [(&str, &Officer, &[u8]); 4] = [
            ("appointments", first, appointment.as_bytes()),
            ("start-inspection", first, start.as_bytes()),
            ("sign-result", first, pass),
            ("sign-result", second, pass),
        ];
        // One that is being inspected lacks signatures only.
        let begun = if case.status == "INSPECTING" { 2 } else { 0 };
        for (verb, officer, body) in &acts[begun..] {
            let path = format!("/v1/declarations/{}/{verb}", case.id);
            let answer = line.post(&path, &officer.session.token().await?, body).await?;
            if !answer.is_good() {
                refused(done, &answer.told());
                // Where the first has signed already, the second still has to.
                if *verb != "sign-result" {
                    break;
                }
            }
        }
        count(&done.judged);
    }
    Ok(())
}
