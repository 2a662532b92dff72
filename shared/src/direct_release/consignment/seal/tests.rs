use proptest::prelude::*;

use super::*;

fn sealed(container_no: &str, seals: &[&str]) -> SealedContainer {
    let seal = |number: &&str| Seal { seal_no: (*number).to_owned(), kind: SealKind::Mechanical };
    SealedContainer {
        container_no: container_no.to_owned(),
        seals: seals.iter().map(seal).collect(),
    }
}

fn read(container_no: &str, seals: &[(&str, bool)]) -> ContainerRead {
    let seal = |(number, broken): &(&str, bool)| SealRead {
        seal_no: (*number).to_owned(),
        is_broken: *broken,
    };
    ContainerRead {
        container_no: container_no.to_owned(),
        is_damaged: false,
        seals: seals.iter().map(seal).collect(),
    }
}

fn found(applied: &[SealedContainer], containers: Vec<ContainerRead>) -> Vec<String> {
    let told = |finding: &Finding| {
        let (expected, read) = (finding.expected.as_deref(), finding.read.as_deref());
        [Some(finding.kind.name()), expected, read]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    };
    compare(applied, &Reading { containers }).iter().map(told).collect()
}

#[test]
fn the_seal_of_s6_is_another_than_the_form_says() {
    let applied = [sealed("COSU6017779", &["SZ0099123"])];

    let mismatch = found(&applied, vec![read("COSU6017779", &[("SZ0099132", false)])]);
    let intact = found(&applied, vec![read("COSU6017779", &[("SZ0099123", false)])]);

    assert_eq!(mismatch, ["SEAL_MISMATCH SZ0099123 SZ0099132"]);
    assert_eq!(intact, [""; 0]);
}

#[test]
fn lost_broken_and_strange_seals_and_boxes_are_each_named() {
    let applied =
        [sealed("COSU6017779", &["SZ01", "SZ02", "SZ03"]), sealed("OOLU8860217", &["SZ04"])];
    let mut damaged = read("COSU6017779", &[("SZ02", true), ("SZ01", false)]);
    damaged.is_damaged = true;
    let other = read("TCLU4501272", &[("SZ04", false)]);

    assert_eq!(
        found(&applied, vec![damaged, other]),
        [
            "BOX_DAMAGED",
            "SEAL_BROKEN SZ02 SZ02",
            "SEAL_REMOVED SZ03",
            "CONTAINER_MISSING",
            "CONTAINER_UNKNOWN"
        ]
    );
    let one_more = read("OOLU8860217", &[("SZ04", false), ("SZ99", false)]);
    assert_eq!(found(&applied[1..], vec![one_more]), ["SEAL_UNKNOWN SZ99"]);
}

#[test]
fn the_states_of_seals_follow_from_the_reading() {
    use SealState::*;
    let applied = [sealed("COSU6017779", &["SZ01", "SZ02", "SZ03"])];
    let reading =
        Reading { containers: vec![read("COSU6017779", &[("SZ02", true), ("SZ01", false)])] };

    assert_eq!(states(&applied, None), [[Applied; 3]]);
    assert_eq!(states(&applied, Some(&reading)), [[Intact, Broken, Removed]]);
}

#[test]
fn everything_wrong_with_seals_is_told_at_once() {
    let mut wrong = Violations::default();
    check_sealed(
        &[sealed("COSU601777", &["sz01", "SZ02", "SZ02"]), sealed("COSU601777", &[])],
        "/containers",
        &mut wrong,
    );

    let codes: Vec<_> = wrong.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "container-no-malformed",
            "seal-no-malformed",
            "seal-repeated",
            "container-no-malformed",
            "container-repeated",
            "seals-malformed",
        ]
    );
}

fn lots() -> impl Strategy<Value = Vec<SealedContainer>> {
    prop::collection::btree_map(
        0..9_999_999_u32,
        prop::collection::btree_set("[A-Z]{2}[0-9]{4}", 1..4),
        1..5,
    )
    .prop_map(|lots| {
        let lot = |(number, seals): (u32, std::collections::BTreeSet<String>)| {
            let seals: Vec<&str> = seals.iter().map(String::as_str).collect();
            sealed(&format!("COSU{number:07}"), &seals)
        };
        lots.into_iter().map(lot).collect()
    })
}

fn faithful(applied: &[SealedContainer]) -> Reading {
    let container = |one: &SealedContainer| {
        let seals: Vec<_> =
            one.seals.iter().rev().map(|seal| (seal.seal_no.as_str(), false)).collect();
        read(&one.container_no, &seals)
    };
    Reading { containers: applied.iter().rev().map(container).collect() }
}

proptest! {
    /// What is read as it was applied agrees, in whatever order it is read; and all of it is intact.
    #[test]
    fn whatever_is_read_as_it_was_applied_agrees(applied in lots()) {
        let reading = faithful(&applied);
        prop_assert_eq!(compare(&applied, &reading), vec![]);
        let intact = states(&applied, Some(&reading)).concat();
        prop_assert!(intact.iter().all(|&state| state == SealState::Intact));
    }

    /// One seal broken, lost or changed never goes unseen.
    #[test]
    fn no_single_change_goes_unseen(
        applied in lots(), at in any::<prop::sample::Index>(), seal in any::<prop::sample::Index>(), how in 0..5,
    ) {
        let mut reading = faithful(&applied);
        let container = at.index(reading.containers.len());
        let one = &mut reading.containers[container];
        let place = seal.index(one.seals.len());
        match how {
            0 => one.seals[place].is_broken = true,
            1 => drop(one.seals.remove(place)),
            2 => one.seals[place].seal_no.push('X'),
            3 => one.is_damaged = true,
            _ => drop(reading.containers.remove(container)),
        }
        prop_assert_eq!(compare(&applied, &reading).len(), 1);
    }
}
