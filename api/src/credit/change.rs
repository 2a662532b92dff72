//! `/v1/credit-changes`: another class, by two persons.
use actix_web::{get, post};
use serde_json::{Value, json};
use shared::{
    acts,
    credit::{
        CreditChangeId,
        service::change::{self, Filter},
    },
    identity::Permission,
};

use super::{
    ReasonIn,
    change_view::{self as view, ChangeFilter, ChangeIn, ChangeOut, ChangePage, reply},
    reason,
};
use crate::{
    Answer, Caller,
    body::{Body, NoBody, Params, Path},
    declaration::timeline::{self as told, Timeline},
    paging,
    reply::Reply,
};

/// Propose a change of class
///
/// The first of two persons asks for another credit class of an enterprise (信用等级调整). Nothing changes until a second
/// one confirms it; one of the two is a duty chief.
#[utoipa::path(
    operation_id = "proposeCreditChange", tag = "credit",
    request_body(content = ChangeIn, example = json!({ "reg_no": "3100601234", "to_class": "C",
        "reason": "逃避检验被立案" })),
    responses((status = 201, description = "The proposal, waiting for a second person.", body = ChangeOut,
        example = json!(view::example()))),
)]
#[post("/credit-changes")]
pub(super) async fn propose(caller: Caller, body: Body<ChangeIn>) -> Answer {
    caller
        .act(Permission::CreditChangePropose, &body, async |tx, actor| {
            let why = reason(&body.reason)?;
            let change = change::propose(tx, actor, &body.reg_no, body.to_class, why).await?;
            let (place, revision) =
                (format!("/v1/credit-changes/{}", change.id), change.revision());
            Ok(Reply::created(&ChangeOut::from(change), place)?.revision(revision))
        })
        .await
}

/// List changes of class
///
/// What persons and evaluations proposed, and what became of it. The bureau lists all, an enterprise its own. Newest
/// first.
#[utoipa::path(
    operation_id = "listCreditChanges", tag = "credit",
    params(ChangeFilter),
    responses((status = 200, description = "One page of changes of class.", body = ChangePage,
        example = json!({ "data": [view::example()], "next_cursor": null, "has_more": false }))),
)]
#[get("/credit-changes")]
pub(super) async fn list(caller: Caller, params: Params<ChangeFilter>) -> Answer {
    caller
        .look(Permission::CreditChangeRead, async |conn, actor| {
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let filter = Filter { reg_no: params.reg_no.clone(), status: params.status };
            let found = change::list(conn, actor, &filter, page).await?;
            Ok(Reply::page(found.map(ChangeOut::from), |change| change.id.0)?)
        })
        .await
}

/// Get a change of class
///
/// One proposal as it stands now. An enterprise may read its own.
#[utoipa::path(
    operation_id = "getCreditChange", tag = "credit",
    params(("id" = CreditChangeId, Path, description = "The id of the change.")),
    responses((status = 200, description = "The change as it stands now.", body = ChangeOut,
        example = json!(view::example()))),
)]
#[get("/credit-changes/{id}")]
pub(super) async fn get(caller: Caller, id: Path<CreditChangeId>) -> Answer {
    caller
        .look(Permission::CreditChangeRead, async |conn, actor| {
            Ok(reply(change::get(conn, actor, *id).await?)?)
        })
        .await
}

/// Get the timeline of a change
///
/// Who proposed it and who decided it, with their moments and reasons.
#[utoipa::path(
    operation_id = "getCreditChangeTimeline", tag = "credit",
    params(("id" = CreditChangeId, Path, description = "The id of the change.")),
    responses((status = 200, description = "What happened, oldest first.", body = Timeline,
        example = json!(told::example("credit_change.confirmed", "PROPOSED", "CONFIRMED")))),
)]
#[get("/credit-changes/{id}/timeline")]
pub(super) async fn timeline(caller: Caller, id: Path<CreditChangeId>) -> Answer {
    caller
        .look(Permission::CreditChangeRead, async |conn, actor| {
            Ok(Reply::ok(&Timeline { data: change::timeline(conn, actor, *id).await? })?)
        })
        .await
}

/// Confirm a change of class
///
/// The second person, another than the first, agrees; one of the two is a duty chief. What an evaluation proposes a duty
/// chief confirms. The class counts for declarations that are accepted from now on; partners with a memorandum of credit
/// are told.
#[utoipa::path(
    operation_id = "confirmCreditChange", tag = "credit",
    params(("id" = CreditChangeId, Path, description = "The id of the change.")),
    responses((status = 200, description = "The change, confirmed.", body = ChangeOut,
        example = json!(view::example()))),
)]
#[post("/credit-changes/{id}/confirm")]
pub(super) async fn confirm(caller: Caller, id: Path<CreditChangeId>, body: NoBody) -> Answer {
    let (desk, own) = (caller.ctx.desk(), caller.ctx.bureaus.own().map(str::to_owned));
    caller
        .act(Permission::CreditChangeConfirm, &body, async |tx, actor| {
            let (books, own) = (&desk.books, own.as_deref());
            Ok(reply(acts::confirm_credit_change(tx, books, actor, own, *id).await?)?)
        })
        .await
}

/// Refuse a change of class
///
/// A duty chief, or whoever asked for it, ends the proposal with a reason. The class stays as it is.
#[utoipa::path(
    operation_id = "refuseCreditChange", tag = "credit",
    params(("id" = CreditChangeId, Path, description = "The id of the change.")),
    request_body(content = ReasonIn, example = json!({ "reason": "证据不足" })),
    responses((status = 200, description = "The change, refused.", body = ChangeOut,
        example = json!(refused()))),
)]
#[post("/credit-changes/{id}/refuse")]
pub(super) async fn refuse(
    caller: Caller,
    id: Path<CreditChangeId>,
    body: Body<ReasonIn>,
) -> Answer {
    caller
        .act(Permission::CreditChangeRefuse, &body, async |tx, actor| {
            Ok(reply(change::refuse(tx, actor, *id, body.parse()?).await?)?)
        })
        .await
}

fn refused() -> Value {
    let mut example = view::example();
    example["status"] = json!("REFUSED");
    example["decision"] = json!("证据不足");
    example
}
