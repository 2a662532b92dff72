//! Where: offices and which of them inspects, countries, ports, districts.
use chrono::NaiveDate;

use crate::reference::{
    Books,
    cell::{Digits, Form, Letters, Token, choices},
    code::{DistrictCode, OfficeCode, PortCode},
    sheet::{Line, sheet},
};

choices! {
    /// Who takes a case over that is offered to an office (domain R9).
    HandoffPolicy {
        /// The worker accepts for it.
        Automatic "AUTOMATIC",
        /// An officer decides.
        Manual "MANUAL",
    }

    /// Whether a line of the inspection-office map speaks of ports or of destinations.
    PlaceKind {
        /// A port of entry.
        Port "PORT",
        /// A district of destination.
        Destination "DEST",
    }
}

sheet! {
    /// Offices of the inspection and quarantine bureaus (机构代码, domain R8).
    Office "offices" key [code] {
        /// Six digits: direct bureau, branch, sub-office.
        code: OfficeCode,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// The direct bureau (直属局) it belongs to; its own code if it is one.
        direct_bureau: OfficeCode,
        /// May enterprises declare and release anywhere here (通报通放)?
        participating: bool,
        /// Who takes over a case that is offered to it.
        handoff_policy: HandoffPolicy,
        /// The true code is not known to us; this one was chosen.
        synthetic: bool,
    }
}

sheet! {
    /// Which office inspects goods that enter at a port or go to a district (domain R8). The longest place wins.
    InspectionOffice "inspection_office_map" key [kind place] {
        /// Port of entry or destination.
        kind: PlaceKind,
        /// A port or district code, or the first digits of several.
        place: Token,
        /// The inspecting office.
        office: OfficeCode,
    }
    check place_is_a_prefix
}

fn place_is_a_prefix(row: &InspectionOffice, line: &mut Line<'_>) {
    if row.place.len() > 6 {
        let form =
            Form::new("口岸或区划代码,或其前几位", "a port or district code, or its first digits");
        line.flaw("place", "value-malformed", form);
    }
}

sheet! {
    /// Countries and regions (ISO 3166-1, GB/T 2659).
    Country "countries" key [code] {
        /// ISO alpha-2: the code we store.
        code: Letters<2>,
        /// ISO alpha-3.
        alpha3: Letters<3>,
        /// ISO numeric.
        numeric: Digits<3>,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
    }
}

sheet! {
    /// Ports of entry and ports abroad. `XXX000` stands for a port of that country which is not listed.
    Port "ports" key [code] {
        /// Six digits at home; ISO alpha-3 and three digits abroad.
        code: PortCode,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: String,
        /// ISO alpha-2.
        country: Letters<2>,
    }
}

sheet! {
    /// Administrative divisions of China (GB/T 2260): destinations of inbound goods.
    District "districts" key [code] {
        /// Six digits: province, prefecture, county.
        code: DistrictCode,
        /// Chinese name.
        name_zh: String,
        /// English name, where we know one.
        name_en: Option<String>,
    }
}

impl Books {
    #[must_use]
    pub fn office(&self, code: &str, on: NaiveDate) -> Option<&Office> {
        self.tables.offices.on(code, on)
    }

    /// Every office of that day, by code.
    #[must_use]
    pub fn offices(&self, on: NaiveDate) -> Vec<&Office> {
        let rows = self.tables.offices.iter();
        let mut offices: Vec<_> =
            rows.filter(|(_, valid, _)| valid.holds_on(on)).map(|(_, _, office)| office).collect();
        offices.sort_by(|a, b| a.code.cmp(&b.code));
        offices
    }

    /// The office that inspects what enters at `port` (domain R8).
    #[must_use]
    pub fn inspection_office_for_port(
        &self,
        port: &PortCode,
        on: NaiveDate,
    ) -> Option<&OfficeCode> {
        self.inspection_office(PlaceKind::Port, port.as_str(), on)
    }

    /// The office that inspects what goes to `district` (domain R8).
    #[must_use]
    pub fn inspection_office_for_district(
        &self,
        district: &DistrictCode,
        on: NaiveDate,
    ) -> Option<&OfficeCode> {
        self.inspection_office(PlaceKind::Destination, district.as_str(), on)
    }

    fn inspection_office(
        &self,
        kind: PlaceKind,
        place: &str,
        on: NaiveDate,
    ) -> Option<&OfficeCode> {
        let prefixes =
            (1..=place.len()).rev().map(|length| format!("{}:{}", kind.name(), &place[..length]));
        let rows = prefixes.filter_map(|key| self.tables.inspection_office_map.on(&key, on));
        rows.map(|row| &row.office).next()
    }

    /// By ISO alpha-2.
    #[must_use]
    pub fn country(&self, alpha2: &str, on: NaiveDate) -> Option<&Country> {
        self.tables.countries.on(alpha2, on)
    }

    #[must_use]
    pub fn port(&self, code: &str, on: NaiveDate) -> Option<&Port> {
        self.tables.ports.on(code, on)
    }

    #[must_use]
    pub fn district(&self, code: &str, on: NaiveDate) -> Option<&District> {
        self.tables.districts.on(code, on)
    }
}
