//! Direct release (直通放行): which goods may go directly, and which never do (domain 4.5).
use chrono::NaiveDate;

use crate::reference::{
    Books,
    cell::{HsPrefix, Letters, choices},
    sheet::sheet,
};

choices! {
    /// Which of the two lists a row of the catalogue of direct release stands in.
    DirectList {
        /// Exports that may go directly (实施出口直通放行货物目录); others may not.
        ExportAllowed "EXPORT_ALLOWED",
        /// Imports that may not (不实施进口直通放行货物目录); others may.
        ImportExcluded "IMPORT_EXCLUDED",
    }
}

sheet! {
    /// Goods of direct release: those that may go out directly, and those that may not come in directly (domain 4.5).
    DirectItem "direct_catalogue" key [list hs_prefix] {
        /// Which list.
        list: DirectList,
        /// First digits of the HS code.
        hs_prefix: HsPrefix,
        /// Chinese name.
        name_zh: String,
        /// English name.
        name_en: Option<String>,
    }
}

sheet! {
    /// Destinations that want certificates of the port: such goods never go directly (domain 4.5).
    PortCertificate "direct_port_certificates" key [country hs_prefix] {
        /// Country of destination, ISO alpha-2.
        country: Letters<2>,
        /// First digits of the HS code; `*` for all goods.
        hs_prefix: HsPrefix,
        /// The agreement or the demand.
        name_zh: String,
    }
}

impl Books {
    /// Does that list name these goods? Any prefix of the HS code will do.
    #[must_use]
    pub fn is_listed(&self, list: DirectList, hs: &str, on: NaiveDate) -> bool {
        let table = &self.tables.direct_catalogue;
        prefixes(hs).any(|prefix| table.on(&format!("{}:{prefix}", list.name()), on).is_some())
    }

    /// Does that country want a certificate of the port for such goods?
    #[must_use]
    pub fn wants_port_certificate(&self, country: &str, hs: &str, on: NaiveDate) -> bool {
        let table = &self.tables.direct_port_certificates;
        prefixes(hs).any(|prefix| table.on(&format!("{country}:{prefix}"), on).is_some())
    }
}

fn prefixes(hs: &str) -> impl Iterator<Item = &str> {
    (1..=hs.len()).rev().filter_map(|length| hs.get(..length)).chain(["*"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_goods_by_any_of_their_first_digits() {
        let books = Books::seeded();
        let day = "2014-05-12".parse().unwrap();
        let listed = |list, hs| books.is_listed(list, hs, day);

        assert!(listed(DirectList::ExportAllowed, "9503002100"));
        assert!(!listed(DirectList::ExportAllowed, "2204210000"));
        assert!(listed(DirectList::ImportExcluded, "4707100000"));
        assert!(!listed(DirectList::ImportExcluded, "9503002100"));
    }

    #[test]
    fn a_destination_wants_port_certificates_from_a_day_on() {
        let csv = "country,hs_prefix,name_zh,valid_from\nDE,9503,双边协议,2014-06-01\n";
        let books = Books::seeded_with("direct_port_certificates", csv);
        let wants = |country: &str, day: &str| {
            books.wants_port_certificate(country, "9503002100", day.parse().unwrap())
        };

        assert!(!wants("DE", "2014-05-31"));
        assert!(wants("DE", "2014-06-01"));
        assert!(!wants("FR", "2014-06-01"));
    }
}
