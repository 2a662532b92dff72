//! Fees: the tariff and its waivers.
use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::reference::{
    Books,
    book::papers::Direction,
    cell::{Token, choices},
    sheet::sheet,
};

choices! {
    /// What a rate is multiplied with.
    Basis {
        /// The value of the goods in yuan; the rate is per mille.
        Value "VALUE",
        /// Animals.
        Head "HEAD",
        /// Plants, pots, tubes, sheets.
        Piece "PIECE",
        /// Calls and journeys of a means of transport.
        Call "CALL",
        /// Holds of a vessel.
        Hold "HOLD",
        /// Tons of a vessel: gross, for waste water net.
        GrossTon "GROSS_TON",
        /// Twenty-foot equivalents.
        Teu "TEU",
        /// Tonnes of goods.
        Tonne "TONNE",
        /// Cubic metres.
        CubicMetre "CUBIC_METRE",
        /// Square metres.
        SquareMetre "SQUARE_METRE",
    }
}

sheet! {
    /// The fee tariff (收费标准, 发改价格[2003]2357号; domain 4.2 and R4).
    TariffItem "tariff" key [code] {
        /// `Q01`.
        code: Token,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// What the rate is multiplied with.
        basis: Basis,
        /// Per mille of a value; yuan for a unit of anything else.
        rate: Decimal,
        /// Least charge of this item in yuan. The minimum of a batch is a parameter of its own (domain R4).
        minimum: Option<Decimal>,
    }
}

sheet! {
    /// Times in which the fees of one direction are waived; both days included (domain R5).
    Waiver "waivers" key [code] {
        /// `EXIT`.
        code: Token,
        /// Whose fees are waived.
        direction: Direction,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
}

impl Books {
    /// An item of the fee tariff: `Q01`.
    #[must_use]
    pub fn tariff(&self, code: &str, on: NaiveDate) -> Option<&TariffItem> {
        self.tables.tariff.on(code, on)
    }

    /// Are all fees of outbound goods waived for declarations accepted on that day?
    #[must_use]
    pub fn exit_fee_waived(&self, on: NaiveDate) -> bool {
        self.waiver(Direction::Outbound, on).is_some()
    }

    /// The waiver that covers one direction on that day.
    #[must_use]
    pub fn waiver(&self, direction: Direction, on: NaiveDate) -> Option<&Waiver> {
        let mut rows = self.tables.waivers.iter();
        rows.find(|(_, valid, row)| row.direction == direction && valid.holds_on(on))
            .map(|(_, _, row)| row)
    }
}
