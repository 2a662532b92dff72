//! The protocol under every misfortune: bureaus whose messages are lost, late, doubled and out of order, and that
//! crash before they have kept what they did. After every step at most one of them holds the case; when the network
//! has healed, exactly one does, and the last two that dealt with it agree on who.
use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use proptest::{prelude::*, sample::Index, strategy::ValueTree as _};

use super::{Heard, Side, Word};
use crate::handoff::{Answer, State};

/// One thing that happens. Indexes point into whatever there is at that moment.
#[derive(Clone, Debug)]
enum Step {
    /// A bureau says once more what it has to say about a handoff.
    Say(Index, Index),
    /// A message arrives; perhaps a copy of it stays on the way, perhaps the receiver crashes before it keeps anything.
    Arrive {
        which: Index,
        leaves_copy: bool,
        crashes: bool,
    },
    Lose(Index),
    /// Whoever holds the case offers it to another; or a bureau tries to that may not.
    Offer {
        pretender: Option<Index>,
        whom: Index,
    },
    /// Somebody answers an open handoff at some bureau: an officer agrees, refuses or recalls, or the clock lets it
    /// expire.
    Answer(Index, Answer),
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = any::<Index>;
    let refuse = Answer::Refuse { code: "OTHER".into(), text: None };
    let answers = prop_oneof![
        6 => Just(Answer::Agree),
        1 => Just(refuse),
        2 => Just(Answer::Recall),
        1 => Just(Answer::Expire),
    ];
    let step = prop_oneof![
        2 => (index(), index()).prop_map(|(who, what)| Step::Say(who, what)),
        10 => (index(), any::<bool>(), prop::bool::weighted(0.1))
            .prop_map(|(which, leaves_copy, crashes)| Step::Arrive { which, leaves_copy, crashes }),
        1 => index().prop_map(Step::Lose),
        4 => (prop::option::weighted(0.2, index()), index())
            .prop_map(|(pretender, whom)| Step::Offer { pretender, whom }),
        6 => (index(), answers).prop_map(|(what, answer)| Step::Answer(what, answer)),
        1 => (1..20_i64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 0..120)
}

/// A message on its way.
#[derive(Clone, Debug)]
struct Letter {
    from: usize,
    to: usize,
    generation: i32,
    word: Word,
}

struct World {
    names: Vec<String>,
    sides: Vec<Side>,
    on_the_way: Vec<Letter>,
    now: DateTime<Utc>,
}

impl World {
    /// The case lies with the first of them; no other has heard of it.
    fn of(bureaus: usize) -> Self {
        let side = |place| Side { holds: place == 0, crossings: BTreeMap::new() };
        Self {
            names: (0..bureaus).map(|place| format!("{}0000", 31 + place)).collect(),
            sides: (0..bureaus).map(side).collect(),
            on_the_way: Vec::new(),
            now: "2014-05-12T02:20:00Z".parse().unwrap(),
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Say(who, what) => {
                let who = who.index(self.sides.len());
                let known: Vec<_> = self.sides[who].crossings.keys().copied().collect();
                if !known.is_empty() {
                    self.say(who, known[what.index(known.len())]);
                }
            }
            Step::Arrive { which, leaves_copy, crashes } => {
                if self.on_the_way.is_empty() {
                    return;
                }
                let place = which.index(self.on_the_way.len());
                let letter = if *leaves_copy || *crashes {
                    self.on_the_way[place].clone()
                } else {
                    self.on_the_way.swap_remove(place)
                };
                self.arrive(&letter, *crashes);
            }
            Step::Lose(which) => {
                if !self.on_the_way.is_empty() {
                    let place = which.index(self.on_the_way.len());
                    self.on_the_way.swap_remove(place);
                }
            }
            Step::Offer { pretender: Some(who), whom } => {
                self.offer(who.index(self.sides.len()), *whom);
            }
            Step::Offer { pretender: None, whom } => {
                if let Some(who) = self.holders().pop() {
                    self.offer(who, *whom);
                }
            }
            Step::Answer(what, answer) => {
                let open: Vec<_> = self.open().collect();
                if !open.is_empty() {
                    let (who, generation) = open[what.index(open.len())];
                    if self.sides[who].answer(generation, answer, self.now).is_ok() {
                        self.say(who, generation);
                    }
                }
            }
            Step::Wait(minutes) => self.now += Duration::minutes(*minutes),
        }
    }

    fn offer(&mut self, who: usize, whom: Index) {
        let others: Vec<_> = (0..self.sides.len()).filter(|place| *place != who).collect();
        let whom = others[whom.index(others.len())];
        let until = self.now + Duration::minutes(30);
        if let Ok(generation) = self.sides[who].offer(&self.names[whom], until) {
            self.say(who, generation);
        }
    }

    /// Handoffs that are not decided yet, and where.
    fn open(&self) -> impl Iterator<Item = (usize, i32)> + '_ {
        self.sides.iter().enumerate().flat_map(|(place, side)| {
            let open = side.crossings.iter().filter(|(_, one)| one.state.is_open());
            open.map(move |(generation, _)| (place, *generation))
        })
    }

    fn say(&mut self, from: usize, generation: i32) {
        let crossing = &self.sides[from].crossings[&generation];
        let to = self.names.iter().position(|name| *name == crossing.partner).unwrap();
        if let Some(word) = crossing.word() {
            self.on_the_way.push(Letter { from, to, generation, word });
        }
    }

    /// What a bureau does with a letter it keeps, and says, at once or not at all.
    fn arrive(&mut self, letter: &Letter, crashes: bool) -> bool {
        let mut side = self.sides[letter.to].clone();
        let heard = side.hear(&self.names[letter.from], letter.generation, letter.word, self.now);
        if crashes {
            return false;
        }
        let has_changed = side != self.sides[letter.to];
        self.sides[letter.to] = side;
        if let Ok(Heard::Answered(_) | Heard::SayAgain) = heard {
            self.say(letter.to, letter.generation);
        }
        has_changed
    }

    /// Everything that is on the way arrives, and everything is said again, until nothing moves.
    fn heal(&mut self) {
        for _ in 0..200 {
            for who in 0..self.sides.len() {
                for generation in self.sides[who].crossings.keys().copied().collect::<Vec<_>>() {
                    self.say(who, generation);
                }
            }
            let mut moved = false;
            for letter in std::mem::take(&mut self.on_the_way) {
                moved |= self.arrive(&letter, false);
            }
            if !moved {
                return;
            }
        }
        panic!("the bureaus talk for ever");
    }

    fn holders(&self) -> Vec<usize> {
        (0..self.sides.len()).filter(|place| self.sides[*place].holds).collect()
    }
}

fn check(bureaus: usize, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut world = World::of(bureaus);
    for step in steps {
        world.take(step);
        prop_assert!(world.holders().len() <= 1, "two hold the case after {step:?}");
        let acting = world.sides.iter().filter(|side| side.may_act()).count();
        prop_assert!(acting <= 1, "two may act after {step:?}");
    }
    world.heal();
    let holders = world.holders();
    prop_assert_eq!(holders.len(), 1, "who holds the case?");
    // The last handoff ends where the case is, as both sides of it know.
    let last = world.sides.iter().map(Side::generation).max().unwrap();
    for side in &world.sides {
        let open = side.crossings.values().filter(|one| one.state == State::Agreed);
        prop_assert_eq!(open.count(), 0, "somebody waits for a word that nobody will say");
    }
    // A refusal that crosses a recall may stand as either; whether the case changed hands, both know.
    let known = world.sides.iter().filter_map(|side| side.crossings.get(&last));
    let has_moved: Vec<_> = known.map(|one| one.state == State::Accepted).collect();
    if let [one, other] = has_moved[..] {
        prop_assert_eq!(one, other, "the two ledgers tell different stories of the last handoff");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn of_two_bureaus_one_is_responsible_whatever_happens(steps in steps()) {
        check(2, &steps)?;
    }

    #[test]
    fn of_three_bureaus_one_is_responsible_whatever_happens(steps in steps()) {
        check(3, &steps)?;
    }
}

/// The generator reaches what it is there for: cases that travel several times, with crossings and late answers.
#[test]
fn schedules_are_wild_enough_to_mean_something() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut journeys, mut late, mut crossed) = (0, 0, 0);
    for _ in 0..512 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let mut world = World::of(3);
        for step in &steps {
            world.take(step);
        }
        let crossings = || world.sides.iter().flat_map(|side| side.crossings.values());
        journeys += usize::from(crossings().filter(|one| one.state == State::Accepted).count() > 3);
        late += usize::from(crossings().any(|one| one.state == State::Expired));
        crossed += usize::from(crossings().any(|one| one.state == State::Recalled));
    }
    assert!(journeys > 100 && late > 20 && crossed > 100, "{journeys} {late} {crossed}");
}
