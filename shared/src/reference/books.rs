//! All books of one edition, in memory: typed, dated, never changed once built.
use std::collections::HashMap;

use super::{
    book::{
        catalogue, consignment, credit, direct, draw, fees, measures, papers, places, settings,
    },
    file,
    row::Row,
    sheet::{Layout, Line, Sheet as _},
    table::Table,
};

/// Declares the books: their tables, their layouts and their seed files.
macro_rules! library {
    ($($book:ident: $row:ty),* $(,)?) => {
        #[derive(Clone, Debug, Default)]
        pub(super) struct Tables {
            $(pub(super) $book: Table<$row>),*
        }

        impl Tables {
            /// Puts a row on its shelf. `None` if it is no row of that book.
            fn shelve(&mut self, row: &Row, line: &mut Line<'_>) -> Option<()> {
                match row.book {
                    $(stringify!($book) => {
                        let typed = <$row>::read(line)?;
                        self.$book.insert(row.key.clone(), row.validity, typed);
                    })*
                    _ => return None,
                }
                Some(())
            }
        }

        /// Every book there is, in the order of the documentation.
        pub static LAYOUTS: &[Layout] = &[$(<$row>::LAYOUT),*];

        /// The tables we ship, as CSV, by book.
        pub(super) static SEEDS: &[(&str, &str)] = &[$((
            stringify!($book),
            include_str!(concat!("../../reference/", stringify!($book), ".csv")),
        )),*];
    };
}

library! {
    offices: places::Office,
    inspection_office_map: places::InspectionOffice,
    countries: places::Country,
    ports: places::Port,
    districts: places::District,
    currencies: measures::Currency,
    exchange_rates: measures::ExchangeRate,
    units: measures::Unit,
    transport_modes: consignment::TransportMode,
    trade_modes: consignment::TradeMode,
    packages: consignment::Package,
    containers: consignment::Container,
    uses: consignment::Use,
    goods_attributes: consignment::GoodsAttribute,
    declaration_classes: papers::DeclarationClass,
    certificates: papers::Certificate,
    attachments: papers::Attachment,
    licence_types: papers::LicenceType,
    catalogue: catalogue::CatalogueItem,
    tariff: fees::TariffItem,
    waivers: fees::Waiver,
    credit_classes: draw::CreditClass,
    credit_items: credit::CreditItem,
    selection_factors: draw::SelectionFactor,
    packaging_factors: draw::PackagingFactor,
    alerts: draw::Alert,
    direct_catalogue: direct::DirectItem,
    direct_port_certificates: direct::PortCertificate,
    parameters: settings::Parameter,
    workday_overrides: settings::WorkdayOverride,
}

/// All books of one edition. Shared as `Arc<Books>`; a newer edition is a new value.
#[derive(Clone, Debug)]
pub struct Books {
    /// Which state of the tables this is; counts up with every import.
    pub edition: i64,
    pub(super) tables: Tables,
    /// Three-digit unit code to Rec 20 code.
    pub(super) unit_aliases: HashMap<String, String>,
    pub(super) alerts_by_country: HashMap<String, Vec<String>>,
    /// HS code to the keys of the lines that divide it by CIQ code.
    pub(super) divided_hs: HashMap<String, Vec<String>>,
}

impl Books {
    /// The tables we ship, without a database: for rules that are tested on their own.
    #[must_use]
    pub fn seeded() -> Self {
        Self::build(0, file::seed_rows()).expect("our own tables are sound; a test reads them all")
    }

    /// The tables we ship and more rows of one book, as CSV: for rules that speak only under an alert.
    #[cfg(test)]
    pub(crate) fn seeded_with(book: &str, csv: &str) -> Self {
        let layout = LAYOUTS.iter().find(|layout| layout.book == book).unwrap();
        let more = file::read(layout, csv.as_bytes(), Some(file::SEEDED_FROM)).unwrap();
        Self::build(0, &[file::seed_rows(), &more].concat()).unwrap()
    }

    /// Builds the books from rows. A parameter the rows do not know yet has the value we ship.
    pub(super) fn build(edition: i64, rows: &[Row]) -> anyhow::Result<Self> {
        let mut tables = Tables::default();
        for row in rows {
            shelve(&mut tables, row)?;
        }
        let is_missing =
            |row: &&Row| row.book == "parameters" && !tables.parameters.contains(&row.key);
        let missing: Vec<_> = file::seed_rows().iter().filter(is_missing).collect();
        for row in missing {
            shelve(&mut tables, row)?;
        }
        Ok(Self::index(edition, tables))
    }

    fn index(edition: i64, tables: Tables) -> Self {
        let mut books = Self {
            edition,
            tables,
            unit_aliases: HashMap::new(),
            alerts_by_country: HashMap::new(),
            divided_hs: HashMap::new(),
        };
        for (key, _, unit) in books.tables.units.iter() {
            for alias in &unit.ciq_codes.0 {
                books.unit_aliases.insert(alias.clone(), key.to_owned());
            }
        }
        for (key, _, alert) in books.tables.alerts.iter() {
            let keys = books.alerts_by_country.entry(alert.country.to_string()).or_default();
            if !keys.iter().any(|known| known == key) {
                keys.push(key.to_owned());
            }
        }
        for (key, _, item) in books.tables.catalogue.iter() {
            if item.ciq_code.is_some() {
                books.divided_hs.entry(item.hs_code.to_string()).or_default().push(key.to_owned());
            }
        }
        books
    }
}

fn shelve(tables: &mut Tables, row: &Row) -> anyhow::Result<()> {
    let mut line = Line::new(row.named_cells().collect());
    match tables.shelve(row, &mut line) {
        Some(()) => Ok(()),
        None => anyhow::bail!("{} {} cannot be read: {:?}", row.book, row.key, line.flaws),
    }
}
