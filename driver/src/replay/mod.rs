//! The replay: imports of a file, filed as they are, and seen through to their end.
mod outcome;
mod report;

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use futures_util::{StreamExt as _, stream};

use outcome::{Outcome, Sent};

use crate::{
    client::{Fault, Server},
    keys::Keys,
    mapping::{self, Consignment, DEFAULT_PROFILE, Line, Occasion, Profile},
    officer::{self, Case, Finding},
    session::Session,
    tally,
    wire::{Kind, Status},
    world::{Enterprise, Proof, Settlement, World},
};

/// How many filings are under way at a time.
const AT_ONCE: usize = 16;

/// Runs the replay; true if every readable line is stored, and each stored one settled.
pub(crate) async fn run(
    server: &Arc<Server>,
    password_file: &Path,
    keys: Keys,
    run: u64,
    (file, profile): (&Path, Option<&Path>),
) -> anyhow::Result<bool> {
    let profile = read_profile(profile)?;
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let lines: Vec<_> = bytes.split(|&byte| byte == b'\n').map(mapping::read).collect();
    eprintln!("driver: setting up offices and the importer");
    let world = World::ensure(server, password_file, keys, &[importer(&profile)]).await?;
    let declarant = world.declarant(&profile.enterprise.reg_no)?;
    declarant.sign_in().await?;

    eprintln!("driver: filing the imports among {} lines", lines.len());
    let today = world.server.clock.today()?;
    let filing = async |(line, what): (usize, Line)| {
        let outcome = match what {
            Line::Blank => return None,
            Line::NotForUs { kind } => {
                return Some(Sent { line, kind, outcome: Outcome::NotForUs });
            }
            Line::Unreadable { reason } => Outcome::Unreadable(reason),
            Line::Import { kind, consignment } => {
                let outcome =
                    file_one(declarant, &consignment, &profile, Occasion { run, line, today })
                        .await;
                return Some(Sent { line, kind, outcome });
            }
        };
        Some(Sent { line, kind: String::new(), outcome })
    };
    let numbered = lines.into_iter().enumerate().map(|(index, what)| (index + 1, what));
    let filed = stream::iter(numbered).map(filing).buffered(AT_ONCE);
    let mut sent: Vec<Sent> = filed.filter_map(async |sent| sent).collect().await;

    eprintln!("driver: officers are at work");
    see_through(&world, &profile.enterprise.reg_no, &mut sent).await?;
    Ok(report::tell(&sent))
}

fn read_profile(path: Option<&Path>) -> anyhow::Result<Profile> {
    let Some(path) = path else { return Profile::parse(DEFAULT_PROFILE) };
    let text = std::fs::read_to_string(path);
    let text = text.with_context(|| format!("reading {}", path.display()))?;
    Profile::parse(&text).with_context(|| format!("reading {}", path.display()))
}

/// The enterprise of the profile: on a monthly account, so that no bank keeps its goods waiting.
fn importer(profile: &Profile) -> Enterprise {
    let enterprise = &profile.enterprise;
    Enterprise {
        reg_no: enterprise.reg_no.clone(),
        name_zh: enterprise.name_zh.clone(),
        name_en: enterprise.name_en.clone(),
        address: enterprise.address.clone(),
        credit_class: enterprise.credit_class.clone(),
        anywhere: !matches!(enterprise.credit_class.as_str(), "C" | "D"),
        agent: None,
        settlement: Some(Settlement::Monthly),
        proof: Proof::Secret,
    }
}

/// A refusal of the request itself (400, 409, 413, 422) counts as unreadable: nothing is stored. Anything else
/// that goes wrong is the server's, and breaks the promise of this run.
async fn file_one(
    declarant: &Session,
    consignment: &Consignment,
    profile: &Profile,
    on: Occasion,
) -> Outcome {
    let document = mapping::declare(consignment, profile, on);
    match declarant.file(&document).await {
        Ok((receipt, _)) => Outcome::stored(receipt),
        Err(Fault::Refused(problem)) if matches!(problem.status, 400 | 409 | 413 | 422) => {
            Outcome::Unreadable(problem.to_string())
        }
        Err(fault) => Outcome::Lost(fault.to_string()),
    }
}

async fn see_through(world: &World, reg_no: &str, sent: &mut [Sent]) -> anyhow::Result<()> {
    let receipts = sent.iter().filter_map(Sent::receipt);
    let Some(since) = receipts.clone().map(|receipt| receipt.filed_at).min() else {
        return Ok(());
    };
    let case = |id: &String| Case::new(id.clone(), reg_no.to_owned(), Finding::Conforming);
    let mut cases: Vec<_> = receipts.map(|receipt| case(&receipt.id)).collect();
    officer::see_through(world, &mut cases, since).await?;

    let declarant = world.declarant(reg_no)?;
    let judge = async |case: Case| {
        let by_itself = is_candidate(&case)
            && declarant.timeline(&case.id).await.is_ok_and(|told| tally::went_by_itself(&told));
        (case, by_itself)
    };
    let judged: Vec<_> = stream::iter(cases).map(judge).buffered(AT_ONCE).collect().await;
    let stored = sent.iter_mut().filter_map(|one| match &mut one.outcome {
        Outcome::Stored(stored) => Some(stored),
        _ => None,
    });
    for (stored, (case, by_itself)) in stored.zip(judged) {
        stored.case = Some(case);
        stored.went_by_itself = by_itself;
    }
    Ok(())
}

/// Only these can have been released without a person.
fn is_candidate(case: &Case) -> bool {
    case.seen.as_ref().is_some_and(|seen| {
        seen.status == Status::Released
            && seen.kind == Kind::OutsideCatalogue
            && seen.is_selected == Some(false)
    })
}
