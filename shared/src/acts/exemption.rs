//! Exemption from the check at the port (免于口岸查验): what the rule looks at, gathered from the rooms that know it.
use chrono::NaiveDate;

use super::reading::People;
use crate::{
    credit::{
        event::ExemptionWithheld,
        exemption::{Facts, Hindrance},
    },
    declaration::{self, Content, DeclarationId},
    exchange::{Memorandum, MemorandumKind, service::partner},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
    swap,
};

/// Goods that come from an enterprise of another bureau, as they are declared at the port.
pub(super) struct Consignment<'a> {
    pub people: &'a People,
    pub content: &'a Content,
    pub facts: &'a declaration::facts::Facts,
    /// The bureau of the enterprise, and its number.
    pub bureau: &'a str,
    pub reg_no: &'a str,
}

/// Whether only the audit quota looks at goods.
pub(super) struct Exemption {
    hindrances: Vec<Hindrance>,
}

impl Exemption {
    /// One query: what is agreed with the bureau.
    pub(super) async fn of(
        tx: &mut Tx,
        books: &Books,
        consignment: &Consignment<'_>,
    ) -> Result<Self, Failure> {
        let today = tx.today();
        let memoranda = partner::memoranda_of(tx, consignment.bureau).await?;
        let is_in_force = |one: &&Memorandum| {
            one.kind == MemorandumKind::Exemption
                && one.valid_from <= today
                && one.valid_to.is_none_or(|end| today <= end)
        };
        let agreed: Vec<_> = memoranda.iter().filter(is_in_force).collect();
        let is_named = agreed.iter().any(|one| names(one, consignment.reg_no));
        let facts = Facts {
            is_agreed: !agreed.is_empty(),
            is_recommended: is_named
                || consignment.people.is_recommended(consignment.content, consignment.bureau),
            ..consignment.facts_of_goods(books, today)
        };
        Ok(Self { hindrances: facts.hindrances() })
    }

    pub(super) fn is_granted(&self) -> bool {
        self.hindrances.is_empty()
    }

    /// Tells why goods that their bureau recommended are checked all the same.
    pub(super) fn tell(&self, tx: &mut Tx, declaration: DeclarationId) -> anyhow::Result<()> {
        let is_wanted = !self.hindrances.contains(&Hindrance::NotRecommended);
        if is_wanted && !self.is_granted() {
            let withheld = ExemptionWithheld { declaration, hindrances: &self.hindrances };
            tx.record(&Actor::system(), &withheld)?;
        }
        Ok(())
    }
}

/// A memorandum may name the enterprises that it is about.
fn names(memorandum: &Memorandum, reg_no: &str) -> bool {
    let named = memorandum.terms["enterprises"].as_array();
    named.is_some_and(|named| named.iter().any(|one| one.as_str() == Some(reg_no)))
}

impl Consignment<'_> {
    fn facts_of_goods(&self, books: &Books, today: NaiveDate) -> Facts {
        let goods = &self.content.goods;
        let any = |is: &dyn Fn(&str) -> bool| {
            goods.iter().filter_map(|goods| goods.hs_code.as_deref()).any(is)
        };
        let destination = self.content.desp_ctry_code.as_deref();
        let origins = goods.iter().filter_map(|goods| goods.ori_ctry_code.as_deref());
        let countries: Vec<&str> = origins.chain(destination).collect();
        Facts {
            is_recommended: false,
            is_agreed: false,
            class: self.facts.credit_class,
            is_blocked: self.people.is_any_blocked(self.content),
            has_dangerous_goods: goods
                .iter()
                .any(|goods| goods.is_dangerous == Some(true) || goods.un_code.is_some()),
            has_live_animals: any(&swap::is_live),
            is_alerted: any(&|hs| {
                countries.iter().any(|at| !books.alerts(at, hs, today).is_empty())
            }),
            is_inspected_before_shipment: any(&|hs| {
                destination.is_some_and(|country| books.wants_port_certificate(country, hs, today))
            }),
        }
    }
}
