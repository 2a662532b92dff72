//! `GET /v1/agreements`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    identity::Permission,
    payment::{self, AgreementState},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::agreement_view::{self, AgreementOut, AgreementPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What a list of agreements is narrowed to, and how it is cut.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// Those in that state.
    pub state: Option<AgreementState>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// List e-payment agreements
///
/// A payer sees its own, an office all of them, newest first.
#[utoipa::path(
    operation_id = "listAgreements", tag = "payment", params(Narrowed),
    responses((status = 200, description = "A page of agreements.", body = AgreementPage,
        example = json!({ "data": [agreement_view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/agreements")]
pub async fn handler(caller: Caller, params: Params<Narrowed>) -> Answer {
    let Narrowed { state, limit, cursor, updated_since } = params.0;
    caller
        .look(Permission::AgreementRead, async |conn, actor| {
            let page = paging::page(limit, cursor, updated_since);
            let agreements = payment::agreements(conn, actor, state, page).await?;
            Ok(Reply::page(agreements.map(AgreementOut::from), |agreement| agreement.id.0)?)
        })
        .await
}
