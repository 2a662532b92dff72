//! What is particular about each batch of the year, by its number: office, value of the goods, and what its bank does.
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::cast;
use crate::world::Enterprise;

/// The front office at the Shipping Exchange, and two at ports.
pub(super) const OFFICES: [&str; 3] = ["310900", "310200", "310700"];
/// Where the goods of each office come in.
const PORTS: [&str; 3] = ["310201", "310201", "310701"];

/// What the goods are worth, in yuan. The fee is 1.5 per mille, in whole yuan and 60 at least (domain R4): nine of
/// twenty pay the least; the mean is 124.75 yuan, where the report has 6.32 million for 50,669 payments.
const VALUES: [u32; 20] = [
    8_000, 12_000, 15_000, 20_000, 22_000, 26_000, 31_000, 36_000, 39_900, 43_400, 48_000, 54_000,
    60_000, 65_400, 73_400, 84_000, 100_000, 140_000, 220_000, 415_200,
];

/// In what way the bank misbehaves: one in a hundred payments for each of the first three, once a month the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misdeed {
    Twice,
    CallbackFirst,
    Unknown,
    Timeout,
}

impl Misdeed {
    fn of(number: u64) -> Option<Self> {
        match number % 100 {
            13 => Some(Self::Twice),
            38 => Some(Self::CallbackFirst),
            63 => Some(Self::Unknown),
            _ if number % 4_200 == 88 => Some(Self::Timeout),
            _ => None,
        }
    }

    /// By its name at the sandbox bank.
    pub(super) const fn behaviour(self) -> &'static str {
        match self {
            Self::Twice => "twice",
            Self::CallbackFirst => "callback-first",
            Self::Unknown => "unknown",
            Self::Timeout => "timeout",
        }
    }

    /// The bank answers late, and only a question or its statement tells how it ended.
    pub(super) const fn leaves_unknown(self) -> bool {
        matches!(self, Self::Unknown | Self::Timeout)
    }
}

/// How a batch at a window is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tender {
    Cash,
    Pos,
    Cheque,
}

/// How a batch is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Online(Option<Misdeed>),
    Window(Tender),
}

/// One batch.
#[derive(Clone, Debug)]
pub(super) struct Order {
    number: u64,
    pub(super) way: Way,
    pub(super) payer: String,
    pub(super) office: &'static str,
    port: &'static str,
    value: u32,
}

fn pick<T: Copy>(from: &[T], number: u64) -> T {
    from[usize::try_from(number).unwrap_or(0) % from.len()]
}

/// Whose bank leaves payments unknown for a while.
pub(super) fn slow_payers() -> Vec<String> {
    [Misdeed::Unknown, Misdeed::Timeout].map(|misdeed| cast::online(0, Some(misdeed))).to_vec()
}

impl Order {
    pub(super) fn online(number: u64) -> Self {
        let misdeed = Misdeed::of(number);
        Self::of(number, Way::Online(misdeed), cast::online(number, misdeed))
    }

    /// Six of ten in cash, two by card, two by cheque.
    pub(super) fn window(number: u64) -> Self {
        let tender = match number % 10 {
            0..6 => Tender::Cash,
            6 | 7 => Tender::Pos,
            _ => Tender::Cheque,
        };
        Self::of(number, Way::Window(tender), cast::by_hand(number))
    }

    /// Seven has no factor in common with twenty: every value comes up as often.
    fn of(number: u64, way: Way, payer: String) -> Self {
        let (office, port) = (pick(&OFFICES, number), pick(&PORTS, number));
        Self { number, way, payer, office, port, value: pick(&VALUES, number * 7) }
    }

    /// `Y3-O17`: unique in a run of the replay.
    fn reference(&self, run: u64) -> String {
        let kind = if matches!(self.way, Way::Online(_)) { 'O' } else { 'W' };
        format!("Y{run}-{kind}{}", self.number)
    }

    /// The number of the terminal's slip, or of the cheque.
    pub(super) fn slip_no(&self) -> String {
        format!("{:07}", self.number)
    }

    /// The declaration, complete and in order.
    pub(super) fn document(&self, run: u64, today: NaiveDate, who: &Enterprise) -> Value {
        let reference = self.reference(run);
        let papers = ["101001", "101002", "101004", "101005", "101035"]
            .map(|code| json!({ "att_doc_type_code": code, "att_doc_no": format!("P-{code}") }));
        json!({
            "ent_decl_no": reference, "apl_kind": "I", "decl_code": "13", "decl_org": self.office,
            "release_org": self.office, "decl_date": today, "decl_reg_no": who.reg_no,
            "decl_reg_name": who.name_zh, "contactperson": "报检部", "cont_tel": "021-55550100",
            "consignee": { "code": who.reg_no, "cname": who.name_zh, "ename": who.name_en, "addr": who.address },
            "consignor": { "ename": "Yearbook Exporter", "addr": "Hamburg" },
            "contract_no": format!("HT-{reference}"), "trade_mode_code": "11", "trade_country_code": "DE",
            "desp_ctry_code": "DE", "desp_port_code": "DEU000", "enty_port_code": self.port, "dest_code": "310115",
            "desp_date": today - TimeDelta::days(25), "gds_arvl_date": today + TimeDelta::days(1),
            "trans_mode_code": "1", "convynce_name": "ORIENTAL PEARL", "trans_mean_no": "0514E",
            "bill_lad_no": format!("COSU-{reference}"), "delivery_order": reference, "goods_place": "港区堆场",
            "mark_no": "N/M", "wood_packaging": { "has_wood": false, "statement": "101025" },
            "containers": [{ "cntnr_mode_code": "211", "cont_no": "MSKU7012349", "lcl_flag": false }],
            "goods": [self.goods()],
            "attachments": papers,
        })
    }

    fn goods(&self) -> Value {
        json!({
            "goods_no": 1, "hs_code": "8509400000", "cname": "食品搅拌器", "ename": "Food mixers",
            "model": "FM-3", "brand": "YEARBOOK", "ori_ctry_code": "DE", "qty": "240", "qty_meas_unit": "001",
            "weight": "720", "wt_meas_unit": "035", "currency": "CNY",
            "goods_total_val": format!("{}.00", self.value), "purpose": "99", "goods_attr": ["11"],
            "licences": [{ "lic_type_code": "411", "licence_no": "2012010713000411" }],
            "packages": [{ "pack_code": "4G", "pack_qty": "240", "is_main": true }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_fee_is_the_reports() {
        // 1.5 per mille, rounded half up to whole yuan, 60 at least.
        let fee = |value: u32| ((value * 15 + 5_000) / 10_000).max(60);
        let sum: u32 = VALUES.iter().map(|value| fee(*value)).sum();

        assert_eq!(sum, 2_495);
    }

    #[test]
    fn every_value_comes_up_as_often() {
        let mut values: Vec<_> = (0..20).map(|number| Order::online(number).value).collect();
        values.sort_unstable();

        assert_eq!(values, VALUES);
    }

    #[test]
    fn three_in_a_hundred_payments_meet_a_misbehaving_bank() {
        let misdeeds = (0..50_669).filter(|number| Misdeed::of(*number).is_some()).count();

        assert!((1_520..1_540).contains(&misdeeds), "{misdeeds}");
    }
}
