//! `POST /v1/transfers/claim`
use actix_web::{HttpRequest, http::StatusCode, post};
use sha2::{Digest as _, Sha256};
use shared::{
    acts::swap::{self, Claimed},
    identity::{Permission, staff::Proof},
    kernel::{Failure, Violations},
    ledger::Tx,
    swap::{Presented, Standing},
};

use super::view::{self, ClaimIn, ClaimOut};
use crate::{
    Answer, Caller,
    body::{Body, Sent},
    limits::Who,
    problem::Problem,
    reply::Reply,
};

/// All of a claim but its password: there is one right password, so nothing is confused.
struct WithoutPassword([u8; 32]);

impl Sent for WithoutPassword {
    fn digest(&self) -> [u8; 32] {
        self.0
    }
}

/// Claim a transfer
///
/// At the port, with the origin's declaration number, the transfer number and the password. What does not fit together
/// is answered in one way, whichever part is wrong and whether there is such a transfer or not. Five wrong tries within
/// a day lock a number for the caller, twenty for everybody until the origin unlocks it. The port gives the case a
/// number of its own; goods that are not drawn for a spot check have their clearance form within the hour.
#[utoipa::path(
    operation_id = "claimTransfer", tag = "swap",
    request_body(content = ClaimIn, example = json!({
        "decl_no": "330900214004567", "transfer_no": "330900214004567T", "password": "4821", "port_org": "310900"
    })),
    responses((status = 201, description = "The claimed transfer.", body = ClaimOut,
        example = json!({ "transfer": view::example(), "is_selected": false,
            "swap_due_at": "2014-07-14T02:12:00Z" }))),
)]
#[post("/transfers/claim")]
pub async fn handler(caller: Caller, request: HttpRequest, body: Body<ClaimIn>) -> Answer {
    caller.must_hold(Permission::TransferClaim)?;
    let (presented, wanted) = body.value.into_parts();
    let mut wrong = Violations::default();
    presented.check(&mut wrong);
    wrong.finish(Some(())).map_err(Failure::from)?;
    let claimant = caller.actor.reg_no().ok_or(Failure::Forbidden("declaring units claim"))?;
    let from = Who::at(request.peer_addr().map(|address| address.ip()));
    let ctx = &caller.ctx;
    ctx.passwords.may_try(&format!("transfers of {claimant}"), from, ctx.clock.now())?;
    admit(&caller, claimant, &presented).await?;

    let rest = serde_json::to_vec(&(&presented.decl_no, &presented.transfer_no, &wanted))
        .map_err(Failure::from)?;
    let sent = WithoutPassword(Sha256::digest(&rest).into());
    let desk = ctx.desk();
    caller
        .act(Permission::TransferClaim, &sent, async |tx, actor| {
            let claimed = swap::claim_transfer(tx, &desk, actor, &presented, &wanted).await?;
            let Claimed { transfer, declaration } = claimed;
            let location = format!("/v1/transfers/{}", transfer.id);
            let is_selected = declaration.is_selected;
            let swap_due_at = transfer.swap_due_at;
            let out = ClaimOut { transfer: transfer.into(), is_selected, swap_due_at };
            Ok(Reply::created(&out, location)?)
        })
        .await
}

/// Counts, compares, and keeps what came of it, whatever is answered. Nobody holds a connection while passwords are
/// compared, and a number that nobody has takes the same way as a wrong password.
async fn admit(caller: &Caller, claimant: &str, presented: &Presented) -> Result<(), Problem> {
    let (ctx, books) = (&caller.ctx, caller.ctx.shelf.books());
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let begun = swap::begin_claim(&mut tx, &books, claimant, presented).await?;
    tx.commit().await?;
    let attempt = match begun {
        Ok(attempt) => attempt,
        Err(Standing::TooMany) => {
            return Err(Problem::too_many().detail("too many wrong transfer numbers today"));
        }
        Err(_) => return Err(locked()),
    };
    let (password, kept) = (presented.password.clone(), attempt.password_hash);
    let proof = ctx.passwords.compare(password, kept).await?;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let is_right = matches!(proof, Proof::Right);
    if is_right {
        swap::forgive_claim(&mut tx, attempt.id).await?;
    } else {
        swap::fail_claim(&mut tx, &books, &caller.actor, claimant, presented).await?;
    }
    tx.commit().await?;
    if is_right { Ok(()) } else { Err(turned_away()) }
}

fn turned_away() -> Problem {
    let title = "Declaration number, transfer number and password do not fit together";
    Problem::new(StatusCode::CONFLICT, "transfer/not-matching", title)
}

fn locked() -> Problem {
    let title = "Too many wrong tries: this number is locked";
    Problem::new(StatusCode::CONFLICT, "transfer/locked", title)
}
