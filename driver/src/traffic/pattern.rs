//! What is filed: the goods of the demo, again and again, by enterprises whose bank accounts behave differently.
use anyhow::ensure;
use chrono::NaiveDate;
use rand::{Rng as _, rngs::StdRng};
use serde_json::Value;

use crate::{
    bureaus::let_flow,
    demo::{Consignment, consignments, enterprises},
    world::{Enterprise, OFFICES, Settlement},
};

/// How the payers' accounts behave, and how many of a hundred declarations each files. One enterprise each.
const PAYERS: [(&str, u32); 8] = [
    ("ok", 50),
    ("ok", 18),
    ("twice", 10),
    ("callback-first", 10),
    ("unknown", 6),
    ("ok", 2),
    ("timeout", 2),
    ("refuse", 2),
];
/// Of a hundred declarations: goods outside the catalogue, then catalogue goods; the rest is always drawn.
const OUTSIDE: u32 = 70;
const CATALOGUE: u32 = 26;

/// Whence declarations are made.
pub(crate) struct Pattern {
    outside: Vec<Consignment>,
    catalogue: Vec<Consignment>,
    drawn: Vec<Consignment>,
    pub(crate) who: Vec<Enterprise>,
}

/// One declaration to be filed.
pub(crate) struct Made {
    pub(crate) reg_no: String,
    pub(crate) content: Value,
}

impl Pattern {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let usual: Vec<_> = consignments()?.into_iter().filter(Consignment::is_usual).collect();
        let some = |fits: &dyn Fn(&Consignment) -> bool| -> Vec<_> {
            usual.iter().filter(|one| fits(one)).cloned().collect()
        };
        let outside = some(&|one| one.automatic);
        let catalogue = some(&|one| one.is_catalogue() && !one.drawn);
        let drawn = some(&|one| one.is_catalogue() && one.drawn);
        ensure!(
            !outside.is_empty() && !catalogue.is_empty() && !drawn.is_empty(),
            "an empty table"
        );
        Ok(Self { outside, catalogue, drawn, who: payers() })
    }

    /// Nobody else has its reference, its bill or its D/O. The release office differs from the declaring one
    /// in half of them.
    pub(crate) fn make(&self, number: u64, today: NaiveDate, luck: &mut StdRng) -> Made {
        let rows = match luck.random_range(0..100) {
            part if part < OUTSIDE => &self.outside,
            part if part < OUTSIDE + CATALOGUE => &self.catalogue,
            _ => &self.drawn,
        };
        let row = &rows[luck.random_range(0..rows.len())];
        // The airport takes no part in declare-anywhere.
        let offices: Vec<_> = OFFICES.iter().filter(|one| one.code != "310400").collect();
        let other =
            luck.random_bool(0.5).then(|| offices[luck.random_range(0..offices.len())].code);
        let who = self.payer(luck.random_range(0..100));
        let consignment = row.as_another(&format!("{number}"), &who.reg_no, other);
        Made { reg_no: who.reg_no.clone(), content: consignment.declaration(1, today, &self.who) }
    }

    /// One that goes from filing to release by itself, over two offices, unless it is drawn.
    pub(crate) fn plain(&self, number: u64, today: NaiveDate) -> Made {
        let who = &self.who[0];
        let consignment = self.outside[0].as_another(&format!("{number}"), &who.reg_no, None);
        Made { reg_no: who.reg_no.clone(), content: consignment.declaration(1, today, &self.who) }
    }

    /// Goods that flow to another bureau: handed over to it, inspected there, and released at home.
    pub(crate) fn flowing(&self, number: u64, today: NaiveDate) -> Made {
        let mut made = self.plain(number, today);
        let_flow(&mut made.content);
        made
    }

    fn payer(&self, mut share: u32) -> &Enterprise {
        for (enterprise, (_, part)) in self.who.iter().zip(PAYERS) {
            if share < part {
                return enterprise;
            }
            share -= part;
        }
        &self.who[0]
    }
}

/// The first enterprise of the demo, eight times over.
fn payers() -> Vec<Enterprise> {
    let model = enterprises().swap_remove(0);
    let one = |(place, (behaviour, _)): (usize, (&'static str, u32))| Enterprise {
        reg_no: format!("31006112{place:02}"),
        agent: None,
        settlement: Some(Settlement::Behaving(behaviour)),
        ..model.clone()
    };
    PAYERS.into_iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    #[test]
    fn one_seed_makes_the_same_declarations_and_no_two_share_a_delivery_order() {
        let pattern = Pattern::new().unwrap();
        let today = "2014-05-12".parse().unwrap();
        let run = || -> Vec<Value> {
            let mut luck = StdRng::seed_from_u64(7);
            (0..200).map(|number| pattern.make(number, today, &mut luck).content).collect()
        };
        let first = run();
        assert_eq!(first, run());
        let mut orders: Vec<_> =
            first.iter().map(|one| one["delivery_order"].to_string()).collect();
        orders.sort();
        orders.dedup();
        assert_eq!(orders.len(), 200);
    }
}
