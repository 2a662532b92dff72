//! What everybody looks up: codes, rates, factors and parameters, each valid from one day to another.
//!
//! *Dramatis personae*: a `Row` belongs to a book and holds for a time ([`Validity`]); the `Layout` of a book says
//! which columns it has. [`Books`] is one edition of all of them in memory, typed and dated; the [`Shelf`] holds the
//! current edition and looks for a newer one. An administrator changes a book by importing a CSV file: `file` reads
//! it, `timeline` says what it changes, `service` does it.
//!
//! A lookup takes the day it is about: a case filed in 2014 is judged by the tables of 2014.
pub mod book;
mod books;
mod cell;
pub mod code;
pub mod event;
pub mod file;
mod row;
pub mod rules;
mod service;
mod sheet;
mod shelf;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod timeline;

pub use book::{
    catalogue::{CatalogueItem, Categories, Supervision},
    consignment::{
        Container, GoodsAttribute, Material, Package, PackageScheme, TradeMode, TransportMode, Use,
    },
    credit::{CreditItem, WorstClass},
    direct::{DirectItem, DirectList, PortCertificate},
    draw::{Alert, Base, CreditClass, GoodsGroup, Packaging, SelectionFactor},
    fees::{Basis, TariffItem, Waiver},
    measures::{Currency, ExchangeRate, Unit, UnitKind},
    papers::{Attachment, Certificate, DeclarationClass, Direction, InspectedAt, LicenceType},
    places::{Country, District, HandoffPolicy, InspectionOffice, Office, PlaceKind, Port},
};
pub use books::{Books, LAYOUTS};
pub use cell::{Digits, Form, HsPrefix, Letters, Token, Words};
pub use code::{DistrictCode, OfficeCode, PortCode};
pub use row::{Row, layout_of};
pub use service::{Filter, Listed, Upload, compare, import, list, seed};
pub use sheet::{Column, Layout};
pub use shelf::Shelf;
pub use table::Validity;
pub use timeline::{Change, Counts, Diff, Extent};
