//! Are the fees settled, and which are overdue?
use std::collections::HashMap;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::{
    declaration::DeclarationId,
    kernel::{Actor, Failure, Refusal},
    ledger::Tx,
    payment::{
        event,
        model::Settlement,
        monthly::Credit,
        status::notice::{NoticeAction, NoticeState},
        store::{self, notice::Owed},
    },
};

/// Are the fees of a declaration settled on that day? See [`settled_many`].
pub async fn settled(
    conn: &mut PgConnection,
    declaration: DeclarationId,
    today: NaiveDate,
) -> Result<Settlement, Failure> {
    let mut settlements = settled_many(conn, &[declaration], today).await?;
    Ok(settlements.remove(&declaration).unwrap_or(Settlement::Settled))
}

/// Are the fees of these declarations settled on that day?
///
/// They are when every notice that was not voided is paid, or was taken on credit by a monthly settlement that is in
/// force, while nothing of its payer is overdue (R5). No notice: nothing is owed.
pub async fn settled_many(
    conn: &mut PgConnection,
    declarations: &[DeclarationId],
    today: NaiveDate,
) -> Result<HashMap<DeclarationId, Settlement>, Failure> {
    let ids: Vec<_> = declarations.iter().map(|declaration| declaration.0).collect();
    let owed = store::notice::owed(conn, &ids, today).await?;
    let mut settlements: HashMap<_, _> =
        declarations.iter().map(|&declaration| (declaration, Settlement::Settled)).collect();
    settlements.extend(owed.into_iter().map(|owed| (owed.declaration_id, standing(&owed))));
    Ok(settlements)
}

/// What stands for an unpaid fee, or in its way.
fn standing(owed: &Owed) -> Settlement {
    let why = match owed.refused {
        None if !owed.is_on_credit => None,
        None if !owed.is_in_force => Some(Credit::Suspended),
        None if owed.is_overdue => Some(Credit::Overdue),
        None => return Settlement::Settled,
        refused => refused,
    };
    Settlement::Outstanding { unpaid: owed.unpaid, why }
}

impl Settlement {
    /// Release and clearance wait for fees that are outstanding, and say why. What nobody knows of is.
    pub fn must_be_settled(settlement: Option<&Self>) -> Result<(), Refusal> {
        let detail = match settlement {
            Some(Self::Settled) => return Ok(()),
            Some(Self::Outstanding { why: Some(Credit::OverLimit), .. }) => {
                "its fees are not settled: with them the credit limit of the monthly settlement would have been passed"
            }
            Some(Self::Outstanding { why: Some(Credit::Overdue), .. }) => {
                "its fees are not settled: the payer settles monthly, and something is overdue"
            }
            Some(Self::Outstanding { why: Some(Credit::Suspended), .. }) => {
                "its fees are not settled: the payer's monthly settlement is suspended or over"
            }
            Some(Self::Outstanding { .. }) | None => "its fees are not settled",
        };
        Err(Refusal::new("declaration/fee-outstanding", detail))
    }
}

/// Marks the notices whose due date is over, a few hundred at a time: on the 21st day (R4). Says how many; run
/// again until there are none.
pub async fn overdue(tx: &mut Tx) -> Result<usize, Failure> {
    let (now, today) = (tx.now, tx.today());
    let notices = store::notice::lock_lapsed(tx, today, 500).await?;
    for notice in &notices {
        tx.record(
            &Actor::system(),
            &event::NoticeLapsed {
                declaration: notice.declaration_id,
                notice: notice.id,
                from: notice.state,
                to: notice.state.take(NoticeAction::Lapse)?,
                reason: None,
            },
        )?;
    }
    let ids: Vec<_> = notices.iter().map(|notice| notice.id.0).collect();
    store::notice::step(tx, &ids, NoticeState::Overdue, now).await?;
    Ok(ids.len())
}

/// How many notices of that payer were due before `day` and are still not paid (R14).
pub async fn overdue_before(
    conn: &mut PgConnection,
    reg_no: &str,
    day: NaiveDate,
) -> Result<i64, Failure> {
    Ok(store::notice::overdue_before(conn, reg_no, day).await?)
}
