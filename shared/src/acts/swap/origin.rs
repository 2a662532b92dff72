//! At the origin (产地局): goods that conform are handed over to the port, and taken back.
use chrono::NaiveDate;

use super::{super::reading, hold, tell};
use crate::{
    clearance,
    declaration::{self, Declaration, DeclarationId, Direction, Status, facts::Terms},
    exchange::{MemorandumKind, service::partner},
    inspection,
    kernel::{Actor, Failure, Refusal, Violations, calendar},
    ledger::Tx,
    payment::{self, Settlement},
    reference::Books,
    swap::{
        self, Handling, Side, State, Transfer, TransferId, exclusions,
        message::{Created, Decided, Unlocked},
    },
};

/// Where the goods shall leave, and until when.
#[derive(Clone, Debug)]
pub struct Wish {
    pub port_bureau: String,
    /// One office of it; any, where none is named.
    pub port_org: Option<String>,
    /// The last day; by the validity of the goods where none is named.
    pub valid_until: Option<NaiveDate>,
    pub handling: Handling,
}

/// An officer of the inspecting office makes an electronic transfer (电子转单) of goods that conform. `password_hash`
/// is of a password that is shown once and kept nowhere.
pub async fn create_transfer(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    (wish, password_hash): (Wish, String),
) -> Result<Transfer, Failure> {
    let declaration = declaration::service::lock(tx, actor, id).await?;
    actor.must_be_of(declaration.inspecting_office()?)?;
    must_conform(&declaration)?;
    let today = tx.today();
    let content = reading::current_content(tx, &declaration).await?;
    let excluded = exclusions(&content, wish.handling, "");
    if !excluded.is_empty() {
        let detail = "goods like these never travel by electronic transfer";
        return Err(
            Refusal { violations: excluded, ..Refusal::new("transfer/excluded", detail) }.into()
        );
    }
    if clearance::service::live_of(tx, id).await?.is_some() {
        let detail = "the declaration has a clearance form: it is one or the other";
        return Err(Failure::refused("transfer/form-issued", detail));
    }
    Settlement::must_be_settled(Some(&payment::settled(tx, id, today).await?))?;
    must_be_agreed(tx, &wish.port_bureau, today).await?;
    let (_, dossier) = inspection::service::read(tx, &Actor::system(), id).await?;
    let decided_at = dossier.rounds.iter().filter_map(|round| round.decided_at).max();
    let concluded_on = calendar::day_of(decided_at.unwrap_or(tx.now));
    let limit = Terms::of(&content, books, today).validity.until(concluded_on);
    let valid_until = valid_until(wish.valid_until, today, limit)?;
    let decl_no = declaration.number()?.to_owned();
    let transfer_id = TransferId::mint(tx.now);
    let transfer = Transfer {
        id: transfer_id,
        side: Side::Origin,
        transfer_no: swap::transfer_no(&decl_no),
        decl_no,
        origin_bureau: declaration.direct_bureau.clone(),
        origin_org: declaration.inspecting_office()?.to_owned(),
        port_bureau: wish.port_bureau,
        port_org: wish.port_org,
        reg_no: declaration.decl_reg_no.clone(),
        password_hash,
        state: State::Created,
        origin_version: 1,
        port_version: 0,
        content: serde_json::to_value(&content)?,
        concluded_on,
        valid_until,
        correlation_id: transfer_id.0,
        declaration_id: Some(id),
        claimant: None,
        claimed_at: None,
        swap_due_at: None,
        port_decl_no: None,
        clearance_no: None,
        form_valid_until: None,
        swapped_at: None,
        is_correction_agreed: false,
        locked_at: None,
        revocation_asked_at: None,
        revocation_refused: None,
        reason: None,
        created_at: tx.now,
        updated_at: tx.now,
        revision: 1,
    };
    swap::service::insert(tx, actor, &transfer).await?;
    let payload = serde_json::to_value(Created {
        transfer_no: transfer.transfer_no.clone(),
        version: 1,
        decl_no: transfer.decl_no.clone(),
        origin_org: transfer.origin_org.clone(),
        port_bureau: transfer.port_bureau.clone(),
        port_org: transfer.port_org.clone(),
        password_hash: transfer.password_hash.clone(),
        concluded_on,
        valid_until,
        handling: wish.handling,
        declaration: transfer.content.clone(),
    })?;
    let message = tell(tx, &transfer, "transfer.created", payload).await?;
    swap::service::carried_by(tx, transfer.id, message.0).await?;
    Ok(transfer)
}

fn must_conform(declaration: &Declaration) -> Result<(), Failure> {
    let is_ready = declaration.apl_kind == Direction::Outbound
        && declaration.status == Status::Conforming
        && declaration.withdrawal_requested_at.is_none();
    if !is_ready {
        let detail = "only outbound goods that conform, and that nobody asks back, are transferred";
        return Err(Failure::refused("transfer/not-conforming", detail));
    }
    if !declaration.has_result {
        let detail = "the port relies on an inspection result: order a check first";
        return Err(Failure::refused("transfer/not-inspected", detail));
    }
    Ok(())
}

async fn must_be_agreed(tx: &mut Tx, bureau: &str, today: NaiveDate) -> Result<(), Failure> {
    let memoranda = partner::memoranda_of(tx, bureau).await?;
    let is_agreed = memoranda.iter().any(|memorandum| {
        memorandum.kind == MemorandumKind::Transfer
            && memorandum.valid_from <= today
            && memorandum.valid_to.is_none_or(|end| today <= end)
    });
    if is_agreed {
        return Ok(());
    }
    let detail = "no memorandum of certificate swap is in force with that bureau";
    Err(Failure::refused("transfer/not-agreed", detail))
}

/// Not over yet, and never later than the goods hold (domain R11, 4.4 rule 6).
fn valid_until(
    wish: Option<NaiveDate>,
    today: NaiveDate,
    limit: NaiveDate,
) -> Result<NaiveDate, Violations> {
    let wish = wish.unwrap_or(limit);
    let mut wrong = Violations::default();
    if wish < today || wish > limit {
        wrong.error(
            "/valid_until",
            "validity-out-of-range",
            format!("有效期应在{today}至{limit}之间"),
            format!("a transfer of these goods is valid until {limit} at the latest, from {today}"),
        );
    }
    wrong.finish(Some(wish))
}

/// Holds a transfer of the actor's office, on the origin's side.
pub(super) async fn hold_own(
    tx: &mut Tx,
    actor: &Actor,
    id: TransferId,
) -> Result<(Declaration, Transfer), Failure> {
    let seen = swap::service::read(tx, actor, id).await?;
    actor.must_be_of(&seen.origin_org)?;
    if seen.side != Side::Origin {
        return Err(Failure::Forbidden("this act belongs to the origin"));
    }
    let (declaration, mut transfer) = hold(tx, id).await?;
    tx.must_be_current(transfer.revision)?;
    transfer.origin_version += 1;
    Ok((declaration.ok_or(Failure::Missing("declaration"))?, transfer))
}

/// Asks for it back. The port decides what can still be undone, and says so: until then nothing moves here.
pub async fn revoke_transfer(
    tx: &mut Tx,
    actor: &Actor,
    id: TransferId,
    reason: &str,
) -> Result<Transfer, Failure> {
    let (_, mut transfer) = hold_own(tx, actor, id).await?;
    transfer.state.take(swap::Action::Revoke)?;
    transfer.revocation_asked_at = Some(tx.now);
    transfer.revocation_refused = None;
    swap::service::save(tx, &mut transfer).await?;
    swap::service::note(tx, actor, &transfer, "transfer.revoked", Some(reason))?;
    decide(tx, &transfer, "transfer.revoked", reason).await?;
    Ok(transfer)
}

/// Lets it be tried again, with a new password.
pub async fn unlock_transfer(
    tx: &mut Tx,
    actor: &Actor,
    id: TransferId,
    password_hash: String,
) -> Result<Transfer, Failure> {
    let (_, mut transfer) = hold_own(tx, actor, id).await?;
    if !matches!(transfer.state, State::Created | State::SentToHub | State::ReceivedByPort) {
        let detail = format!("a transfer that is {} needs no password", transfer.state.name());
        return Err(Failure::refused("transfer/wrong-state", detail));
    }
    transfer.password_hash = password_hash;
    transfer.locked_at = None;
    swap::service::save(tx, &mut transfer).await?;
    swap::service::note(tx, actor, &transfer, "transfer.unlocked", None)?;
    let payload = serde_json::to_value(Unlocked {
        transfer_no: transfer.transfer_no.clone(),
        version: transfer.origin_version,
        password_hash: transfer.password_hash.clone(),
    })?;
    tell(tx, &transfer, "transfer.unlocked", payload).await?;
    Ok(transfer)
}

/// Agrees to a correction of what the port found: the goods may be looked at again there.
pub async fn agree_to_correction(
    tx: &mut Tx,
    actor: &Actor,
    id: TransferId,
    reason: &str,
) -> Result<Transfer, Failure> {
    let (_, mut transfer) = hold_own(tx, actor, id).await?;
    if transfer.state != State::SpotCheckFail {
        let detail = "the port found nothing that waits for a correction";
        return Err(Failure::refused("transfer/wrong-state", detail));
    }
    transfer.is_correction_agreed = true;
    swap::service::save(tx, &mut transfer).await?;
    swap::service::note(tx, actor, &transfer, "transfer.correction_agreed", Some(reason))?;
    decide(tx, &transfer, "transfer.correction_agreed", reason).await?;
    Ok(transfer)
}

async fn decide(
    tx: &mut Tx,
    transfer: &Transfer,
    kind: &'static str,
    reason: &str,
) -> Result<(), Failure> {
    let payload = serde_json::to_value(Decided {
        transfer_no: transfer.transfer_no.clone(),
        version: transfer.origin_version,
        reason: reason.to_owned(),
    })?;
    tell(tx, transfer, kind, payload).await?;
    Ok(())
}
