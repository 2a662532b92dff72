//! What is particular about each batch of the year, by its number: office, value of the goods, and what its bank does.
use chrono::NaiveDate;
use serde_json::Value;

use super::cast;
use crate::{
    imports::{Places, declaration, mixers},
    world::Enterprise,
};

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
        let (reference, value) = (self.reference(run), format!("{}.00", self.value));
        let (decl_org, port) = (self.office, self.port);
        let places = Places { reference: &reference, decl_org, release_org: decl_org, port };
        declaration(who, today, &mixers("CNY", &value), &places)
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
