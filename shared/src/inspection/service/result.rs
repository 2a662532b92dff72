//! The result: two different inspectors of the inspecting office sign the same verdict (invariants 12, 13).
use super::{consignment::Consignment, hold, visit::current_round};
use crate::{
    declaration::{self, Action, Declaration, DeclarationId},
    inspection::{
        event,
        model::Signature,
        store,
        verdict::{Judgement, Standing, Verdict, weigh},
    },
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// One inspector signs. The first signature waits; the second, of another inspector of the round, decides if
/// it says the same.
pub async fn sign(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    judgement: Judgement,
) -> Result<Declaration, Failure> {
    let action = match judgement.verdict {
        Verdict::Pass => Action::Pass,
        Verdict::Fail => Action::Fail,
    };
    let mut held = hold(tx, actor, id, action).await?;
    let round = current_round(tx, &held).await?;
    let lines = Consignment::of(tx, &held.declaration).await?.lines();
    let samples = store::visit::samples(tx, &[round.id.0]).await?;
    let judgement = judgement.check(&lines, &samples)?;
    let signatures = store::result::signatures(tx, &[round.id.0]).await?;
    let standing = weigh(&signatures, held.person, &judgement)?;

    let (verdict, why) = (judgement.verdict, reason(&judgement));
    let signature =
        Signature { inspection_id: round.id, inspector: held.person, judgement, signed_at: tx.now };
    store::result::sign(tx, &signature).await?;
    tx.record(actor, &event::Signed { declaration: id, inspection: round.id, verdict })?;
    match standing {
        Standing::Waits => declaration::service::save(tx, &mut held.declaration).await?,
        Standing::Decided(verdict) => {
            let now = tx.now;
            store::result::decide(tx, round.id, verdict, now).await?;
            let declaration = &mut held.declaration;
            declaration::service::step(tx, actor, declaration, action, Some(why)).await?;
        }
    }
    Ok(held.declaration)
}

/// What stands in the timeline beside the result.
fn reason(judgement: &Judgement) -> &'static str {
    judgement.code.map_or("conforming", |code| code.name())
}
