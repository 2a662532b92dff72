//! One line for each rule: what must be done to a good declaration so that exactly this rule speaks.
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::{
    declaration::{Direction, Kind, examples, parse::from_value},
    identity::{CreditClass, OrganisationId, OrganisationState, PartyFacts, eligibility},
    kernel::{OrganisationKind, Violation},
};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn enterprise() -> PartyFacts {
    PartyFacts {
        organisation: OrganisationId(uuid::Uuid::nil()),
        kind: OrganisationKind::Enterprise,
        state: OrganisationState::Active,
        credit_class: CreditClass::A,
        registered_on: day("2010-01-04"),
        eligibility: Some(eligibility::Status::Eligible),
        is_registered_a_year: true,
    }
}

fn own_goods() -> Parties {
    Parties {
        declaring_unit: Some(enterprise()),
        domestic: Some(enterprise()),
        has_power_of_attorney: false,
    }
}

fn read(document: &Value) -> Content {
    from_value(document).unwrap().content
}

fn review_on_the_day(document: &Value, parties: &Parties) -> Review {
    review(&read(document), &Books::seeded(), parties, day("2014-05-12"))
}

fn codes(findings: &Violations) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn print() {
    for example in [examples::self_declaration(), examples::wine()] {
        let r = review_on_the_day(&example, &own_goods());
        println!("{:#?}", r);
    }
}
