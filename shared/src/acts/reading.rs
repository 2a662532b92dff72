//! Reading a stored version back, and the parties it speaks of.
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::{
    clearance::Line,
    declaration::{
        self, Content, Declaration, DeclarationId,
        content::Given,
        parse,
        rules::{self, Parties, Review},
    },
    exchange::{MemorandumKind, service::partner},
    identity::{self, PartyFacts},
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
    parties: HashMap<String, PartyFacts>,
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
        }
        codes.sort_unstable();
        codes.dedup();
        let parties = identity::service::facts_of(conn, &codes, on).await?;
        let is_agent = |code: &str| {
            parties.get(code).is_some_and(|party| party.kind == OrganisationKind::DeclaringAgent)
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
        Ok(Self { parties, takers, empowered })
    }

    /// Reviews one of them (电子审单): every rule, every finding.
    pub(super) fn review(&self, content: &Content, books: &Books, today: NaiveDate) -> Review {
        rules::review(content, books, &self.parties_of(content), today)
    }

    fn parties_of(&self, content: &Content) -> Parties {
        let domestic = domestic_party(content);
        let pair = domestic.clone().map(|enterprise| (content.reg_no().to_owned(), enterprise));
        Parties {
            declaring_unit: self.parties.get(content.reg_no()).cloned(),
            takers: if content.flows_outside() { self.takers.clone() } else { Vec::new() },
            domestic: domestic.as_ref().and_then(|code| self.parties.get(code)).cloned(),
            has_power_of_attorney: pair.is_some_and(|pair| self.empowered.contains(&pair)),
        }
    }
}

/// Whom the bureau knows: the consignee of what comes in, the consignor of what goes out.
fn domestic_party(content: &Content) -> Option<String> {
    content.domestic_party().and_then(|party| party.code.clone())
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
