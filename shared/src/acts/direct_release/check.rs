//! At the other end: the lot is there, is drawn or not, and two inspectors read its seals. The enterprise declares
//! nothing, and is asked nothing.
use rust_decimal::Decimal;

use super::super::{Desk, reading};
use crate::{
    declaration::{self, Direction as Way},
    direct_release::{
        Consignment, ConsignmentId, Direction,
        consignment::{Action, Reading, compare},
        service::{consignment, enterprise},
    },
    inspection::{Factor, Inputs, Purpose, Rate, select},
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    nonconformity,
};

/// Holds a consignment that the actor's office checks.
pub(super) async fn hold(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
) -> Result<Consignment, Failure> {
    let held = consignment::lock(tx, actor, id).await?;
    held.must_be_checked_by(actor)?;
    Ok(held)
}

/// An officer sees the lot at the port. Whether its seals are read is drawn now and never again (domain R3).
pub async fn arrive(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    id: ConsignmentId,
) -> Result<Consignment, Failure> {
    let mut lot = hold(tx, actor, id).await?;
    if lot.direction == Direction::Import {
        let detail = "an import arrives at its destination, with the number that it has there";
        return Err(Failure::refused("direct-consignment/wrong-state", detail));
    }
    consignment::step(tx, actor, &mut lot, Action::Arrive).await?;
    let (today, subject) = (tx.today(), lot.draw_subject());
    let key = desk.draw_keys.of_day(today).map_err(anyhow::Error::from)?;
    let drawn = select(key, &subject, inputs(tx, desk, &lot).await?);
    consignment::keep_draw(tx, &lot, &subject, &drawn).await?;
    if !drawn.is_selected() {
        consignment::step(tx, &Actor::system(), &mut lot, Action::Spare).await?;
    }
    consignment::report(tx, &mut lot).await?;
    Ok(lot)
}

/// An officer of the destination sees the lot, and the enterprise has declared it there: every seal is read.
pub async fn arrive_inland(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
    decl_no: &str,
) -> Result<Consignment, Failure> {
    let mut lot = hold(tx, actor, id).await?;
    lot.state.take(Action::ArriveInland)?;
    if lot.direction == Direction::Export {
        let detail = "an export arrives at its exit port";
        return Err(Failure::refused("direct-consignment/wrong-state", detail));
    }
    must_be_declared_here(tx, actor, &lot, decl_no).await?;
    lot.arrival_decl_no = Some(decl_no.to_owned());
    consignment::step(tx, actor, &mut lot, Action::ArriveInland).await?;
    consignment::report(tx, &mut lot).await?;
    Ok(lot)
}

/// The declaration at the destination is accepted, comes in, and names the declaration of the port.
async fn must_be_declared_here(
    tx: &mut Tx,
    actor: &Actor,
    lot: &Consignment,
    decl_no: &str,
) -> Result<(), Failure> {
    let mut is_its_own = false;
    match declaration::service::id_of_number(tx, decl_no).await {
        Ok(id) => match declaration::service::read(tx, actor, id).await {
            Ok(case) => {
                let content = reading::current_content(tx, &case).await?;
                let named = content.correlation_decl_no.as_deref().unwrap_or_default();
                let at_port = lot.clearance_no.get(..15).unwrap_or_default();
                is_its_own = case.apl_kind == Way::Inbound
                    && !case.status.is_final()
                    && named.split([',', ' ', ';']).any(|number| number == at_port);
            }
            Err(Failure::Missing(_)) => {}
            Err(failure) => return Err(failure),
        },
        Err(Failure::Missing(_)) => {}
        Err(failure) => return Err(failure),
    }
    let mut wrong = Violations::default();
    if !is_its_own {
        let zh = "本机构无此入境报检,或其关联报检号不是口岸报检号";
        let en = "no inbound declaration here that names the declaration of the port";
        wrong.error("/decl_no", "declaration-not-of-consignment", zh, en);
    }
    Ok(wrong.finish(Some(()))?)
}

/// One in a hundred (domain R3); every lot of an enterprise that this bureau does not know as granted, or from which
/// facilitations are withheld here.
async fn inputs(tx: &mut Tx, desk: &Desk, lot: &Consignment) -> Result<Inputs, Failure> {
    let today = tx.today();
    let is_trusted = enterprise::granted(tx, &lot.reg_no, lot.direction).await?.is_some()
        && !nonconformity::service::is_blocked(tx, &lot.reg_no).await?;
    let base = if is_trusted {
        let rate = "direct.port_check_rate";
        Factor::new(desk.books.number(rate, today), rate)
    } else {
        Factor::new(Decimal::ONE, "NOT_GRANTED")
    };
    let one = || Factor::new(Decimal::ONE, "NONE");
    let audit = i32::try_from(desk.books.integer("selection.audit_ppm", today)).unwrap_or_default();
    Ok(Inputs {
        purpose: Purpose::Direct,
        base,
        credit: one(),
        origin: one(),
        packaging: one(),
        mandatory: None,
        is_inherited: false,
        audit: Rate::of_ppm(audit),
    })
}

/// An inspector reads the seals. When a second one has read the same, it is decided: everything intact, or an anomaly
/// that the other side is told of at once (invariant 12). Who reads again replaces an own reading.
pub async fn check(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
    mut reading: Reading,
) -> Result<Consignment, Failure> {
    let mut wrong = Violations::default();
    reading.check("", &mut wrong);
    wrong.finish(Some(()))?;
    reading.sort();
    let mut lot = hold(tx, actor, id).await?;
    lot.state.take(Action::PassCheck)?;
    let inspector = actor.person()?;
    let is_second =
        matches!(&lot.first, Some((first, by)) if *first == reading && *by != inspector);
    if !is_second {
        lot.first = Some((reading, inspector));
        consignment::note(tx, actor, &lot, "direct_consignment.seals_read", None)?;
        consignment::save(tx, &mut lot).await?;
        return Ok(lot);
    }
    lot.findings = compare(&lot.containers, &reading);
    lot.reading = Some(reading);
    lot.checked_at = Some(tx.now);
    let action = if lot.findings.is_empty() { Action::PassCheck } else { Action::FindAnomaly };
    consignment::step(tx, actor, &mut lot, action).await?;
    deliver(tx, &mut lot).await?;
    consignment::report(tx, &mut lot).await?;
    Ok(lot)
}

/// An import that came as its form says is where it goes to: what becomes of it is said of its declaration there, and
/// the port is done with it.
pub(super) async fn deliver(tx: &mut Tx, lot: &mut Consignment) -> Result<(), Failure> {
    if lot.direction == Direction::Import && lot.state.after(Action::Deliver).is_some() {
        consignment::step(tx, &Actor::system(), lot, Action::Deliver).await?;
    }
    Ok(())
}

/// The goods have left the country, on a form that holds today.
pub async fn exit(tx: &mut Tx, actor: &Actor, id: ConsignmentId) -> Result<Consignment, Failure> {
    let mut lot = hold(tx, actor, id).await?;
    lot.state.take(Action::Exit)?;
    if lot.direction == Direction::Import {
        let detail = "an import is where it goes to: its declaration there goes on";
        return Err(Failure::refused("direct-consignment/wrong-state", detail));
    }
    if tx.today() > lot.valid_until {
        let detail =
            format!("its form was valid until {}: the origin issues another", lot.valid_until);
        return Err(Failure::refused("direct-consignment/form-expired", detail));
    }
    consignment::step(tx, actor, &mut lot, Action::Exit).await?;
    consignment::report(tx, &mut lot).await?;
    Ok(lot)
}
