//! The draw (抽批): which consignments are inspected, decided by arithmetic that anyone with the day's key can
//! repeat (domain R3). Pure; integers and exact decimals only, never a float.
use hmac::{Hmac, KeyInit as _, Mac as _};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::keys::DrawKey;
use crate::kernel::money::round_half_up;

const MILLION: i32 = 1_000_000;

/// How often, in parts per million: 0 (never) to 1,000,000 (always).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Rate(i32);

impl Rate {
    pub const NEVER: Self = Self(0);
    pub const ALWAYS: Self = Self(MILLION);
    /// What is drawn all the same where the rate is nought (parameter `audit.quota`, 0.5 %).
    pub const AUDIT: Self = Self(5_000);

    /// Parts per million, held between never and always.
    #[must_use]
    pub fn of_ppm(ppm: i32) -> Self {
        Self(ppm.clamp(0, MILLION))
    }

    /// `round_half_up(10^6 x clamp(share, 0, 1))`.
    #[must_use]
    pub fn of_share(share: Decimal) -> Self {
        let share = share.clamp(Decimal::ZERO, Decimal::ONE);
        let ppm = round_half_up(share * Decimal::from(MILLION), 0);
        Self(ppm.to_i32().unwrap_or(MILLION))
    }

    #[must_use]
    pub const fn ppm(self) -> i32 {
        self.0
    }

    /// `floor(rate x 2^64 / 10^6)`: the first draw that is not selected.
    fn threshold(self) -> u128 {
        (u128::from(self.0.unsigned_abs()) << 64) / u128::from(MILLION.unsigned_abs())
    }
}

/// What a draw is for. The prefix keeps draws of one number apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = SelectionPurpose)]
pub enum Purpose {
    /// Inspection of a declaration, by `decl_no`.
    #[default]
    Select,
    /// The second look at what has rate nought, by `decl_no`.
    Audit,
    /// Port check of a transferred certificate, by the port's `decl_no`.
    Swap,
    /// Port check of direct-release goods, by `clearance_no` + `@` + port office.
    Direct,
}

impl Purpose {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Select => "select:",
            Self::Audit => "audit:",
            Self::Swap => "swap:",
            Self::Direct => "direct:",
        }
    }
}

/// A number between 0 and 2^64, fixed by the key and the subject and by nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Draw(u64);

impl Draw {
    /// The first eight bytes, big-endian, of HMAC-SHA256(key, prefix + subject).
    #[must_use]
    pub fn of(key: &DrawKey, purpose: Purpose, subject: &str) -> Self {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.secret()).expect("HMAC takes keys of any length");
        mac.update(purpose.prefix().as_bytes());
        mac.update(subject.as_bytes());
        let code = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&code[..8]);
        Self(u64::from_be_bytes(first))
    }

    /// Whether a consignment drawn so is inspected at this rate.
    #[must_use]
    pub fn selects_at(self, rate: Rate) -> bool {
        u128::from(self.0) < rate.threshold()
    }

    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(u64::from_be_bytes(bytes.try_into().ok()?)))
    }
}

/// Sixteen hexadecimal digits, as the ruling writes its vectors.
impl std::fmt::Display for Draw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// One factor of the rate, and what it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SelectionFactor)]
pub struct Factor {
    /// At most six decimals, so that the product of four is exact.
    #[schema(value_type = String, example = "0.30", max_length = 20, pattern = r"^\d{1,6}(\.\d{1,6})?$")]
    pub value: Decimal,
    /// The goods line that decided, where a line did.
    #[schema(minimum = 1, maximum = 999)]
    pub goods_no: Option<i32>,
    /// Row of the table it was read from: HS prefix, credit class, alert, packaging.
    #[schema(example = "15-22", max_length = 64)]
    pub code: String,
}

impl Factor {
    #[must_use]
    pub fn new(value: Decimal, code: impl Into<String>) -> Self {
        Self { value, goods_no: None, code: code.into() }
    }

    #[must_use]
    pub fn on_line(self, goods_no: i32) -> Self {
        Self { goods_no: Some(goods_no), ..self }
    }

    /// Of several lines the largest factor counts; of equal ones the first.
    #[must_use]
    pub fn largest(factors: impl IntoIterator<Item = Self>) -> Option<Self> {
        factors.into_iter().reduce(|most, next| if next.value > most.value { next } else { most })
    }
}

/// Why a consignment is always inspected, and nobody may take it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = SelectionCause)]
pub enum Cause {
    /// First row of the factor table: live animals, plants for planting, explosives, waste, dangerous goods.
    MandatoryGoods,
    /// The effective credit class is D.
    ClassD,
    /// An alert of level 1 or 2 is in force.
    Alert,
    /// Wood packaging without mark or treatment, or without statement 024 to 026.
    WoodPackaging,
    /// Outbound goods that leave through the port of another bureau: inspected where they are made.
    LeavesElsewhere,
}

/// A cause, and what it was seen on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SelectionMandate)]
pub struct Mandate {
    /// Which of the rules it is.
    pub cause: Cause,
    /// The goods line, where it is a line.
    #[schema(minimum = 1, maximum = 999)]
    pub goods_no: Option<i32>,
    /// HS prefix, alert code, attribute or packaging code.
    #[schema(example = "3605", max_length = 64)]
    pub code: String,
}

/// Everything a selection is made of. Stored as it was, and enough to make it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SelectionInputs)]
pub struct Inputs {
    /// What is drawn for.
    #[serde(default)]
    pub purpose: Purpose,
    /// By HS code; the longest prefix wins.
    pub base: Factor,
    /// By the lowest credit class of the parties.
    pub credit: Factor,
    /// By origin, doubled under an alert of level 3 or 4.
    pub origin: Factor,
    /// By packaging material.
    pub packaging: Factor,
    /// Set: inspected whatever the draw says.
    pub mandatory: Option<Mandate>,
    /// An earlier declaration of the same D/O was selected and ended without a result.
    pub is_inherited: bool,
    /// The rate of the second draw, should the first have rate nought.
    #[schema(value_type = i32, example = 5000, minimum = 0, maximum = 1_000_000)]
    pub audit: Rate,
}

impl Inputs {
    /// base x credit x origin x packaging; what is mandatory has rate 1.
    #[must_use]
    pub fn rate(&self) -> Rate {
        if self.mandatory.is_some() {
            return Rate::ALWAYS;
        }
        let factors = [&self.base, &self.credit, &self.origin, &self.packaging];
        let product = factors
            .into_iter()
            .try_fold(Decimal::ONE, |product, factor| product.checked_mul(factor.value));
        // A product too large for a decimal is a certainty.
        product.map_or(Rate::ALWAYS, Rate::of_share)
    }
}

/// What decided. The order of the ruling: mandatory before inherited before the draw.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = SelectionReason)]
pub enum Reason {
    Drawn,
    NotDrawn,
    Mandatory,
    Audit,
    Inherited,
}

impl Reason {
    /// The name on the wire and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drawn => "DRAWN",
            Self::NotDrawn => "NOT_DRAWN",
            Self::Mandatory => "MANDATORY",
            Self::Audit => "AUDIT",
            Self::Inherited => "INHERITED",
        }
    }
}

/// The outcome for one declaration, with all that is needed to repeat it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    pub rate: Rate,
    pub inputs: Inputs,
    pub draw: Draw,
    /// Drawn only where the rate is nought.
    pub audit_draw: Option<Draw>,
    pub key_id: String,
    pub reason: Reason,
}

impl Selection {
    #[must_use]
    pub fn is_selected(&self) -> bool {
        self.reason != Reason::NotDrawn
    }

    #[must_use]
    pub fn is_mandatory(&self) -> bool {
        self.reason == Reason::Mandatory
    }
}

/// Decides for one accepted declaration. The same key, number and inputs always decide the same.
#[must_use]
pub fn select(key: &DrawKey, decl_no: &str, inputs: Inputs) -> Selection {
    let rate = inputs.rate();
    let draw = Draw::of(key, inputs.purpose, decl_no);
    let audit_draw = (rate == Rate::NEVER).then(|| Draw::of(key, Purpose::Audit, decl_no));
    let reason = if inputs.mandatory.is_some() {
        Reason::Mandatory
    } else if inputs.is_inherited {
        Reason::Inherited
    } else if draw.selects_at(rate) {
        Reason::Drawn
    } else if audit_draw.is_some_and(|draw| draw.selects_at(inputs.audit)) {
        Reason::Audit
    } else {
        Reason::NotDrawn
    };
    Selection { rate, inputs, draw, audit_draw, key_id: key.id().to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inspection::DrawKeys;

    fn fixture() -> DrawKey {
        let keys = DrawKeys::parse("2004-04-01 fixture anyport-fixture-1667").unwrap();
        keys.of_day("2014-05-12".parse().unwrap()).unwrap().clone()
    }

    fn inputs(base: &str, credit: &str, origin: &str, packaging: &str) -> Inputs {
        let factor = |value: &str| Factor::new(value.parse().unwrap(), "test");
        Inputs {
            purpose: Purpose::Select,
            base: factor(base),
            credit: factor(credit),
            origin: factor(origin),
            packaging: factor(packaging),
            mandatory: None,
            is_inherited: false,
            audit: Rate::AUDIT,
        }
    }

    fn mandate() -> Mandate {
        Mandate { cause: Cause::ClassD, goods_no: None, code: "D".into() }
    }

    #[test]
    fn the_screws_of_s1_are_not_drawn() {
        let selection = select(&fixture(), "310900114000123", inputs("0.03", "0.5", "1.0", "1.2"));

        assert_eq!(selection.draw.to_string(), "6b683c94d9b1b59c");
        assert_eq!(selection.rate.ppm(), 18_000);
        assert_eq!(selection.reason, Reason::NotDrawn);
        assert_eq!(selection.audit_draw, None, "a rate above nought needs no second draw");
        assert_eq!(selection.key_id, "fixture");
    }

    #[test]
    fn the_wine_of_s2_is_drawn() {
        let selection = select(&fixture(), "310900114000124", inputs("0.30", "0.5", "1.0", "1.0"));

        assert_eq!(selection.draw.to_string(), "14615b065293e3d1");
        assert_eq!(selection.rate.ppm(), 150_000);
        assert_eq!(selection.reason, Reason::Drawn);
        assert!(selection.is_selected() && !selection.is_mandatory());
    }

    #[test]
    fn half_a_millionth_rounds_up_and_the_product_is_held_between_nought_and_one() {
        assert_eq!(inputs("0.000001", "0.5", "1", "1").rate().ppm(), 1);
        assert_eq!(inputs("0.000001", "0.499999", "1", "1").rate().ppm(), 0);
        assert_eq!(inputs("0.30", "3", "2.0", "1.5").rate(), Rate::ALWAYS);
        assert_eq!(inputs("-1", "1", "1", "1").rate(), Rate::NEVER);
        let vast = "79228162514264337593543950335";
        assert_eq!(inputs(vast, vast, "1", "1").rate(), Rate::ALWAYS);
    }

    #[test]
    fn what_is_mandatory_has_rate_one_whatever_its_factors() {
        let certain = Inputs { mandatory: Some(mandate()), ..inputs("0.01", "0", "1", "1") };
        let selection = select(&fixture(), "310900114000123", certain);

        assert_eq!(selection.rate, Rate::ALWAYS);
        assert_eq!(selection.reason, Reason::Mandatory);
        assert!(selection.is_mandatory());
    }

    #[test]
    fn mandatory_comes_before_inherited_and_inherited_before_the_draw() {
        let inherited = Inputs { is_inherited: true, ..inputs("0.30", "0.5", "1.0", "1.0") };
        let both = Inputs { mandatory: Some(mandate()), ..inherited.clone() };

        assert_eq!(select(&fixture(), "310900114000124", both).reason, Reason::Mandatory);
        assert_eq!(select(&fixture(), "310900114000124", inherited).reason, Reason::Inherited);
    }

    #[test]
    fn draws_of_one_number_for_different_purposes_differ() {
        let draw = |purpose| Draw::of(&fixture(), purpose, "310900114000123");
        let all = [Purpose::Select, Purpose::Audit, Purpose::Swap, Purpose::Direct].map(draw);

        for (i, one) in all.iter().enumerate() {
            assert!(!all[i + 1..].contains(one));
        }
    }

    #[test]
    fn of_several_lines_the_largest_factor_counts() {
        let line = |value: &str, no| Factor::new(value.parse().unwrap(), "x").on_line(no);
        let most = Factor::largest([line("0.03", 1), line("0.30", 2), line("0.30", 3)]).unwrap();

        assert_eq!(most.goods_no, Some(2));
    }

    #[test]
    fn about_one_in_two_hundred_of_rate_nought_is_drawn_by_the_audit() {
        let key = fixture();
        let reasons: Vec<Reason> = (1..=20_000)
            .map(|n| {
                select(&key, &format!("310900114{n:06}"), inputs("0.30", "0", "1", "1")).reason
            })
            .collect();
        let audited = reasons.iter().filter(|&&reason| reason == Reason::Audit).count();

        assert!(reasons.iter().all(|reason| matches!(reason, Reason::Audit | Reason::NotDrawn)));
        assert!((60..=140).contains(&audited), "{audited} of 20,000 at 0.5 %");
    }

    #[test]
    fn the_inputs_survive_the_table_they_are_kept_in() {
        let kept = Inputs { mandatory: Some(mandate()), ..inputs("0.30", "0.5", "1.0", "1.20") };
        let json = serde_json::to_value(&kept).unwrap();

        assert_eq!(json["packaging"]["value"], "1.20");
        assert_eq!(serde_json::from_value::<Inputs>(json).unwrap(), kept);
    }

    proptest! {
        /// A higher rate never lets go what a lower rate drew.
        #[test]
        fn a_draw_is_monotone_in_the_rate(draw in any::<u64>(), a in 0..=MILLION, b in 0..=MILLION) {
            let (low, high) = (Rate::of_ppm(a.min(b)), Rate::of_ppm(a.max(b)));
            prop_assert!(!Draw(draw).selects_at(low) || Draw(draw).selects_at(high));
        }

        #[test]
        fn rate_one_always_draws_and_rate_nought_never(draw in any::<u64>()) {
            prop_assert!(Draw(draw).selects_at(Rate::ALWAYS));
            prop_assert!(!Draw(draw).selects_at(Rate::NEVER));
        }

        /// The comparison in integers is the comparison of exact fractions, floor included.
        #[test]
        fn the_threshold_is_exact(draw in any::<u64>(), ppm in 0..=MILLION) {
            // draw < floor(ppm * 2^64 / 10^6)  <=>  (draw + 1) * 10^6 <= ppm * 2^64
            let by_products = (u128::from(draw) + 1) * 1_000_000
                <= u128::from(ppm.unsigned_abs()) << 64;
            prop_assert_eq!(Draw(draw).selects_at(Rate::of_ppm(ppm)), by_products);
        }

        /// Who is drawn first, last or twice makes no difference.
        #[test]
        fn a_selection_does_not_depend_on_the_others(
            serials in prop::collection::vec(1..999_999_u32, 1..20), ppm in 0..=MILLION,
        ) {
            let key = fixture();
            let given = inputs(&Decimal::new(ppm.into(), 6).to_string(), "1", "1", "1");
            let one = |serial: &u32| select(&key, &format!("310900114{serial:06}"), given.clone());
            let forwards: Vec<Selection> = serials.iter().map(one).collect();
            let mut backwards: Vec<Selection> = serials.iter().rev().map(one).collect();
            backwards.reverse();
            prop_assert_eq!(forwards, backwards);
        }

        /// The same product in whole numbers gives the same rate: no digit is lost on the way.
        #[test]
        fn the_product_of_four_factors_is_exact(
            base in 0..=1_000_000_i64, credit in 0..=3_000_000_i64,
            origin in 0..=2_000_000_i64, packaging in 0..=1_500_000_i64,
        ) {
            let text = |micros: i64| Decimal::new(micros, 6).to_string();
            let rate = inputs(&text(base), &text(credit), &text(origin), &text(packaging)).rate();
            let product = [base, credit, origin, packaging].map(i128::from).iter().product::<i128>();
            let unit = 10_i128.pow(18);
            let ppm = ((product + unit / 2) / unit).min(1_000_000);
            prop_assert_eq!(i128::from(rate.ppm()), ppm);
        }
    }
}
