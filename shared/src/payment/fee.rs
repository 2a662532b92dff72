//! What the inspection and quarantine of a declaration costs (domain R4). Pure and exact: decimal all the
//! way, rounded once for each batch.
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::tariff::{NoticeLine, Tariff, Waiver, at_least, whole_yuan};
pub use crate::declaration::Direction;
use crate::kernel::Fen;

/// What the fee of a declaration rests on.
#[derive(Clone, Debug)]
pub struct Consignment<'a> {
    pub direction: Direction,
    pub lines: Vec<Line<'a>>,
    /// Exactly one container makes all lines one batch.
    pub containers: usize,
    /// Goods outside the catalogue, `Decl_Code` 25, port checks of direct release: no Q fee (R5).
    pub is_outside_catalogue: bool,
    /// Covered products of an approved type.
    pub is_type_approved: bool,
}

/// One line of goods.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    pub hs10: &'a str,
    pub name_zh: &'a str,
    pub origin: &'a str,
    /// Inspection category letters, `P.R/Q.S` or those of one direction; others are ignored.
    pub categories: &'a str,
    /// In yuan.
    pub value: Decimal,
    /// Use code (用途).
    pub purpose: &'a str,
}

/// What is to be paid, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assessment {
    pub lines: Vec<NoticeLine>,
    pub total: Fen,
}

/// Adds up the batches of a declaration and its other services (R4 rule 7).
#[must_use]
pub fn assess(
    tariff: &Tariff,
    consignment: &Consignment<'_>,
    services: Vec<NoticeLine>,
) -> Assessment {
    let mut lines = Vec::new();
    if !consignment.is_outside_catalogue {
        for (number, batch) in (1..).zip(batches(consignment).into_values()) {
            lines.extend(charge(tariff, consignment, number, &batch));
        }
    }
    lines.extend(services.into_iter().map(|line| waive_exit(tariff, consignment.direction, line)));
    let total = lines.iter().map(|line| line.charged).sum();
    Assessment { lines, total }
}

/// Several goods in a single container are one batch (发改价格[2003]2357号 Art 6); otherwise goods of one
/// code, name and origin are.
fn batches<'a>(
    consignment: &'a Consignment<'a>,
) -> BTreeMap<(&'a str, &'a str, &'a str), Vec<&'a Line<'a>>> {
    let mut batches: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for line in &consignment.lines {
        let key = match consignment.containers {
            1 => ("", "", ""),
            _ => (line.hs10, line.name_zh.trim(), line.origin),
        };
        batches.entry(key).or_default().push(line);
    }
    batches
}

/// What a batch costs under one tariff code.
#[derive(Default)]
struct Item {
    basis: Decimal,
    rate: Decimal,
    /// After reliefs, before the discount above the cap.
    sum: Decimal,
    waiver: Option<Waiver>,
}

fn charge(
    tariff: &Tariff,
    consignment: &Consignment<'_>,
    batch: u32,
    lines: &[&Line<'_>],
) -> Vec<NoticeLine> {
    let mut items: BTreeMap<&'static str, Item> = BTreeMap::new();
    for line in lines {
        let (factor, waiver) = relief(tariff, consignment, line);
        for (code, rate) in rates(tariff, consignment.direction, line) {
            let item = items.entry(code).or_default();
            item.basis += line.value;
            item.rate = rate;
            item.sum += line.value * rate * factor;
            item.waiver = item.waiver.or(waiver);
        }
    }
    items.retain(|_, item| item.basis > Decimal::ZERO);
    let fee = batch_fee(tariff, items.values().map(|item| item.sum).sum());
    let shares = shares(fee, &items.values().map(|item| item.sum).collect::<Vec<_>>());
    let line = |((code, item), charged): ((&str, &Item), Fen)| NoticeLine {
        tariff_code: code.to_owned(),
        batch: Some(batch),
        basis: item.basis.normalize(),
        rate: item.rate,
        computed: (item.basis * item.rate).normalize(),
        charged,
        waiver: item.waiver,
    };
    let lines = items.iter().map(|(code, item)| (*code, item)).zip(shares).map(line);
    lines.map(|line| waive_exit(tariff, consignment.direction, line)).collect()
}

/// The sum of a batch, less the discount above the cap, rounded, and never below the minimum (R4 rules 4-6).
fn batch_fee(tariff: &Tariff, sum: Decimal) -> Fen {
    let cap = tariff.cap.in_yuan();
    let due = if sum > cap { cap + tariff.above_cap * (sum - cap) } else { sum };
    at_least(whole_yuan(due), tariff.minimum)
}

/// Which services the categories of a line call for. L, V and W cost nothing (R4 rule 2).
fn rates(tariff: &Tariff, direction: Direction, line: &Line<'_>) -> Vec<(&'static str, Decimal)> {
    let [quality, quarantine, hygiene] = match direction {
        Direction::Inbound => ['M', 'P', 'R'],
        Direction::Outbound => ['N', 'Q', 'S'],
    };
    let mut rates = Vec::with_capacity(3);
    if line.categories.contains(quality) {
        rates.push(("Q01", tariff.quality));
    }
    if line.categories.contains(quarantine) {
        rates.push(if is_oil_or_growing_media(line) {
            ("Q03", tariff.quarantine_low)
        } else {
            ("Q02", tariff.quarantine)
        });
    }
    if line.categories.contains(hygiene) {
        rates.push(("Q04", tariff.hygiene));
    }
    rates
}

fn is_oil_or_growing_media(line: &Line<'_>) -> bool {
    let heading = line.hs10.get(..4).unwrap_or_default();
    ("1507"..="1515").contains(&heading) || line.purpose == "22"
}

fn relief(
    tariff: &Tariff,
    consignment: &Consignment<'_>,
    line: &Line<'_>,
) -> (Decimal, Option<Waiver>) {
    let mut factor = Decimal::ONE;
    let mut waiver = None;
    let is_agricultural = ("01".."25").contains(&line.hs10.get(..2).unwrap_or_default());
    if consignment.direction == Direction::Outbound
        && is_agricultural
        && tariff.agricultural_export != Decimal::ONE
    {
        factor *= tariff.agricultural_export;
        waiver = Some(Waiver::ExportAgriculture);
    }
    if consignment.is_type_approved {
        factor *= tariff.type_approved;
        waiver = Some(Waiver::TypeApproved);
    }
    (factor, waiver)
}

fn waive_exit(tariff: &Tariff, direction: Direction, line: NoticeLine) -> NoticeLine {
    if direction == Direction::Outbound && tariff.is_exit_waived {
        NoticeLine { charged: Fen(0), waiver: Some(Waiver::ExitWaived), ..line }
    } else {
        line
    }
}

/// Divides the fee of a batch among its items in whole yuan, so that the lines add up to the total:
/// largest remainders first.
fn shares(fee: Fen, sums: &[Decimal]) -> Vec<Fen> {
    let whole: Decimal = sums.iter().sum();
    if whole.is_zero() {
        return vec![Fen(0); sums.len()];
    }
    let exact: Vec<Decimal> = sums.iter().map(|sum| fee.in_yuan() * (sum / whole)).collect();
    let mut shares: Vec<Fen> = exact.iter().map(|part| whole_yuan(part.floor())).collect();
    let mut by_remainder: Vec<usize> = (0..sums.len()).collect();
    by_remainder.sort_by_key(|&i| std::cmp::Reverse(exact[i].fract()));
    let missing = (fee.0 - shares.iter().copied().sum::<Fen>().0) / 100;
    for &i in by_remainder.iter().take(usize::try_from(missing).unwrap_or(0)) {
        shares[i] = shares[i] + Fen::yuan(1);
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::payment::tariff::{Treatment, tests::statutory};

    fn line<'a>(hs10: &'a str, categories: &'a str, value: i64) -> Line<'a> {
        let value = Decimal::from(value);
        Line { hs10, name_zh: "货物", origin: "FRA", categories, value, purpose: "99" }
    }

    fn inbound(lines: Vec<Line<'_>>) -> Consignment<'_> {
        Consignment {
            direction: Direction::Inbound,
            lines,
            containers: 1,
            is_outside_catalogue: false,
            is_type_approved: false,
        }
    }

    fn yuan(consignment: &Consignment<'_>) -> i64 {
        assess(&statutory(), consignment, vec![]).total.0 / 100
    }

    fn one(categories: &str, value: i64) -> i64 {
        yuan(&inbound(vec![line("8408209010", categories, value)]))
    }

    #[test]
    fn the_vectors_of_the_tariff_hold() {
        assert_eq!(one("M", 30_000), 60, "45 is below the minimum");
        assert_eq!(one("M", 738_000), 1_107);
        assert_eq!(one("R", 403_200), 484, "483.84");
        assert_eq!(yuan(&inbound(vec![line("1507900000", "P", 2_000_000)])), 1_340);
        assert_eq!(one("M.P", 500_000), 1_350);
        assert_eq!(one("M", 10_000_000), 13_000);
    }

    #[test]
    fn the_vectors_of_the_ruling_hold() {
        assert_eq!(one("M", 43_000), 65, "64.5 rounds up");
        assert_eq!(one("M.P", 20_000), 60, "54: one minimum for the whole batch");
        assert_eq!(one("M.P", 30_000), 81);
        assert_eq!(one("M.P", 3_400_000), 8_344, "9,180: the part above 5,000 at 80 %");
    }

    #[test]
    fn two_codes_in_two_containers_are_two_batches() {
        let lines = vec![line("8408209010", "M", 20_000), line("8409919990", "M", 20_000)];
        let apart = Consignment { containers: 2, ..inbound(lines.clone()) };
        assert_eq!(yuan(&apart), 120);
        assert_eq!(yuan(&inbound(lines)), 60, "in one container they are one batch");
    }

    #[test]
    fn goods_of_one_code_name_and_origin_are_one_batch_in_many_containers() {
        let first = line("8408209010", "M", 20_000);
        let padded = Line { name_zh: " 货物 ", ..first.clone() };
        let elsewhere = Line { origin: "DEU", ..first.clone() };
        let same = Consignment { containers: 3, ..inbound(vec![first.clone(), padded]) };
        let other = Consignment { containers: 3, ..inbound(vec![first, elsewhere]) };
        assert_eq!(yuan(&same), 60);
        assert_eq!(yuan(&other), 120);
    }

    #[test]
    fn letters_of_the_other_direction_cost_nothing() {
        assert_eq!(one("M.P/N.Q.S", 500_000), 1_350);
        assert_eq!(one("N.Q.S", 500_000), 0);
        assert_eq!(one("L.V/W", 500_000), 0, "nor do verification and special goods");
    }

    #[test]
    fn growing_media_are_quarantined_at_the_low_rate() {
        let goods = Line { purpose: "22", ..line("2703000010", "P", 1_000_000) };
        assert_eq!(yuan(&inbound(vec![goods])), 670);
    }

    #[test]
    fn goods_outside_the_catalogue_pay_only_for_services() {
        let fumigated = statutory().treated_containers(&["111", "111"], Treatment::Fumigation);
        let goods = inbound(vec![line("7318159090", "M", 500_000)]);
        let outside = Consignment { is_outside_catalogue: true, ..goods };

        let fee = assess(&statutory(), &outside, fumigated.into_iter().collect());

        assert_eq!(fee.total, Fen::yuan(160));
        assert_eq!(assess(&statutory(), &outside, vec![]), Assessment::default());
    }

    #[test]
    fn an_approved_type_pays_three_tenths_less() {
        let approved = Consignment {
            is_type_approved: true,
            ..inbound(vec![line("8408209010", "M", 738_000)])
        };

        let fee = assess(&statutory(), &approved, vec![]);

        assert_eq!(fee.total, Fen::yuan(775), "1,107 x 0.7 = 774.9");
        assert_eq!(fee.lines[0].waiver, Some(Waiver::TypeApproved));
        assert_eq!(fee.lines[0].computed, Decimal::from(1_107));
    }

    #[test]
    fn exit_fees_are_waived_on_the_days_of_the_notice_and_entry_fees_are_not() {
        let waiving = Tariff { is_exit_waived: true, ..statutory() };
        let entry = inbound(vec![line("8408209010", "M/N", 738_000)]);
        let exit = Consignment { direction: Direction::Outbound, ..entry.clone() };

        let waived = assess(&waiving, &exit, vec![]);

        assert_eq!(waived.total, Fen(0));
        assert_eq!(waived.lines[0].waiver, Some(Waiver::ExitWaived));
        assert_eq!(assess(&statutory(), &exit, vec![]).total, Fen::yuan(1_107));
        assert_eq!(assess(&waiving, &entry, vec![]).total, Fen::yuan(1_107));
    }

    #[test]
    fn agricultural_exports_pay_the_part_that_is_configured() {
        let tariff = Tariff { agricultural_export: Decimal::new(5, 1), ..statutory() };
        let exit = |hs| Consignment {
            direction: Direction::Outbound,
            ..inbound(vec![line(hs, "Q", 500_000)])
        };
        assert_eq!(assess(&tariff, &exit("0702000000"), vec![]).total, Fen::yuan(300));
        assert_eq!(assess(&tariff, &exit("4407119010"), vec![]).total, Fen::yuan(600));
        assert_eq!(assess(&statutory(), &exit("0702000000"), vec![]).total, Fen::yuan(600));
    }

    fn some_lines() -> impl Strategy<Value = Vec<(u8, u8, i64)>> {
        prop::collection::vec((0..4_u8, 0..16_u8, 0..5_000_000_i64), 1..20)
    }

    fn consignment(parts: &[(u8, u8, i64)], containers: usize) -> Consignment<'static> {
        const CODES: [&str; 4] = ["8408209010", "1507900000", "2204210000", "0201100000"];
        const LETTERS: [&str; 16] = [
            "", "M", "P", "M.P", "R", "M.R", "P.R", "M.P.R", "L", "L.M", "V", "M/N", "P/Q",
            "P.R/Q.S", "N", "Q.S",
        ];
        let line = |&(hs, letters, value): &(u8, u8, i64)| {
            line(CODES[hs as usize], LETTERS[letters as usize], value)
        };
        Consignment { containers, ..inbound(parts.iter().map(line).collect()) }
    }

    proptest! {
        /// Integer yuan, at least the minimum for what is charged at all, never above the tariff
        /// (invariant 15), and the lines add up.
        #[test]
        fn a_fee_is_whole_yuan_and_within_the_tariff(parts in some_lines(), containers in 0..4_usize) {
            let fee = assess(&statutory(), &consignment(&parts, containers), vec![]);
            let mut batches: BTreeMap<Option<u32>, (Fen, Decimal)> = BTreeMap::new();
            for line in &fee.lines {
                prop_assert_eq!(line.charged.0 % 100, 0);
                let batch = batches.entry(line.batch).or_default();
                *batch = (batch.0 + line.charged, batch.1 + line.computed);
            }
            for (charged, computed) in batches.into_values() {
                prop_assert!(charged == Fen(0) || charged >= Fen::yuan(60));
                prop_assert!(charged <= whole_yuan(computed).max(Fen::yuan(60)));
            }
            prop_assert_eq!(fee.lines.iter().map(|line| line.charged).sum::<Fen>(), fee.total);
        }

        /// The order in which goods are listed changes nothing.
        #[test]
        fn a_fee_is_free_of_order(parts in some_lines(), containers in 0..4_usize) {
            let reversed: Vec<_> = parts.iter().rev().copied().collect();
            prop_assert_eq!(
                assess(&statutory(), &consignment(&parts, containers), vec![]),
                assess(&statutory(), &consignment(&reversed, containers), vec![])
            );
        }

        /// Dearer goods never cost less.
        #[test]
        fn a_fee_grows_with_the_value(parts in some_lines(), which in any::<prop::sample::Index>(), more in 0..9_000_000_i64) {
            let mut dearer = parts.clone();
            which.get_mut(&mut dearer).2 += more;
            prop_assert!(yuan(&consignment(&parts, 2)) <= yuan(&consignment(&dearer, 2)));
        }

        /// Above the cap a batch pays four fifths of what is above it.
        #[test]
        fn a_large_batch_pays_four_fifths_above_the_cap(sum in 5_000_i64..1_000_000_000) {
            let fee = batch_fee(&statutory(), Decimal::from(sum)).in_yuan();
            prop_assert_eq!(fee, crate::kernel::money::round_half_up(Decimal::from(5 * 5_000 + 4 * (sum - 5_000)) / Decimal::from(5), 0));
        }
    }
}
