//! Monthly settlements: granted, suspended, resumed, ended.
use chrono::NaiveDate;
use serde::Deserialize;

use super::credit::restored;
use crate::{
    kernel::{Actor, Failure, Fen, Violations, money::Amount},
    ledger::Tx,
    payment::{
        event,
        monthly::{MonthlySettlement, MonthlySettlementId},
        status::monthly_settlement::{MonthlySettlementAction, MonthlySettlementState},
        store,
    },
    reference::Books,
};

const MISSING: Failure = Failure::Missing("monthly settlement");

/// A monthly settlement as a duty chief grants it. What is left out is by the parameters of the day.
#[derive(Clone, Debug, Deserialize)]
pub struct MonthlySettlementDraft {
    pub reg_no: String,
    pub credit_limit: Option<Amount>,
    pub due_day: Option<i16>,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

/// What a draft comes to.
struct Terms {
    credit_limit: Fen,
    due_day: i16,
    valid_from: NaiveDate,
}

impl MonthlySettlementDraft {
    /// The terms, or all that is wrong with the draft.
    fn check(&self, books: &Books, today: NaiveDate) -> Result<Terms, Violations> {
        let mut wrong = Violations::default();
        let by_default = Fen::yuan(books.integer("monthly.credit_limit", today));
        let limit = self.credit_limit.as_ref().map_or(Some(by_default), Amount::in_fen);
        let limit = limit.filter(|fen| *fen > Fen(0));
        if limit.is_none() {
            let (zh, en) = ("限额应为正的人民币金额", "a limit is a positive amount of CNY");
            wrong.error("/credit_limit", "limit-malformed", zh, en);
        }
        let by_default = i16::try_from(books.integer("monthly.due_day", today)).unwrap_or(1);
        let due_day = self.due_day.unwrap_or_else(|| by_default.clamp(1, 28));
        if !(1..=28).contains(&due_day) {
            let (zh, en) = ("缴费日应为1至28日", "every month has the days 1 to 28");
            wrong.error("/due_day", "due-day-out-of-range", zh, en);
        }
        let valid_from = self.valid_from.unwrap_or(today);
        if valid_from < today {
            let (zh, en) = ("生效日期不得早于今天", "nothing is granted for days that are over");
            wrong.error("/valid_from", "valid-from-past", zh, en);
        }
        if self.valid_until.is_some_and(|until| until < valid_from) {
            let (zh, en) = ("失效日期不得早于生效日期", "it cannot end before it begins");
            wrong.error("/valid_until", "valid-until-before-from", zh, en);
        }
        let terms = limit.map(|credit_limit| Terms { credit_limit, due_day, valid_from });
        wrong.finish(terms)
    }
}

/// A duty chief lets a payer settle monthly, whose agreement in force says so. One at a time, and not while anything of
/// that payer is overdue.
pub async fn grant_monthly_settlement(
    tx: &mut Tx,
    actor: &Actor,
    books: &Books,
    draft: MonthlySettlementDraft,
) -> Result<MonthlySettlement, Failure> {
    let (chief, today) = (actor.person()?, tx.today());
    let Terms { credit_limit, due_day, valid_from } = draft.check(books, today)?;
    let agreements = store::agreement::lock_active(tx, std::slice::from_ref(&draft.reg_no)).await?;
    if !agreements.iter().any(|agreement| agreement.credit_settlement) {
        let detail = "this payer has no agreement in force that allows monthly settlement";
        return Err(Failure::refused("payment/monthly-settlement-not-agreed", detail));
    }
    must_owe_nothing_overdue(tx, &draft.reg_no).await?;
    let settlement = MonthlySettlement {
        id: MonthlySettlementId::mint(tx.now),
        reg_no: draft.reg_no,
        state: MonthlySettlementState::Active,
        credit_limit,
        used: Fen(0),
        due_day,
        valid_from,
        valid_until: draft.valid_until,
        granted_by: Some(chief),
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::monthly::settlement::insert(tx, &settlement).await.map_err(explain)?;
    tx.record(
        actor,
        &event::MonthlySettlementGranted {
            settlement: settlement.id,
            reg_no: &settlement.reg_no,
            credit_limit_fen: credit_limit,
            due_day,
            valid_from,
            valid_until: settlement.valid_until,
        },
    )?;
    // What an earlier one took on credit counts against this one.
    let granted = store::monthly::settlement::read(tx, settlement.id, None).await?;
    granted.ok_or(MISSING)
}

fn explain(error: sqlx::Error) -> Failure {
    match error.as_database_error().and_then(|error| error.constraint()) {
        Some("monthly_settlements_one_live") => Failure::refused(
            "payment/monthly-settlement-exists",
            "this payer settles monthly already: end that before another is granted",
        ),
        _ => error.into(),
    }
}

async fn must_owe_nothing_overdue(tx: &mut Tx, reg_no: &str) -> Result<(), Failure> {
    let today = tx.today();
    match store::notice::overdue_before(tx, reg_no, today).await? {
        0 => Ok(()),
        count => Err(owes(format!("{count} notices of this payer are overdue"))),
    }
}

fn owes(detail: impl Into<String>) -> Failure {
    Failure::refused("payment/monthly-settlement-owes", detail)
}

/// Fees of that payer gate release again, for the time being.
pub async fn suspend_monthly_settlement(
    tx: &mut Tx,
    actor: &Actor,
    id: MonthlySettlementId,
    reason: &str,
) -> Result<MonthlySettlement, Failure> {
    let settlement = hold(tx, actor, id).await?;
    suspend_held(tx, actor, settlement, reason).await
}

/// Suspends one that is held: an officer said so, or the last reminder went unheard.
pub(super) async fn suspend_held(
    tx: &mut Tx,
    actor: &Actor,
    settlement: MonthlySettlement,
    reason: &str,
) -> Result<MonthlySettlement, Failure> {
    let from = settlement.state;
    let settlement = step(tx, settlement, MonthlySettlementAction::Suspend).await?;
    tx.record(
        actor,
        &event::MonthlySettlementSuspended {
            settlement: settlement.id,
            reg_no: &settlement.reg_no,
            from,
            to: settlement.state,
            reason,
        },
    )?;
    Ok(settlement)
}

/// A duty chief lets it go on, when everything is paid that statements tell of and nothing is overdue. What waited for
/// credit goes on as well.
pub async fn resume_monthly_settlement(
    tx: &mut Tx,
    actor: &Actor,
    id: MonthlySettlementId,
    reason: &str,
) -> Result<MonthlySettlement, Failure> {
    let settlement = hold(tx, actor, id).await?;
    let from = settlement.state;
    from.take(MonthlySettlementAction::Resume)?;
    match store::monthly::statement::count_unpaid(tx, &settlement.reg_no).await? {
        0 => must_owe_nothing_overdue(tx, &settlement.reg_no).await?,
        count => {
            return Err(owes(format!("{count} monthly statements of this payer are not paid")));
        }
    }
    let settlement = step(tx, settlement, MonthlySettlementAction::Resume).await?;
    tx.record(
        actor,
        &event::MonthlySettlementResumed {
            settlement: id,
            reg_no: &settlement.reg_no,
            from,
            to: settlement.state,
            reason,
        },
    )?;
    restored(tx, std::slice::from_ref(&settlement.reg_no)).await?;
    Ok(settlement)
}

/// It is over; what was taken on credit is still to be paid by its day, and gates release until it is.
pub async fn end_monthly_settlement(
    tx: &mut Tx,
    actor: &Actor,
    id: MonthlySettlementId,
    reason: &str,
) -> Result<MonthlySettlement, Failure> {
    let settlement = hold(tx, actor, id).await?;
    let from = settlement.state;
    let settlement = step(tx, settlement, MonthlySettlementAction::End).await?;
    tx.record(
        actor,
        &event::MonthlySettlementEnded {
            settlement: id,
            reg_no: &settlement.reg_no,
            from,
            to: settlement.state,
            reason,
        },
    )?;
    Ok(settlement)
}

async fn hold(
    tx: &mut Tx,
    actor: &Actor,
    id: MonthlySettlementId,
) -> Result<MonthlySettlement, Failure> {
    store::monthly::settlement::lock(tx, id, actor.reg_no()).await?.ok_or(MISSING)
}

async fn step(
    tx: &mut Tx,
    mut settlement: MonthlySettlement,
    action: MonthlySettlementAction,
) -> Result<MonthlySettlement, Failure> {
    let now = tx.now;
    settlement.state = settlement.state.take(action)?;
    settlement.updated_at = now;
    store::monthly::settlement::step(tx, settlement.id, settlement.state, now).await?;
    Ok(settlement)
}
