//! Reading a stored version back, and the parties it speaks of.
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::{
    clearance::Line,
    declaration::{
        self, Content, Declaration, DeclarationId, Direction,
        content::Given,
        parse,
        rules::{self, Parties, Review},
    },
    exchange::{MemorandumKind, records, service::partner},
    identity::{self, Known, Privilege},
    kernel::{Failure, OrganisationKind},
    reference::Books,
};

/// The content of the current version, with the release office that was chosen last.
pub(super) async fn current_content(
    conn: &mut PgConnection,
    declaration: &Declaration,
) -> Result<Content, Failure> {
    let mut contents = current_contents(conn, [declaration]).await?;
    contents.remove(&declaration.id).ok_or(Failure::Missing("version"))
}

/// The same of many, in one query.
pub(super) async fn current_contents(
    conn: &mut PgConnection,
    declarations: impl IntoIterator<Item = &Declaration>,
) -> Result<HashMap<DeclarationId, Content>, Failure> {
    let chosen: HashMap<_, _> =
        declarations.into_iter().map(|one| (one.id, &one.release_org)).collect();
    let ids: Vec<_> = chosen.keys().copied().collect();
    let documents = declaration::service::current_documents(conn, &ids).await?;
    let read = |(id, document): (DeclarationId, serde_json::Value)| {
        let submission = parse::from_value(&document).map_err(|violations| {
            anyhow::anyhow!("a stored version cannot be read back: {violations:?}")
        })?;
        let release_org = chosen.get(&id).map(|office| (*office).clone());
        Ok((id, Content { release_org, ..submission.content }))
    };
    documents.into_iter().map(read).collect()
}

/// What identity knows about everybody a batch of declarations speaks of.
pub(super) struct People {
    known: HashMap<String, Known>,
    /// Bureaus that take cases over; not asked where no goods flow to another bureau.
    takers: Vec<String>,
    /// Agent and enterprise, where a power of attorney is in force.
    empowered: HashSet<(String, String)>,
}

impl People {
    /// Two queries, however many declarations; a third where goods flow to another bureau.
    pub(super) async fn of(
        conn: &mut PgConnection,
        contents: &[&Content],
        on: NaiveDate,
    ) -> Result<Self, Failure> {
        let mut codes: Vec<String> = Vec::new();
        for content in contents {
            codes.push(content.reg_no().to_owned());
            codes.extend(domestic_party(content));
            codes.extend(producers(content).map(str::to_owned));
        }
        codes.sort_unstable();
        codes.dedup();
        let known = identity::service::known_of(conn, &codes, on).await?;
        let is_agent = |code: &str| {
            let party = known.get(code).and_then(|known| known.party.as_ref());
            party.is_some_and(|party| party.kind == OrganisationKind::DeclaringAgent)
        };
        let mut pairs: Vec<(String, String)> = contents
            .iter()
            .filter(|content| is_agent(content.reg_no()))
            .filter_map(|content| Some((content.reg_no().to_owned(), domestic_party(content)?)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let empowered = if pairs.is_empty() {
            HashSet::new()
        } else {
            identity::service::powers_of_attorney_of(conn, &pairs, on).await?
        };
        let takers = if contents.iter().any(|content| content.flows_outside()) {
            partner::agreed(conn, MemorandumKind::Handoff, on).await?
        } else {
            Vec::new()
        };
        Ok(Self { known, takers, empowered })
    }

    /// Reviews one of them (电子审单): every rule, every finding.
    pub(super) fn review(&self, content: &Content, books: &Books, today: NaiveDate) -> Review {
        rules::review(content, books, &self.parties_of(content), today)
    }

    /// Whether that bureau asks, for all of these goods, that they are spared the check at the port.
    pub(super) fn is_recommended(&self, content: &Content, bureau: &str) -> bool {
        let enterprise = domestic_party(content).and_then(|code| self.known.get(&code));
        enterprise.is_some_and(|known| {
            let goods = hs_codes(content);
            known.granted(Privilege::PortCheckExemption, &goods).any(|partner| partner == bureau)
        })
    }

    /// Whether facilitations are withheld from one of those who count.
    pub(super) fn is_any_blocked(&self, content: &Content) -> bool {
        let domestic = domestic_party(content);
        let parties = [Some(content.reg_no()), domestic.as_deref()].into_iter().flatten();
        let mut known = parties.chain(producers(content)).filter_map(|code| self.known.get(code));
        known.any(|known| known.is_blocked)
    }

    fn parties_of(&self, content: &Content) -> Parties {
        let goods = hs_codes(content);
        let known = |code: &str| self.known.get(code);
        let domestic = domestic_party(content);
        let party = |code: &str| known(code)?.party_for(&goods);
        // Those who are registered speak for themselves.
        let unregistered = [Some(content.reg_no()), domestic.as_deref()].into_iter().flatten();
        let unregistered = unregistered.filter_map(known).filter(|known| known.party.is_none());
        let others = unregistered.chain(producers(content).filter_map(known));
        let other_classes = others.filter_map(|known| known.class_for(&goods)).collect();
        let pair = domestic.clone().map(|enterprise| (content.reg_no().to_owned(), enterprise));
        Parties {
            declaring_unit: party(content.reg_no()),
            takers: if content.flows_outside() { self.takers.clone() } else { Vec::new() },
            domestic: domestic.as_deref().and_then(party),
            other_classes,
            has_power_of_attorney: pair.is_some_and(|pair| self.empowered.contains(&pair)),
        }
    }
}

/// Whom the bureau knows: the consignee of what comes in, the consignor of what goes out.
fn domestic_party(content: &Content) -> Option<String> {
    content.domestic_party().and_then(|party| party.code.clone())
}

/// Who made the goods that go out, where the form says so by registration numbers. Who made what comes in is abroad.
fn producers(content: &Content) -> impl Iterator<Item = &str> {
    let goods = content.goods.iter().filter(|_| content.direction() == Direction::Outbound);
    let named = goods.filter_map(|goods| goods.mnufctr_reg_no.as_deref());
    named.filter(|code| records::is_reg_no(code))
}

fn hs_codes(content: &Content) -> Vec<&str> {
    content.goods.iter().filter_map(|goods| goods.hs_code.as_deref()).collect()
}

/// The declared goods, as a clearance form states them.
pub(super) fn form_lines(content: &Content) -> Vec<Line> {
    let text = |given: &Option<String>| given.clone().unwrap_or_default();
    let lines = content.goods.iter().zip(1..).map(|(goods, place)| Line {
        goods_no: goods.goods_no.map_or(place, i32::from),
        hs_code: text(&goods.hs_code),
        name: text(if goods.cname.is_some() { &goods.cname } else { &goods.ename }),
        quantity: goods.qty.as_ref().and_then(Given::value),
        unit: goods.qty_meas_unit.clone(),
        weight: goods.weight.as_ref().and_then(Given::value),
        weight_unit: goods.wt_meas_unit.clone(),
    });
    lines.collect()
}
