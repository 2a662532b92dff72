//! A case that was declared at another bureau, and is offered to an office of this one.
use serde_json::{Value, json};

use super::{
    payload::{Answered, Offered, REFUSED},
    tell::say,
};
use crate::{
    declaration::{
        self, Cause, Declaration, NewVersion, Status, canonical,
        holder::{are_of_one_bureau, bureau_of},
    },
    exchange::{MemorandumKind, service::partner},
    handoff::{self, Passage, State, answer_receipt, protocol::Way},
    kernel::Failure,
    ledger::Tx,
    reference::Books,
};

/// Why an offer is refused without asking anybody: a code of domain R9, and words.
pub(super) type Objection = (&'static str, Option<&'static str>);

/// Only the bureau with which a case lies, as far as this ledger knows, offers it: its own bureau when it sets out, the
/// one that was confirmed when it comes home.
pub(super) fn must_be_theirs_to_offer(
    case: &Declaration,
    sender: &str,
    offered: &Offered,
) -> Result<(), Failure> {
    let is_theirs = case.lies_here() || are_of_one_bureau(&case.holder_org, sender);
    if is_theirs && case.is_visiting() == offered.case.is_some() {
        return Ok(());
    }
    Err(Failure::Missing("case"))
}

/// What stands in the way of a visit; nothing of a case that comes home.
pub(super) async fn objection(
    tx: &mut Tx,
    books: &Books,
    sender: &str,
    offered: &Offered,
) -> Result<Option<Objection>, Failure> {
    let today = tx.today();
    if books.office(&offered.to_org, today).is_none() {
        return Ok(Some(("WRONG_OFFICE", None)));
    }
    let is_agreed = offered.case.is_none()
        || partner::agreed(tx, MemorandumKind::Handoff, today)
            .await?
            .iter()
            .any(|one| one == sender);
    Ok((!is_agreed).then_some(("NOT_PARTICIPATING", None)))
}

/// Refuses an offer of which nothing is kept but that it was made.
pub(super) async fn refuse_at_the_door(
    tx: &mut Tx,
    sender: &str,
    offered: &Offered,
    (code, text): Objection,
) -> Result<Value, Failure> {
    let answered_at = tx.now.to_rfc3339();
    let answer = Answered {
        handoff: offered.handoff,
        generation: offered.generation,
        answer_receipt: answer_receipt(&offered.offer_receipt, State::Refused, &answered_at),
        answered_at,
        code: Some(code.to_owned()),
        text: text.map(str::to_owned),
    };
    let passage = Passage { told: Some(State::Refused), ..passage(offered, sender) };
    handoff::service::remember(tx, &passage).await?;
    say(tx, sender.to_owned(), REFUSED, offered.declaration, &answer).await?;
    Ok(json!({ "outcome": "REFUSED", "code": code }))
}

/// What is kept beside the handoff.
pub(super) fn passage(offered: &Offered, sender: &str) -> Passage {
    Passage {
        handoff_id: offered.handoff,
        declaration_id: offered.declaration,
        generation: offered.generation,
        partner: sender.to_owned(),
        way: Way::In,
        told: None,
        state: Some(State::Offered),
        expires_at: Some(offered.expires_at),
    }
}

/// Keeps the visiting case as it is offered, or brings it up to date when it was here before. False: its id, its number
/// or its reference is taken. A case that comes home is kept already.
pub(super) async fn keep(
    tx: &mut Tx,
    known: Option<Declaration>,
    offered: &Offered,
) -> Result<bool, Failure> {
    let Some(case) = &offered.case else {
        return match known {
            Some(_) => Ok(true),
            None => Err(Failure::Missing("case")),
        };
    };
    let visitor = Declaration {
        id: offered.declaration,
        decl_reg_no: case.decl_reg_no.clone(),
        // Under its number: the enterprise's own reference is one for its own bureau only.
        ent_decl_no: case.decl_no.clone(),
        apl_kind: case.apl_kind,
        decl_code: case.decl_code.clone(),
        kind: case.kind,
        direct_bureau: bureau_of(&offered.to_org),
        do_key: None,
        consignee_code: None,
        decl_no: Some(case.decl_no.clone()),
        status: Status::Selected,
        version: case.version,
        revision: 1,
        decl_org: case.decl_org.clone(),
        release_org: case.release_org.clone(),
        insp_org: Some(offered.to_org.clone()),
        holder_org: offered.from_org.clone(),
        anywhere: case.anywhere,
        is_selected: true,
        is_mandatory: case.selection.is_mandatory,
        has_result: false,
        credit_class: None,
        withdrawal_requested_at: None,
        filed_at: case.filed_at,
        accepted_at: Some(case.accepted_at),
        released_at: None,
        updated_at: tx.now,
    };
    match known {
        None if !declaration::service::receive(tx, &visitor).await? => return Ok(false),
        None => {}
        Some(before) => {
            let mut again = Declaration { revision: before.revision, ..visitor };
            declaration::service::save(tx, &mut again).await?;
        }
    }
    keep_content(tx, offered, case).await?;
    Ok(true)
}

async fn keep_content(
    tx: &mut Tx,
    offered: &Offered,
    case: &super::payload::Visit,
) -> Result<(), Failure> {
    if declaration::service::is_kept(tx, offered.declaration, case.version).await? {
        return Ok(());
    }
    let receipt = json!({ "offer_receipt": offered.offer_receipt, "from_org": offered.from_org });
    let version = NewVersion {
        declaration_id: offered.declaration,
        version: case.version,
        cause: Cause::HandedOver,
        content: case.content.as_str().into(),
        content_hash: canonical::hash(&case.content),
        defects: "[]".to_owned(),
        receipt: receipt.to_string(),
        filed_at: tx.now,
    };
    Ok(declaration::service::keep_versions(tx, &[version]).await?)
}
