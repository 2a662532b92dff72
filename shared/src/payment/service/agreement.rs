//! Agreements: signed, suspended, resumed, ended.
use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::PgConnection;

use super::monthly::restored;
use crate::{
    declaration::DeclarationId,
    kernel::{Actor, Failure, Fen, Violations, money::Amount},
    ledger::Tx,
    payment::{
        event,
        model::{Agreement, AgreementId, PaymentId},
        status::agreement::{AgreementAction, AgreementState},
        store,
    },
};

/// An agreement as it is brought to be recorded.
#[derive(Clone, Debug, Deserialize)]
pub struct AgreementDraft {
    pub reg_no: String,
    pub account_token: String,
    pub signed_on: NaiveDate,
    pub single_limit: Amount,
    pub daily_limit: Amount,
    pub credit_settlement: bool,
    pub auto_debit: bool,
}

impl AgreementDraft {
    /// The two limits in fen, or all that is wrong with the draft.
    fn check(&self, today: NaiveDate) -> Result<(Fen, Fen), Violations> {
        let mut wrong = Violations::default();
        let mut limit = |name: &str, amount: &Amount| {
            let fen = amount.in_fen().filter(|fen| *fen > Fen(0));
            if fen.is_none() {
                let (zh, en) = ("限额应为正的人民币金额", "a limit is a positive amount of CNY");
                wrong.error(format!("/{name}"), "limit-malformed", zh, en);
            }
            fen
        };
        let single = limit("single_limit", &self.single_limit);
        let daily = limit("daily_limit", &self.daily_limit);
        if single.zip(daily).is_some_and(|(single, daily)| single > daily) {
            let (zh, en) =
                ("单笔限额不得高于当日限额", "a single debit cannot exceed the daily limit");
            wrong.error("/single_limit", "limit-above-daily", zh, en);
        }
        if self.account_token.trim().is_empty() {
            let (zh, en) = ("账户代号不能为空", "the bank's account token is missing");
            wrong.error("/account_token", "account-token-missing", zh, en);
        }
        if self.signed_on > today {
            let (zh, en) = ("签约日期不能晚于今天", "it cannot be signed after today");
            wrong.error("/signed_on", "signed-in-future", zh, en);
        }
        wrong.finish(single.zip(daily))
    }
}

/// Records a signed agreement. A payer has one at a time.
pub async fn sign_agreement(
    tx: &mut Tx,
    actor: &Actor,
    bank_code: &str,
    draft: AgreementDraft,
) -> Result<Agreement, Failure> {
    let (single_limit, daily_limit) = draft.check(tx.today())?;
    let agreement = Agreement {
        id: AgreementId::mint(tx.now),
        reg_no: draft.reg_no,
        bank_code: bank_code.to_owned(),
        account_token: draft.account_token,
        signed_on: draft.signed_on,
        state: AgreementState::Active,
        single_limit,
        daily_limit,
        credit_settlement: draft.credit_settlement,
        auto_debit: draft.auto_debit,
        created_at: tx.now,
        updated_at: tx.now,
    };

    store::agreement::insert(tx, &agreement).await.map_err(explain)?;
    let signed = event::AgreementSigned { agreement: agreement.id, reg_no: &agreement.reg_no };
    tx.record(actor, &signed)?;
    Ok(agreement)
}

fn explain(error: sqlx::Error) -> Failure {
    match error.as_database_error().and_then(|error| error.constraint()) {
        Some("agreements_one_live") => Failure::refused(
            "payment/agreement-exists",
            "this payer has an agreement already: end it before another is signed",
        ),
        Some("agreements_reg_no_fkey") => {
            let mut wrong = Violations::default();
            let (zh, en) = ("没有此报检单位", "no such organisation");
            wrong.error("/reg_no", "organisation-unknown", zh, en);
            wrong.into()
        }
        _ => error.into(),
    }
}

/// No new debits for the time being; what was sent runs its course.
pub async fn suspend_agreement(
    tx: &mut Tx,
    actor: &Actor,
    id: AgreementId,
    reason: &str,
) -> Result<Agreement, Failure> {
    let (agreement, from) = step(tx, actor, id, AgreementAction::Suspend).await?;
    tx.record(
        actor,
        &event::AgreementSuspended { agreement: id, from, to: agreement.state, reason },
    )?;
    Ok(agreement)
}

/// Goods are gone on a payment that the bank took back: the duty chief is told, and nothing more is debited for now.
pub async fn alarm_of_reversal(
    tx: &mut Tx,
    actor: &Actor,
    declaration: DeclarationId,
    payment: PaymentId,
    reason: &str,
) -> Result<(), Failure> {
    tx.record(actor, &event::ReversalAlarmed { declaration, payment, reason })?;
    if let Some(agreement) = store::agreement::active_of(tx, payment).await? {
        suspend_agreement(tx, actor, agreement, reason).await?;
    }
    Ok(())
}

/// Debits may be created again, and what waited for monthly settlement goes on.
pub async fn resume_agreement(
    tx: &mut Tx,
    actor: &Actor,
    id: AgreementId,
    reason: &str,
) -> Result<Agreement, Failure> {
    let (agreement, from) = step(tx, actor, id, AgreementAction::Resume).await?;
    tx.record(
        actor,
        &event::AgreementResumed { agreement: id, from, to: agreement.state, reason },
    )?;
    restored(tx, std::slice::from_ref(&agreement.reg_no)).await?;
    Ok(agreement)
}

/// The agreement is over; another may be signed.
pub async fn end_agreement(
    tx: &mut Tx,
    actor: &Actor,
    id: AgreementId,
    reason: &str,
) -> Result<Agreement, Failure> {
    let (agreement, from) = step(tx, actor, id, AgreementAction::End).await?;
    tx.record(actor, &event::AgreementEnded { agreement: id, from, to: agreement.state, reason })?;
    Ok(agreement)
}

async fn step(
    tx: &mut Tx,
    actor: &Actor,
    id: AgreementId,
    action: AgreementAction,
) -> Result<(Agreement, AgreementState), Failure> {
    let mut agreement = store::agreement::lock(tx, id, actor.reg_no())
        .await?
        .ok_or(Failure::Missing("agreement"))?;
    let from = agreement.state;
    agreement.state = from.take(action)?;
    agreement.updated_at = tx.now;

    let now = tx.now;
    store::agreement::step(tx, id, agreement.state, now).await?;
    Ok((agreement, from))
}

/// The agreements in force of many payers, by `reg_no`, in one query.
pub async fn agreements_of(
    conn: &mut PgConnection,
    reg_nos: &[String],
) -> Result<HashMap<String, Agreement>, Failure> {
    let agreements = store::agreement::active(conn, reg_nos).await?;
    Ok(agreements.into_iter().map(|agreement| (agreement.reg_no.clone(), agreement)).collect())
}
