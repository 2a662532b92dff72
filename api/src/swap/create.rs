//! `POST /v1/declarations/{id}/transfers`
use actix_web::post;
use shared::{
    acts::swap::{self, Wish},
    declaration::DeclarationId,
    identity::Permission,
};

use super::{
    fresh_password,
    view::{self, TransferIn, TransferIssuedOut},
};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Transfer a declaration
///
/// An officer of the inspecting office hands outbound goods that conform over to the port of another bureau (电子转单).
/// The password is in this answer and nowhere else; the enterprise claims with it at the port.
#[utoipa::path(
    operation_id = "createTransfer", tag = "swap",
    params(("id" = DeclarationId, Path, description = "The declaration's id.")),
    request_body(content = TransferIn, example = json!({
        "port_bureau": "310000", "port_org": "310900", "valid_until": "2014-07-20",
        "handling": { "is_consolidated_at_port": false, "is_certified_at_port": false }
    })),
    responses((status = 201, description = "The transfer and its password.", body = TransferIssuedOut,
        example = json!(view::example_issued()))),
)]
#[post("/declarations/{id}/transfers")]
pub async fn handler(caller: Caller, id: Path<DeclarationId>, body: Body<TransferIn>) -> Answer {
    caller.must_hold(Permission::TransferCreate)?;
    let password = fresh_password()?;
    let hash = caller.ctx.passwords.hash(password.clone()).await?;
    let desk = caller.ctx.desk();
    caller
        .act(Permission::TransferCreate, &body, async |tx, actor| {
            let wish = Wish {
                port_bureau: body.port_bureau.clone(),
                port_org: body.port_org.clone(),
                valid_until: body.valid_until,
                handling: body.handling,
            };
            let made = swap::create_transfer(tx, &desk.books, actor, *id, (wish, hash)).await?;
            let location = format!("/v1/transfers/{}", made.id);
            let out = TransferIssuedOut { transfer: made.into(), password: Some(password) };
            Ok(Reply::created(&out, location)?.shown_once(TransferIssuedOut::SECRET))
        })
        .await
}
