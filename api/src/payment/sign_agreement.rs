//! `POST /v1/agreements`
use actix_web::post;
use chrono::NaiveDate;
use serde::Deserialize;
use shared::{
    identity::Permission,
    kernel::money::Amount,
    payment::{self, AgreementDraft},
};
use utoipa::ToSchema;

use super::agreement_view::{self, AgreementOut};
use crate::{Answer, Caller, body::Body, reply::Reply};

/// An agreement as it was signed on paper.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementIn {
    /// Who pays.
    #[schema(example = "3100601234", max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The bank's token for the account; never an account number.
    #[schema(example = "acct-ok-3100601234", min_length = 1, max_length = 64)]
    pub account_token: String,
    /// When the three signed.
    pub signed_on: NaiveDate,
    /// The most that one debit may take.
    pub single_limit: Amount,
    /// The most that the debits of one day may take.
    pub daily_limit: Amount,
    /// Monthly settlement may be granted on it.
    #[serde(default)]
    pub credit_settlement: bool,
    /// A notice is debited as soon as it is issued.
    #[serde(default)]
    pub auto_debit: bool,
}

/// Record an e-payment agreement
///
/// A fee officer records what enterprise, bank and bureau signed. A payer has one agreement at a time.
#[utoipa::path(
    operation_id = "signAgreement", tag = "payment",
    request_body(content = AgreementIn, example = json!({
        "reg_no": "3100601234", "account_token": "acct-ok-3100601234", "signed_on": "2014-05-01",
        "single_limit": { "amount": "20000.00", "currency": "CNY" },
        "daily_limit": { "amount": "200000.00", "currency": "CNY" }, "auto_debit": true
    })),
    responses((status = 201, description = "The agreement, in force.", body = AgreementOut,
        example = json!(agreement_view::example()))),
)]
#[post("/agreements")]
pub async fn handler(caller: Caller, body: Body<AgreementIn>) -> Answer {
    let bank_code = caller.ctx.bank.code.clone();
    let AgreementIn {
        reg_no,
        account_token,
        signed_on,
        single_limit,
        daily_limit,
        credit_settlement,
        auto_debit,
    } = body.value.clone();
    let draft = AgreementDraft {
        reg_no,
        account_token,
        signed_on,
        single_limit,
        daily_limit,
        credit_settlement,
        auto_debit,
    };
    caller
        .act(Permission::AgreementSign, &body, async |tx, actor| {
            let agreement = payment::sign_agreement(tx, actor, &bank_code, draft).await?;
            let location = format!("/v1/agreements/{}", agreement.id);
            Ok(Reply::created(&AgreementOut::from(agreement), location)?)
        })
        .await
}
