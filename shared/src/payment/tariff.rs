//! What the bureau charges on one day, and the items that are priced by the piece (domain 4.2, R4).
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    kernel::{Fen, money::round_half_up},
    reference::Books,
};

/// The charges in force on one day. Which day is the caller's choice: a fee is reckoned by the day of
/// acceptance (domain R5), and so are its waivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// Q01, quality inspection (品质检验), per yuan of value.
    pub quality: Decimal,
    /// Q02, animal and plant quarantine (动植物检疫), per yuan of value.
    pub quarantine: Decimal,
    /// Q03, the same for vegetable oil and growing media, per yuan of value.
    pub quarantine_low: Decimal,
    /// Q04, food hygiene (食品卫生检验), per yuan of value.
    pub hygiene: Decimal,
    /// The least that the inspection and quarantine of one batch costs.
    pub minimum: Fen,
    /// Above this sum a batch is charged at [`Tariff::above_cap`].
    pub cap: Fen,
    /// The part of the sum above [`Tariff::cap`] that is charged.
    pub above_cap: Decimal,
    /// What is left to pay for type-approved goods.
    pub type_approved: Decimal,
    /// What is left to pay for agricultural goods (HS chapters 01-24) that leave the country.
    pub agricultural_export: Decimal,
    /// No exit fees on this day (发改价格 notices of 2013 and 2015).
    pub is_exit_waived: bool,
    /// V01-V05, largest ships first; the last band has `over` 0.
    pub vessel_bands: Vec<VesselBand>,
    /// T01A and T01B, treatment of ships per gross ton.
    pub ship_treatment: TreatmentRates,
    /// T02A and T02B, treatment of containers per TEU.
    pub container_treatment: TreatmentRates,
    /// Days from the notice within which it is to be paid (国质检财[2003]: 20 days).
    pub payment_days: u64,
    /// The late fee (滞纳金) per day, per yuan unpaid.
    pub late_rate: Decimal,
}

/// One row of the vessel quarantine table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VesselBand {
    pub tariff_code: String,
    /// Ships of more gross tons than this.
    pub over: u32,
    pub fee: Fen,
}

/// The two ways of treatment have two prices, and only the general one of ships has a minimum (R4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreatmentRates {
    pub general: Decimal,
    pub general_minimum: Fen,
    pub fumigation: Decimal,
}

/// How something is treated against pests (检疫处理).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    General,
    Fumigation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ship {
    Cargo,
    Passenger,
}

/// Why less is charged than computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Waiver {
    /// The goods are of an approved type.
    TypeApproved,
    /// Agricultural goods that leave the country.
    ExportAgriculture,
    /// Exit fees were lifted on that day.
    ExitWaived,
}

/// One line of a fee notice: what it rests on, what that makes, and what is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeLine {
    /// `Q01`, `T02B`, `LATE` …
    pub tariff_code: String,
    /// Lines of one batch share its minimum and its discount; other services stand alone.
    pub batch: Option<u32>,
    /// What the rate is applied to: yuan, gross tons, TEU, calls, days.
    pub basis: Decimal,
    pub rate: Decimal,
    /// `basis x rate`, exact.
    pub computed: Decimal,
    /// Whole yuan.
    pub charged: Fen,
    pub waiver: Option<Waiver>,
}

/// A passenger ship pays half as much again as a cargo ship.
const PASSENGER_SHIP: Decimal = Decimal::from_parts(15, 0, 0, false, 1);

/// The vessel bands and where each begins.
const VESSEL_BANDS: [(&str, u32); 5] =
    [("V01", 10_000), ("V02", 5_000), ("V03", 1_000), ("V04", 100), ("V05", 0)];

impl Tariff {
    /// The charges in force on a day. What the tariff does not list on that day is free.
    #[must_use]
    pub fn on(books: &Books, day: NaiveDate) -> Self {
        let rate = |code| books.tariff(code, day).map_or(Decimal::ZERO, |item| item.rate);
        let per_mille = |code| rate(code) / Decimal::ONE_THOUSAND;
        let least = |code| {
            let item = books.tariff(code, day).and_then(|item| item.minimum);
            whole_yuan(item.unwrap_or_default())
        };
        let parameter = |key| books.number(key, day);
        let treatment = |general, fumigation| TreatmentRates {
            general: rate(general),
            general_minimum: least(general),
            fumigation: rate(fumigation),
        };
        Self {
            quality: per_mille("Q01"),
            quarantine: per_mille("Q02"),
            quarantine_low: per_mille("Q03"),
            hygiene: per_mille("Q04"),
            minimum: whole_yuan(parameter("fee.min")),
            cap: whole_yuan(parameter("fee.cap")),
            above_cap: parameter("fee.cap_discount"),
            type_approved: parameter("fee.type_approved_factor"),
            agricultural_export: parameter("fee.agricultural_export_factor"),
            is_exit_waived: books.exit_fee_waived(day),
            vessel_bands: VESSEL_BANDS
                .map(|(code, over)| VesselBand {
                    tariff_code: code.to_owned(),
                    over,
                    fee: whole_yuan(rate(code)),
                })
                .into(),
            ship_treatment: treatment("T01A", "T01B"),
            container_treatment: treatment("T02A", "T02B"),
            payment_days: u64::try_from(books.integer("fee.due_days", day)).unwrap_or_default(),
            late_rate: parameter("fee.late_rate"),
        }
    }

    /// Quarantine of a vessel by gross tonnage. Several round trips of one ship to one port on one day
    /// count as two calls at most.
    #[must_use]
    pub fn vessel(&self, gross_tons: u32, ship: Ship, calls: u32) -> Option<NoticeLine> {
        let band = self.vessel_bands.iter().find(|band| gross_tons > band.over)?;
        let factor = match ship {
            Ship::Cargo => Decimal::ONE,
            Ship::Passenger => PASSENGER_SHIP,
        };
        let rate = band.fee.in_yuan() * factor;
        service(&band.tariff_code, Decimal::from(calls.min(2)), rate, Fen(0))
    }

    /// Treatment of a ship by gross tonnage.
    #[must_use]
    pub fn treated_ship(&self, gross_tons: u32, treatment: Treatment) -> Option<NoticeLine> {
        treated(["T01A", "T01B"], gross_tons.into(), &self.ship_treatment, treatment)
    }

    /// Treatment of containers, given by their specification codes, by TEU.
    #[must_use]
    pub fn treated_containers(&self, codes: &[&str], treatment: Treatment) -> Option<NoticeLine> {
        let teu: u32 = codes.iter().map(|code| teu(code)).sum();
        treated(["T02A", "T02B"], teu.into(), &self.container_treatment, treatment)
    }
}

/// Twenty-foot equivalents of a container specification: 211-232 one, 111-132 two, others none (R4).
#[must_use]
pub fn teu(container_code: &str) -> u32 {
    match container_code.parse() {
        Ok(211..=232) => 1,
        Ok(111..=132) => 2,
        _ => 0,
    }
}

/// The late fee (滞纳金): calendar days from the due date to the day the debit was created, on what is
/// unpaid, rounded to the yuan, never above the unpaid amount (R4).
#[must_use]
pub fn late_fee(
    late_rate: Decimal,
    unpaid: Fen,
    due_on: NaiveDate,
    created_on: NaiveDate,
) -> Option<NoticeLine> {
    let days = Decimal::from((created_on - due_on).num_days().max(0));
    let rate = unpaid.in_yuan() * late_rate;
    let line = service("LATE", days, rate, Fen(0))?;
    Some(NoticeLine { charged: line.charged.min(unpaid), ..line })
}

fn treated(
    [general, fumigation]: [&str; 2],
    basis: Decimal,
    rates: &TreatmentRates,
    treatment: Treatment,
) -> Option<NoticeLine> {
    match treatment {
        Treatment::General => service(general, basis, rates.general, rates.general_minimum),
        Treatment::Fumigation => service(fumigation, basis, rates.fumigation, Fen(0)),
    }
}

/// A service other than inspection and quarantine: rounded by itself, with its own minimum (R4 rule 7).
fn service(tariff_code: &str, basis: Decimal, rate: Decimal, minimum: Fen) -> Option<NoticeLine> {
    let computed = (basis * rate).normalize();
    let charged = at_least(whole_yuan(computed), minimum);
    (charged > Fen(0)).then(|| NoticeLine {
        tariff_code: tariff_code.to_owned(),
        batch: None,
        basis,
        rate: rate.normalize(),
        computed,
        charged,
        waiver: None,
    })
}

/// Half a yuan counts as one (发改价格[2003]2357号 Art 4).
pub(super) fn whole_yuan(value: Decimal) -> Fen {
    // Declared values have 18 digits (domain 2.3) and rates are below 1: no fee comes near the limit.
    let yuan = i64::try_from(round_half_up(value, 0)).unwrap_or(i64::MAX / 100);
    Fen::yuan(yuan)
}

/// A minimum is the least for what costs anything at all; what is free stays free.
pub(super) fn at_least(fee: Fen, minimum: Fen) -> Fen {
    if fee > Fen(0) { fee.max(minimum) } else { fee }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::LazyLock;

    use super::*;

    static STATUTORY: LazyLock<Tariff> =
        LazyLock::new(|| Tariff::on(&Books::seeded(), "2014-05-12".parse().unwrap()));

    /// The tariff that is shipped, on a day when nothing was waived.
    pub(in crate::payment) fn statutory() -> Tariff {
        STATUTORY.clone()
    }

    fn yuan(line: Option<NoticeLine>) -> i64 {
        line.map_or(0, |line| line.charged.0 / 100)
    }

    #[test]
    fn a_vessel_pays_by_its_tonnage() {
        let tariff = statutory();
        let fee = |tons| yuan(tariff.vessel(tons, Ship::Cargo, 1));
        assert_eq!(fee(12_000), 330, "the vector of domain 4.2");
        assert_eq!([fee(10_001), fee(10_000), fee(5_001), fee(5_000)], [330, 260, 260, 170]);
        assert_eq!([fee(1_001), fee(1_000), fee(101), fee(100), fee(1)], [170, 100, 100, 60, 60]);
        assert_eq!(yuan(tariff.vessel(12_000, Ship::Passenger, 1)), 495);
    }

    #[test]
    fn many_round_trips_a_day_count_as_two_calls() {
        let tariff = statutory();
        assert_eq!(yuan(tariff.vessel(12_000, Ship::Cargo, 2)), 660);
        assert_eq!(yuan(tariff.vessel(12_000, Ship::Cargo, 7)), 660);
    }

    #[test]
    fn only_the_general_treatment_of_a_ship_has_a_minimum() {
        let tariff = statutory();
        assert_eq!(yuan(tariff.treated_ship(3_000, Treatment::General)), 200);
        assert_eq!(yuan(tariff.treated_ship(12_000, Treatment::General)), 600);
        assert_eq!(yuan(tariff.treated_ship(100, Treatment::Fumigation)), 60);
    }

    #[test]
    fn two_forty_foot_boxes_are_fumigated_for_160() {
        let tariff = statutory();
        assert_eq!(yuan(tariff.treated_containers(&["111", "111"], Treatment::Fumigation)), 160);
        assert_eq!(yuan(tariff.treated_containers(&["211"], Treatment::General)), 20);
        assert_eq!(tariff.treated_containers(&["201", "no code"], Treatment::General), None);
    }

    #[test]
    fn before_the_tariff_came_into_force_nothing_is_charged() {
        let before = Tariff::on(&Books::seeded(), "2004-03-31".parse().unwrap());
        assert_eq!(before.quality, Decimal::ZERO);
        assert_eq!(before.vessel(12_000, Ship::Cargo, 1), None);
    }

    #[test]
    fn exit_fees_are_waived_by_the_day() {
        let books = Books::seeded();
        let is_waived = |day: &str| Tariff::on(&books, day.parse().unwrap()).is_exit_waived;
        assert!(is_waived("2013-08-01") && is_waived("2013-12-31") && is_waived("2015-06-01"));
        assert!(!is_waived("2013-07-31") && !is_waived("2014-06-01"));
    }

    #[test]
    fn the_twenty_first_day_is_late() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let late = |unpaid, on: &str| {
            yuan(late_fee(statutory().late_rate, Fen::yuan(unpaid), day("2014-03-21"), day(on)))
        };
        assert_eq!(late(1_107, "2014-04-05"), 83, "15 days x 5 per mille = 83.025");
        assert_eq!(late(1_107, "2014-03-21"), 0);
        assert_eq!(late(1_107, "2014-03-22"), 6, "5.535");
        assert_eq!(late(1_107, "2014-03-01"), 0);
        assert_eq!(late(60, "2016-03-21"), 60, "never above what is unpaid");
    }
}
