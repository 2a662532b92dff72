//! What is said of a consignment in codes: transport, trade, packages, containers, use, attributes.
use chrono::NaiveDate;

use crate::reference::{
    Books,
    cell::{Digits, Token, choices},
    sheet::sheet,
};

choices! {
    /// What a package is made of, as far as pests are concerned (domain R3).
    Material {
        /// Nothing of plant origin that would matter, or not said.
        None "NONE",
        /// Plywood, reconstituted wood: no pest survives its making.
        ProcessedWood "PROCESSED_WOOD",
        /// Straw, bamboo, rattan.
        StrawBamboo "STRAW_BAMBOO",
        /// Natural wood: needs treatment and a mark (ISPM 15).
        Wood "WOOD",
    }

    /// Whose list a package code comes from.
    PackageScheme {
        /// UN Recommendations on dangerous goods: `4G`.
        Un "UN",
        /// UN/ECE Recommendation 21: `CT`.
        Rec21 "REC21",
        /// `99xx`, for what neither list tells apart.
        Own "OWN",
    }
}

sheet! {
    /// Transport modes (运输方式, domain 2.6).
    TransportMode "transport_modes" key [code] {
        /// One digit.
        code: Digits<1>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// UN/ECE Recommendation 19.
        rec19: Option<Digits<1>>,
        /// What customs call it: not the same digits.
        customs_code: Option<Token>,
    }
}

sheet! {
    /// Trade modes (贸易方式, domain 2.5).
    TradeMode "trade_modes" key [code] {
        /// Two digits.
        code: Digits<2>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// The nearest four-digit code of customs (监管方式).
        customs_code: Option<Digits<4>>,
    }
}

sheet! {
    /// Packages (包装种类, domain 2.8b): UN codes, UN/ECE Recommendation 21, and a few of our own.
    Package "packages" key [code] {
        /// `4C1`, `CT`, `9993`.
        code: Token,
        /// Whose list it comes from.
        scheme: PackageScheme,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// What it is made of.
        material: Material,
    }
}

sheet! {
    /// Container specifications (集装箱规格, domain 2.8c).
    Container "containers" key [code] {
        /// Three digits.
        code: Digits<3>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// Length in feet, for sea containers.
        feet: Option<u16>,
        /// Twenty-foot equivalents a fee is counted in (domain R4).
        teu: u16,
    }
}

sheet! {
    /// What goods are for (用途, domain 2.7).
    Use "uses" key [code] {
        /// Two digits.
        code: Digits<2>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
}

sheet! {
    /// Attributes of goods (货物属性, domain 2.8).
    GoodsAttribute "goods_attributes" key [code] {
        /// Two digits.
        code: Digits<2>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
}

impl Books {
    #[must_use]
    pub fn transport_mode(&self, code: &str, on: NaiveDate) -> Option<&TransportMode> {
        self.tables.transport_modes.on(code, on)
    }

    #[must_use]
    pub fn trade_mode(&self, code: &str, on: NaiveDate) -> Option<&TradeMode> {
        self.tables.trade_modes.on(code, on)
    }

    #[must_use]
    pub fn package(&self, code: &str, on: NaiveDate) -> Option<&Package> {
        self.tables.packages.on(code, on)
    }

    /// By specification: `211`.
    #[must_use]
    pub fn container(&self, spec: &str, on: NaiveDate) -> Option<&Container> {
        self.tables.containers.on(spec, on)
    }

    #[must_use]
    pub fn use_code(&self, code: &str, on: NaiveDate) -> Option<&Use> {
        self.tables.uses.on(code, on)
    }

    #[must_use]
    pub fn goods_attribute(&self, code: &str, on: NaiveDate) -> Option<&GoodsAttribute> {
        self.tables.goods_attributes.on(code, on)
    }
}
