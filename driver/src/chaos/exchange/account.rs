//! Both ledgers held against each other: every message once, every case with one owner, every step of it in both
//! histories.
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::Pair;
use crate::{
    chaos::audit::{self, Audit},
    ledgers::{
        Ledger,
        account::{self, Messages, Owners},
    },
};

/// What passed between the two.
pub(in crate::chaos) struct Exchanged {
    /// Said by the town, and heard by it.
    sent: usize,
    received: usize,
    messages: Messages,
    /// Cases that went there.
    visits: usize,
    handoffs: i64,
}

impl Pair {
    /// Adds what does not fit to the audit.
    pub(in crate::chaos) async fn account(
        &self,
        audit: &mut Audit,
        seen_twice: &BTreeSet<Uuid>,
    ) -> anyhow::Result<Exchanged> {
        let [home, there] = &self.ledgers;
        let (ours, theirs) = (said(home, there).await?, said(there, home).await?);
        let (heard, heard_there) = (heard(home, there).await?, heard(there, home).await?);
        let (sent, received) = (ours.len(), heard.len());
        let messages = account::reconcile(&[ours, theirs].concat(), &[heard, heard_there].concat());
        judge_messages(audit, &messages);

        let standings = [home.standing().await?, there.standing().await?];
        let visits = standings[1].known.len();
        judge_owners(audit, &account::owners(&standings), seen_twice);
        for ledger in [home, there] {
            judge_echoes(audit, &ledger.bureau, &ledger.echoes().await?);
        }
        judge_steps(audit, &home.steps().await?, &there.steps().await?);
        audit::jobs(audit, &self.pool).await?;
        let handoffs = there.happened("handoff.accepted").await?;
        Ok(Exchanged { sent, received, messages, visits, handoffs })
    }
}

impl Exchanged {
    /// Whether there was anything to account for.
    pub(in crate::chaos) const fn is_worth_telling(&self) -> bool {
        self.sent > 0 && self.received > 0 && self.messages.applied > 0 && self.handoffs > 0
    }

    pub(in crate::chaos) fn add_to(&self, figures: &mut Map<String, Value>) {
        let Self { sent, received, messages, visits, handoffs } = self;
        figures.extend(
            [
                ("exchange_sent", json!(sent)),
                ("exchange_received", json!(received)),
                ("exchange_applied", json!(messages.applied)),
                ("exchange_waiting", json!(messages.waiting.len())),
                ("exchange_cases", json!(visits)),
                ("exchange_handoffs", json!(handoffs)),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
    }
}

async fn said(from: &Ledger, to: &Ledger) -> anyhow::Result<Vec<account::Said>> {
    let said = from.said().await?.into_iter();
    Ok(said.filter(|one| one.receiver == to.bureau).collect())
}

async fn heard(here: &Ledger, from: &Ledger) -> anyhow::Result<Vec<account::Heard>> {
    let heard = here.heard().await?.into_iter();
    Ok(heard.filter(|one| one.sender == from.bureau).collect())
}

fn judge_messages(audit: &mut Audit, messages: &Messages) {
    audit.lost.extend(messages.lost.iter().cloned());
    let unsaid = messages.unsaid.iter();
    audit.lost.extend(unsaid.map(|one| format!("{one} is no longer where it was said")));
    audit.doubled.extend(messages.contradicted.iter().cloned());
    audit.stuck.extend(messages.waiting.iter().cloned());
    audit.refused.extend(messages.refused.iter().cloned());
}

fn judge_owners(audit: &mut Audit, owners: &Owners, seen_twice: &BTreeSet<Uuid>) {
    let two: BTreeSet<_> = owners.two.iter().chain(seen_twice).collect();
    audit.doubled.extend(two.into_iter().map(|case| format!("{case} had two owners")));
    audit.stranded.extend(owners.none.iter().map(|case| format!("{case} has no owner")));
}

/// A ping that took effect brought about one pong.
fn judge_echoes(audit: &mut Audit, bureau: &str, echoes: &[(Uuid, i64)]) {
    for (ping, pongs) in echoes {
        let told = format!("ping {ping} was answered {pongs} times by {bureau}");
        if *pongs == 0 { &mut audit.lost } else { &mut audit.doubled }.push(told);
    }
}

/// Home follows each step that was taken there, in its order and once.
fn judge_steps(
    audit: &mut Audit,
    home: &BTreeMap<Uuid, Vec<String>>,
    there: &BTreeMap<Uuid, Vec<String>>,
) {
    let cases: BTreeSet<_> = home.keys().chain(there.keys()).collect();
    for case in cases {
        let steps = |side: &BTreeMap<_, Vec<_>>| side.get(case).cloned().unwrap_or_default();
        let (followed, taken) = (steps(home), steps(there));
        if followed == taken {
            continue;
        }
        let told = format!("{case} took {taken:?} there, and {followed:?} at home");
        if followed.len() < taken.len() { &mut audit.lost } else { &mut audit.doubled }.push(told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn a_case_that_two_bureaus_ever_had_is_doubled_and_one_that_none_has_is_stranded() {
        let owners = Owners { cases: 3, two: vec![id(1)], none: vec![id(2)] };
        let mut audit = Audit::default();

        judge_owners(&mut audit, &owners, &[id(1), id(3)].into());

        assert_eq!(audit.doubled.len(), 2, "{:?}", audit.doubled);
        assert_eq!(audit.stranded, [format!("{} has no owner", id(2))]);
    }

    #[test]
    fn a_ping_is_answered_once() {
        let mut audit = Audit::default();

        judge_echoes(&mut audit, "330000", &[(id(1), 0), (id(2), 2)]);

        assert_eq!((audit.lost.len(), audit.doubled.len()), (1, 1));
        assert!(audit.doubled[0].ends_with("answered 2 times by 330000"));
    }

    #[test]
    fn a_step_that_home_did_not_follow_is_lost_and_one_that_it_took_twice_is_doubled() {
        let steps = |one: &[&str], two: &[&str]| -> BTreeMap<_, _> {
            let own = |steps: &[&str]| steps.iter().map(|step| (*step).to_owned()).collect();
            [(id(1), own(one)), (id(2), own(two))].into()
        };
        let there = steps(&["started", "passed"], &["started"]);
        let mut audit = Audit::default();

        judge_steps(&mut audit, &there, &there);
        assert!(audit.is_clean());
        judge_steps(&mut audit, &steps(&["started"], &["started", "started"]), &there);

        assert_eq!((audit.lost.len(), audit.doubled.len()), (1, 1));
        assert!(audit.lost[0].starts_with(&id(1).to_string()));
    }
}
