//! Seals (封识): what was applied, what was read, and where the two do not agree. Pure.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{direct_release::model::words, kernel::Violations};

words! {
    /// What kind of seal it is.
    SealKind as DirectSealKind {
        Mechanical "MECHANICAL",
        Electronic "ELECTRONIC",
    }
}

words! {
    /// How a seal is (domain 4.5).
    SealState as DirectSealState {
        /// On the container; nobody has read it at the other end.
        Applied "APPLIED",
        /// Read at the other end: this seal, and whole.
        Intact "INTACT",
        /// Read, and broken.
        Broken "BROKEN",
        /// Not there any more.
        Removed "REMOVED",
    }
}

words! {
    /// What does not agree.
    FindingKind as DirectFindingKind {
        /// A container of the form has not come.
        ContainerMissing "CONTAINER_MISSING",
        /// A container has come that the form does not name.
        ContainerUnknown "CONTAINER_UNKNOWN",
        /// The box itself is damaged.
        BoxDamaged "BOX_DAMAGED",
        /// The seal of the form is broken.
        SealBroken "SEAL_BROKEN",
        /// The seal of the form is gone, and none is in its place.
        SealRemoved "SEAL_REMOVED",
        /// Another number stands on the seal than on the form.
        SealMismatch "SEAL_MISMATCH",
        /// A seal that the form does not name.
        SealUnknown "SEAL_UNKNOWN",
    }
}

/// A seal that was put on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectSeal)]
pub struct Seal {
    /// Its number: capital letters, digits and hyphens.
    #[schema(example = "SZ0099123", max_length = 20, pattern = "^[0-9A-Z-]{4,20}$")]
    pub seal_no: String,
    /// Mechanical or electronic.
    pub kind: SealKind,
}

/// A container and the seals on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectSealedContainer)]
pub struct SealedContainer {
    /// Its number.
    #[schema(example = "COSU6017779", max_length = 11, pattern = r"^[A-Z]{4}\d{7}$")]
    pub container_no: String,
    /// One at least.
    #[schema(min_items = 1, max_items = 10)]
    pub seals: Vec<Seal>,
}

/// One seal as it was read at the other end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectSealRead)]
pub struct SealRead {
    /// The number that stands on it.
    #[schema(example = "SZ0099132", max_length = 20, pattern = "^[0-9A-Z-]{4,20}$")]
    pub seal_no: String,
    /// It is broken.
    pub is_broken: bool,
}

/// One container as it was found at the other end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectContainerRead)]
pub struct ContainerRead {
    /// Its number.
    #[schema(example = "COSU6017779", max_length = 11, pattern = r"^[A-Z]{4}\d{7}$")]
    pub container_no: String,
    /// The box is damaged.
    pub is_damaged: bool,
    /// The seals on it; none where all are gone.
    #[schema(max_items = 10)]
    pub seals: Vec<SealRead>,
}

/// Everything that one inspector read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectReading)]
pub struct Reading {
    /// All containers that are there.
    #[schema(min_items = 1, max_items = 999)]
    pub containers: Vec<ContainerRead>,
}

/// One thing that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectFinding)]
pub struct Finding {
    /// The container.
    #[schema(example = "COSU6017779", max_length = 11)]
    pub container_no: String,
    /// What is the matter with it.
    pub kind: FindingKind,
    /// The seal that the form names.
    #[schema(example = "SZ0099123", max_length = 20)]
    pub expected: Option<String>,
    /// The seal that was read.
    #[schema(example = "SZ0099132", max_length = 20)]
    pub read: Option<String>,
}

/// Most seals on one container.
const MOST_SEALS: usize = 10;
/// Most containers of one form (as of one declaration).
const MOST_CONTAINERS: usize = 999;

/// Everything wrong with the form of sealed containers, by pointers below `at`.
pub fn check_sealed(containers: &[SealedContainer], at: &str, wrong: &mut Violations) {
    must_be_some(containers.len(), at, wrong);
    for (place, container) in containers.iter().enumerate() {
        let here = format!("{at}/{place}");
        check_container_no(&container.container_no, &here, wrong);
        if containers[..place].iter().any(|one| one.container_no == container.container_no) {
            let (zh, en) = ("集装箱重复", "this container is named twice");
            wrong.error(format!("{here}/container_no"), "container-repeated", zh, en);
        }
        if !(1..=MOST_SEALS).contains(&container.seals.len()) {
            let (zh, en) = ("每箱应有1至10个封识", "a container has 1 to 10 seals");
            wrong.error(format!("{here}/seals"), "seals-malformed", zh, en);
        }
        check_seal_nos(container.seals.iter().map(|seal| &*seal.seal_no), &here, wrong);
    }
}

impl Reading {
    /// Two who read the same in another order read the same.
    pub fn sort(&mut self) {
        self.containers.sort_by(|one, other| one.container_no.cmp(&other.container_no));
        for container in &mut self.containers {
            container.seals.sort_by(|one, other| one.seal_no.cmp(&other.seal_no));
        }
    }

    /// Everything wrong with its form.
    pub fn check(&self, at: &str, wrong: &mut Violations) {
        let at = format!("{at}/containers");
        must_be_some(self.containers.len(), &at, wrong);
        for (place, container) in self.containers.iter().enumerate() {
            let here = format!("{at}/{place}");
            check_container_no(&container.container_no, &here, wrong);
            if self.containers[..place].iter().any(|one| one.container_no == container.container_no)
            {
                let (zh, en) = ("集装箱重复", "this container is named twice");
                wrong.error(format!("{here}/container_no"), "container-repeated", zh, en);
            }
            if container.seals.len() > MOST_SEALS {
                let (zh, en) = ("每箱最多10个封识", "at most 10 seals on a container");
                wrong.error(format!("{here}/seals"), "seals-malformed", zh, en);
            }
            check_seal_nos(container.seals.iter().map(|seal| &*seal.seal_no), &here, wrong);
        }
    }
}

fn must_be_some(count: usize, at: &str, wrong: &mut Violations) {
    if !(1..=MOST_CONTAINERS).contains(&count) {
        let (zh, en) = ("应有1至999个集装箱", "there are 1 to 999 containers");
        wrong.error(at, "containers-malformed", zh, en);
    }
}

fn check_container_no(number: &str, at: &str, wrong: &mut Violations) {
    let is_number = number.len() == 11
        && number.bytes().take(4).all(|byte| byte.is_ascii_uppercase())
        && number.bytes().skip(4).all(|byte| byte.is_ascii_digit());
    if !is_number {
        let (zh, en) = ("集装箱号为4个大写字母加7位数字", "four capitals and seven digits");
        wrong.error(format!("{at}/container_no"), "container-no-malformed", zh, en);
    }
}

fn check_seal_nos<'a>(numbers: impl Iterator<Item = &'a str>, at: &str, wrong: &mut Violations) {
    let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    let mut seen = Vec::new();
    for (place, number) in numbers.enumerate() {
        let here = format!("{at}/seals/{place}/seal_no");
        if !(4..=20).contains(&number.len()) || !number.bytes().all(is_sign) {
            let (zh, en) =
                ("封识号为4至20位大写字母、数字或连字符", "4 to 20 capitals, digits, hyphens");
            wrong.error(here, "seal-no-malformed", zh, en);
        } else if seen.contains(&number) {
            wrong.error(here, "seal-repeated", "封识号重复", "this seal is named twice");
        }
        seen.push(number);
    }
}

/// Where what was read does not agree with what was applied: nothing, and the check is passed (domain 4.5). The same
/// containers and seals in another order agree.
#[must_use]
pub fn compare(applied: &[SealedContainer], reading: &Reading) -> Vec<Finding> {
    let mut read: BTreeMap<&str, &ContainerRead> =
        reading.containers.iter().map(|one| (one.container_no.as_str(), one)).collect();
    let mut found = Vec::new();
    for container in applied {
        match read.remove(container.container_no.as_str()) {
            Some(read) => compare_seals(container, read, &mut found),
            None => found.push(finding(&container.container_no, FindingKind::ContainerMissing)),
        }
    }
    found.extend(read.keys().map(|number| finding(number, FindingKind::ContainerUnknown)));
    found
}

fn finding(container_no: &str, kind: FindingKind) -> Finding {
    Finding { container_no: container_no.to_owned(), kind, expected: None, read: None }
}

fn compare_seals(applied: &SealedContainer, read: &ContainerRead, found: &mut Vec<Finding>) {
    let number = &applied.container_no;
    if read.is_damaged {
        found.push(finding(number, FindingKind::BoxDamaged));
    }
    let has = |seal_no: &str| applied.seals.iter().any(|seal| seal.seal_no == seal_no);
    let (known, mut strange): (Vec<_>, Vec<_>) =
        read.seals.iter().partition(|seal| has(&seal.seal_no));
    strange.reverse();
    for seal in &applied.seals {
        let expected = Some(seal.seal_no.clone());
        match known.iter().find(|read| read.seal_no == seal.seal_no) {
            Some(read) if read.is_broken => found.push(Finding {
                expected,
                read: Some(read.seal_no.clone()),
                ..finding(number, FindingKind::SealBroken)
            }),
            Some(_) => {}
            // Another seal sits where this one should: the two belong together, typing error or not.
            None => found.push(match strange.pop() {
                Some(other) => Finding {
                    expected,
                    read: Some(other.seal_no.clone()),
                    ..finding(number, FindingKind::SealMismatch)
                },
                None => Finding { expected, ..finding(number, FindingKind::SealRemoved) },
            }),
        }
    }
    let unknown = strange.into_iter().rev().map(|other| Finding {
        read: Some(other.seal_no.clone()),
        ..finding(number, FindingKind::SealUnknown)
    });
    found.extend(unknown);
}

/// How each seal of the form is, in its order; all are applied as long as nobody has read them.
#[must_use]
pub fn states(applied: &[SealedContainer], reading: Option<&Reading>) -> Vec<Vec<SealState>> {
    let state = |container: &SealedContainer, seal: &Seal| {
        let Some(reading) = reading else { return SealState::Applied };
        let there =
            reading.containers.iter().find(|one| one.container_no == container.container_no);
        let read = there.and_then(|one| one.seals.iter().find(|one| one.seal_no == seal.seal_no));
        match read {
            Some(read) if read.is_broken => SealState::Broken,
            Some(_) => SealState::Intact,
            None => SealState::Removed,
        }
    };
    let of = |container: &SealedContainer| {
        container.seals.iter().map(|seal| state(container, seal)).collect()
    };
    applied.iter().map(of).collect()
}

#[cfg(test)]
mod tests;
