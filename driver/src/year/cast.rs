//! Who declares and pays in that year: 17 enterprises online, three at the windows. All of them are made up.
use super::order::{Misdeed, OFFICES};
use crate::world::{self, Cast, Enterprise, Post, Proof, Settlement};

/// Enterprises whose bank does as it is told.
const PLAIN: u64 = 13;
/// Enterprises that pay by hand.
const BY_HAND: u64 = 3;
/// Enterprises that pay online, as many as the report has.
const ONLINE: [Misdeed; 4] =
    [Misdeed::Twice, Misdeed::CallbackFirst, Misdeed::Unknown, Misdeed::Timeout];

/// The payer of the n-th payment online.
pub(super) fn online(number: u64, misdeed: Option<Misdeed>) -> String {
    let place = match misdeed {
        None => number % PLAIN,
        Some(misdeed) => PLAIN + ONLINE.iter().position(|one| *one == misdeed).unwrap_or(0) as u64,
    };
    reg_no(place)
}

/// The payer of the n-th payment at a window.
pub(super) fn by_hand(number: u64) -> String {
    reg_no(PLAIN + ONLINE.len() as u64 + number % BY_HAND)
}

fn reg_no(place: u64) -> String {
    format!("31006{:05}", 20_140 + place)
}

pub(super) fn enterprises() -> Vec<Enterprise> {
    let plain = (0..PLAIN).map(|_| Some(Settlement::Automatic));
    let misdeeds = ONLINE.iter().map(|misdeed| Some(Settlement::Behaving(misdeed.behaviour())));
    let by_hand = (0..BY_HAND).map(|_| None);
    plain
        .chain(misdeeds)
        .chain(by_hand)
        .zip(0..)
        .map(|(settlement, place)| one(place, settlement))
        .collect()
}

fn one(place: u64, settlement: Option<Settlement>) -> Enterprise {
    Enterprise {
        reg_no: reg_no(place),
        name_zh: format!("上海年报进口{}号有限公司", place + 1),
        name_en: format!("Shanghai Yearbook Imports No. {} Co., Ltd.", place + 1),
        address: format!("上海市虹口区年报路{}号", place + 1),
        credit_class: "B".to_owned(),
        anywhere: true,
        agent: None,
        settlement,
        proof: Proof::Secret,
    }
}

/// Whoever is needed: somebody for the enterprises' papers, and at each office for fees, at the window, and a duty chief.
pub(super) fn cast(enterprises: &[Enterprise]) -> Cast<'_> {
    let front = [(OFFICES[0], Post::Acceptance)];
    let posts = OFFICES
        .iter()
        .flat_map(|office| [Post::Fee, Post::Cashier, Post::Chief].map(|post| (*office, post)))
        .chain(front);
    Cast { offices: &world::OFFICES, posts: posts.collect(), enterprises, front_office: OFFICES[0] }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn codes<'a>(of: impl Iterator<Item = &'a Enterprise>) -> BTreeSet<String> {
        of.map(|one| one.reg_no.clone()).collect()
    }

    #[test]
    fn seventeen_pay_online_and_whoever_pays_is_there() {
        let who = enterprises();
        let settled = codes(who.iter().filter(|one| one.settlement.is_some()));
        let others = codes(who.iter().filter(|one| one.settlement.is_none()));

        assert_eq!((settled.len(), others.len()), (17, 3));
        assert!((0..100).all(|number| settled.contains(&online(number, None))));
        assert!(ONLINE.iter().all(|misdeed| settled.contains(&online(7, Some(*misdeed)))));
        assert!((0..100).all(|number| others.contains(&by_hand(number))));
    }
}
