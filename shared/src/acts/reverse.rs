//! The bank took a payment back (冲正): what rested on it falls, or is told to the duty chief (domain R6).
use crate::{
    clearance::{self, State as FormState},
    declaration::{self, DeclarationId},
    kernel::{Actor, Failure},
    ledger::Tx,
    payment::{self, PaymentId},
};

const WHY: &str = "the bank took the payment back";

/// Voids a form that customs has not used. Where it has, the goods are gone: the duty chief is told in the timeline, and
/// nothing more is debited under that agreement until somebody resumes it.
pub async fn follow_reversal(
    tx: &mut Tx,
    declaration: DeclarationId,
    payment: PaymentId,
) -> Result<(), Failure> {
    let system = Actor::system();
    declaration::service::lock(tx, &system, declaration).await?;
    let Some(mut form) = clearance::service::live_of(tx, declaration).await? else { return Ok(()) };
    if form.state.is_annotated() {
        payment::alarm_of_reversal(tx, &system, declaration, payment, WHY).await
    } else {
        clearance::service::step(tx, &system, &mut form, FormState::Void, Some(WHY)).await?;
        Ok(())
    }
}
