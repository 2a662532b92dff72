//! What a review looks at: the content, the tables of its day, the parties, and today.
use chrono::NaiveDate;

use crate::{
    declaration::{
        Content, Direction, Kind,
        content::{Day, Goods, MOST_LINES, Need, Party},
        holder::bureau_of,
    },
    identity::{CreditClass, OrganisationState, PartyFacts},
    reference::{Alert, Books, CatalogueItem, DistrictCode, OfficeCode, Package},
};

/// What identity knows of those whose declaration it is, on the day of declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// Who declares (`decl_reg_no`).
    pub declaring_unit: Option<PartyFacts>,
    /// The domestic party: consignee inbound, consignor outbound. `None`: not registered.
    pub domestic: Option<PartyFacts>,
    /// Other bureaus that take cases over (memoranda in force on the day of filing); empty unless goods flow there.
    pub takers: Vec<String>,
    /// Classes of the others who count: producers, and parties that only their own bureau knows (invariant 23).
    pub other_classes: Vec<CreditClass>,
    /// The domestic party gave the declaring unit a power of attorney that holds on that day.
    pub has_power_of_attorney: bool,
}

impl Parties {
    /// The one class that counts: the lowest of declaring unit, domestic party and producers. Foreign and unknown parties are ignored, unrated ones are B
    /// (domain R14).
    #[must_use]
    pub fn lowest_class(&self) -> CreditClass {
        let known = [&self.declaring_unit, &self.domestic];
        let known = known.into_iter().flatten().map(|party| party.credit_class);
        // Classes are ordered best first.
        known.chain(self.other_classes.iter().copied()).max().unwrap_or(CreditClass::B)
    }

    pub(super) fn active_domestic(&self) -> Option<&PartyFacts> {
        self.domestic.as_ref().filter(|party| party.state == OrganisationState::Active)
    }
}

/// One review's subject.
pub(in crate::declaration) struct Case<'a> {
    pub(in crate::declaration) content: &'a Content,
    pub(in crate::declaration) books: &'a Books,
    pub(in crate::declaration) parties: &'a Parties,
    pub(in crate::declaration) today: NaiveDate,
    /// The day whose tables apply: `decl_date`, today while none can be read.
    pub(in crate::declaration) on: NaiveDate,
    pub(in crate::declaration) direction: Direction,
    pub(in crate::declaration) kind: Kind,
    /// What the catalogue says of each line.
    items: Vec<Option<&'a CatalogueItem>>,
    alerts: Vec<(usize, &'a Alert)>,
}

/// One goods line of a case.
#[derive(Clone, Copy)]
pub(in crate::declaration) struct Line<'a> {
    pub(in crate::declaration) index: usize,
    pub(in crate::declaration) goods: &'a Goods,
    pub(in crate::declaration) item: Option<&'a CatalogueItem>,
}

impl<'a> Case<'a> {
    pub(in crate::declaration) fn new(
        content: &'a Content,
        books: &'a Books,
        parties: &'a Parties,
        today: NaiveDate,
    ) -> Self {
        let on = content.decl_date.as_ref().and_then(Day::value).unwrap_or(today);
        let look_up = |goods: &Goods| {
            books.catalogue(goods.hs_code.as_deref()?, goods.ciq_code.as_deref(), on)
        };
        let items = content.goods.iter().take(MOST_LINES).map(look_up).collect();
        let direction = content.direction();
        let kind = Kind::Catalogue;
        let mut case =
            Self { content, books, parties, today, on, direction, kind, items, alerts: Vec::new() };
        if case.is_inbound() {
            if case.lines().all(|line| !line.is_supervised(direction)) {
                case.kind = Kind::OutsideCatalogue;
            }
            case.alerts = case.find_alerts();
        }
        case
    }

    pub(in crate::declaration) fn is_inbound(&self) -> bool {
        self.direction == Direction::Inbound
    }

    pub(super) fn is_of_catalogue(&self) -> bool {
        self.kind == Kind::Catalogue
    }

    /// Which members must be there (domain R1, 2.2).
    pub(super) fn need(&self) -> Need {
        match (self.direction, self.kind) {
            (Direction::Outbound, _) => Need::OUTBOUND_FORM,
            (Direction::Inbound, Kind::Catalogue) => Need::INBOUND_FORM,
            (Direction::Inbound, Kind::OutsideCatalogue) => Need::SELF_DECLARED,
        }
    }

    pub(in crate::declaration) fn lines(&self) -> impl Iterator<Item = Line<'a>> + Clone + '_ {
        let goods = self.content.goods.iter().zip(&self.items).enumerate();
        goods.map(|(index, (goods, item))| Line { index, goods, item: *item })
    }

    /// Alerts on the lines' goods from their origin or the country of dispatch (domain R14), in order of lines.
    pub(in crate::declaration) fn alerts(
        &self,
    ) -> impl Iterator<Item = (Line<'a>, &'a Alert)> + '_ {
        self.alerts.iter().map(|(index, alert)| {
            let (goods, item) = (&self.content.goods[*index], self.items[*index]);
            (Line { index: *index, goods, item }, *alert)
        })
    }

    fn find_alerts(&self) -> Vec<(usize, &'a Alert)> {
        let dispatch = self.content.desp_ctry_code.as_deref();
        let of_line = |line: Line<'a>| {
            let origin = line.goods.ori_ctry_code.as_deref();
            let others = dispatch.filter(|country| Some(*country) != origin);
            let countries = origin.into_iter().chain(others);
            let alerts = countries.flat_map(move |at| self.books.alerts(at, line.hs(), self.on));
            alerts.map(move |alert| (line.index, alert))
        };
        self.lines().flat_map(of_line).collect()
    }

    /// The packages of all lines, as far as the table knows them.
    pub(in crate::declaration) fn packages(&self) -> impl Iterator<Item = &'a Package> + '_ {
        let packages = self.lines().flat_map(|line| line.goods.packages.iter());
        packages.filter_map(|package| self.books.package(package.pack_code.as_deref()?, self.on))
    }

    /// Consignee inbound, consignor outbound: the party that is registered here.
    pub(in crate::declaration) fn domestic_party(&self) -> Option<&'a Party> {
        self.content.domestic_party()
    }

    /// The port of another direct bureau through which goods leave that are inspected here (class 24).
    pub(in crate::declaration) fn exit_port_elsewhere(&self) -> Option<&'a str> {
        let port = self.content.enty_port_code.as_deref()?;
        let is_elsewhere = port.get(..2) != self.content.declaring_office().get(..2);
        (self.content.class() == "24" && is_elsewhere).then_some(port)
    }

    /// Flow to a destination of another direct bureau (domain R8).
    pub(in crate::declaration) fn flows_outside(&self) -> bool {
        self.content.flows_outside()
    }

    /// Where goods flow to another bureau: its office at the destination, if it takes cases over.
    pub(in crate::declaration) fn taker(&self) -> Option<&'a OfficeCode> {
        if !self.flows_outside() {
            return None;
        }
        let district = DistrictCode::parse(self.content.dest_code.as_deref()?)?;
        let office = self.books.inspection_office_for_district(&district, self.on)?;
        self.parties.takers.contains(&bureau_of(office.as_str())).then_some(office)
    }
}

impl<'a> Line<'a> {
    pub(in crate::declaration) fn hs(&self) -> &'a str {
        self.goods.hs_code.as_deref().unwrap_or_default()
    }

    /// Its number; its place while it has none.
    pub(in crate::declaration) fn number(&self) -> i32 {
        let place = || u16::try_from(self.index + 1).unwrap_or(u16::MAX);
        self.goods.goods_no.unwrap_or_else(place).into()
    }

    pub(in crate::declaration) fn categories(&self, direction: Direction) -> &'a [char] {
        match (self.item, direction) {
            (None, _) => &[],
            (Some(item), Direction::Inbound) => &item.categories.inbound,
            (Some(item), Direction::Outbound) => &item.categories.outbound,
        }
    }

    pub(in crate::declaration) fn is_supervised(&self, direction: Direction) -> bool {
        self.item.is_some_and(|item| match direction {
            Direction::Inbound => item.supervision.is_inbound(),
            Direction::Outbound => item.supervision.is_outbound(),
        })
    }

    pub(in crate::declaration) fn is_dangerous(&self) -> bool {
        self.goods.is_dangerous == Some(true) || self.goods.un_code.is_some()
    }
}
