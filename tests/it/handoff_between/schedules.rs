//! Random schedules over two real ledgers: messages carried, dropped, doubled and late, officers who agree, refuse and
//! recall, and a clock that runs out. After every step at most one bureau holds the case; once the network has healed,
//! exactly one does.
use chrono::Duration;
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};
use shared::{exchange::Envelope, kernel::Role};
use sqlx::PgPool;
use tests::{League, SHANGHAI, SSE};

use super::{XIAOSHAN, ZHEJIANG, answer_there, handoff_at, offered, owners, two_bureaus};
use crate::cases::{Case, tick};

/// How many schedules, and how long.
const SCHEDULES: usize = 12;
const STEPS: usize = 36;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Messages of Shanghai arrive at Zhejiang, or the other way; perhaps the receipts are lost, and perhaps the receiver
    /// does at once what follows.
    Carry {
        comes_home: bool,
        loses_receipts: bool,
        works: bool,
    },
    /// What arrived some time ago arrives once more.
    Repeat {
        comes_home: bool,
    },
    /// A bureau does what it has promised.
    Work {
        at_home: bool,
    },
    Accept,
    Refuse,
    Recall,
    OfferAgain,
    /// Inspectors there pass the goods, so that the case sets out for home.
    Inspect,
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        14 => (any::<bool>(), prop::bool::weighted(0.3), prop::bool::weighted(0.7)).prop_map(
            |(comes_home, loses_receipts, works)| Step::Carry { comes_home, loses_receipts, works }
        ),
        2 => any::<bool>().prop_map(|comes_home| Step::Repeat { comes_home }),
        6 => any::<bool>().prop_map(|at_home| Step::Work { at_home }),
        6 => Just(Step::Accept),
        1 => Just(Step::Refuse),
        1 => Just(Step::Recall),
        3 => Just(Step::OfferAgain),
        4 => Just(Step::Inspect),
        1 => (1..40_i64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, STEPS)
}

struct Run<'l> {
    league: &'l League,
    case: Case<'l>,
    /// What was carried before, each way.
    carried: [Vec<Envelope>; 2],
}

impl Run<'_> {
    async fn take(&mut self, step: Step) {
        let league = self.league;
        match step {
            Step::Carry { comes_home, loses_receipts, works } => {
                let (from, to) = way(comes_home);
                let messages = league.waiting(from, to).await;
                if messages.is_empty() {
                    return;
                }
                let receipts = league.bring(from, to, &messages).await;
                if !loses_receipts {
                    league.acknowledge(from, to, &receipts).await;
                }
                self.carried[usize::from(comes_home)].extend(messages);
                if works {
                    tick(league.at(to)).await;
                }
            }
            Step::Repeat { comes_home } => {
                let (from, to) = way(comes_home);
                let mut again = self.carried[usize::from(comes_home)].clone();
                again.reverse();
                if !again.is_empty() {
                    league.bring(from, to, &again).await;
                }
            }
            Step::Work { at_home } => {
                let bureau = league.at(if at_home { SHANGHAI } else { ZHEJIANG });
                tick(bureau).await;
            }
            Step::Accept | Step::Refuse if !self.is_known_there().await => {}
            Step::Accept => {
                answer_there(league, &self.case, "accept", Value::Null).await;
            }
            Step::Refuse => {
                let why = json!({ "code": "WRONG_OFFICE" });
                answer_there(league, &self.case, "refuse", why).await;
            }
            Step::Recall => {
                let id = self.case.handoff().await["id"].as_str().unwrap().to_owned();
                let chief = league.at(SHANGHAI).officer(SSE, Role::DutyChief).await;
                chief.post(&format!("/v1/handoffs/{id}/recall"), Value::Null).await;
            }
            Step::OfferAgain => {
                for (bureau, office) in [(SHANGHAI, SSE), (ZHEJIANG, XIAOSHAN)] {
                    let chief = league.at(bureau).officer(office, Role::DutyChief).await;
                    chief.post(&self.case.url("offer-handoff"), Value::Null).await;
                }
            }
            Step::Inspect => self.inspect().await,
            Step::Wait(minutes) => league.wait(Duration::minutes(minutes)),
        }
    }

    async fn is_known_there(&self) -> bool {
        let there = self.league.at(ZHEJIANG);
        let chief = there.officer(XIAOSHAN, Role::DutyChief).await;
        chief.get(&format!("/v1/declarations/{}", self.case.id)).await.status == 200
    }

    async fn inspect(&self) {
        if owners(self.league, &self.case.id).await == [ZHEJIANG] {
            let visitor = self.case.seen_at(self.league.at(ZHEJIANG), XIAOSHAN).await;
            if visitor.status().await == "SELECTED" {
                visitor.inspect(XIAOSHAN, "PASS").await;
            }
        }
    }
}

const fn way(comes_home: bool) -> (&'static str, &'static str) {
    if comes_home { (ZHEJIANG, SHANGHAI) } else { (SHANGHAI, ZHEJIANG) }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_two_real_ledgers_one_is_responsible_whatever_happens(pool: PgPool) {
    let league = two_bureaus(pool).await;
    let mut runner = TestRunner::deterministic();
    let (mut visits, mut returns) = (0, 0);
    for number in 0..SCHEDULES {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let case = offered(&league, &format!("X-R{number}")).await;
        let mut run = Run { league: &league, case, carried: [Vec::new(), Vec::new()] };
        for (place, step) in steps.iter().enumerate() {
            run.take(*step).await;
            let owners = owners(&league, &run.case.id).await;
            assert!(owners.len() <= 1, "two owners after step {place} of {steps:?}");
        }
        league.wait(Duration::minutes(6));
        league.settle().await;
        let owners = owners(&league, &run.case.id).await;
        assert_eq!(owners.len(), 1, "who holds the case after {steps:?}?");

        if run.is_known_there().await {
            let here = run.case.handoff().await;
            let there = handoff_at(league.at(ZHEJIANG), XIAOSHAN, &run.case.id).await;
            assert_ne!(there["state"], "AGREED", "somebody waits for a word: {steps:?}");
            assert_eq!(run.case.status().await, status_there(&run).await, "{steps:?}");
            visits += usize::from(has_visited(&run).await);
            returns += usize::from(here["cause"] == "CONFORMING" && here["state"] == "ACCEPTED");
        }
    }
    assert!(visits > 3 && returns > 0, "{visits} changed hands, {returns} came home: too tame");
}

async fn has_visited(run: &Run<'_>) -> bool {
    let history = run.league.at(ZHEJIANG).history(&run.case.id).await;
    history.iter().any(|kind| kind == "handoff.accepted")
}

async fn status_there(run: &Run<'_>) -> String {
    run.league.at(ZHEJIANG).status(&run.case.id).await
}
