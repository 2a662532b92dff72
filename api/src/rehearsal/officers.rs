//! `POST /v1/test/officers`
use actix_web::post;
use serde::{Deserialize, Serialize};
use shared::{
    identity::{self, Permission},
    kernel::{Failure, Violations},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Answer, Caller, body::Body, reply::Reply};

/// Of which office somebody is to stand in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficerIn {
    /// The office's code (机构代码).
    #[schema(example = "310900", min_length = 6, max_length = 6, pattern = r"^\d{6}$")]
    pub office: String,
    /// Which of them: some acts need two people.
    #[serde(default = "first")]
    #[schema(example = 1, minimum = 1, maximum = 9)]
    pub which: i32,
}

const fn first() -> i32 {
    1
}

/// Somebody who stands in, and the token to act as them.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerOut {
    /// The person, as events name them.
    pub staff_id: Uuid,
    /// The office.
    #[schema(example = "310900", max_length = 6)]
    pub office: String,
    /// Send it as `Authorization: Bearer …`.
    #[schema(max_length = 4096)]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer", max_length = 6)]
    pub token_type: &'static str,
}

/// Play an officer
///
/// Gives a token of a person who stands in for every officer of an office: accepts, returns, inspects, issues, takes
/// over and releases, by the same operations and under the same rules as real ones. No password lets that person in.
#[utoipa::path(
    operation_id = "playOfficer", tag = "test",
    request_body(content = OfficerIn, example = json!({ "office": "310900", "which": 2 })),
    responses((status = 201, description = "The person, and a token.", body = OfficerOut,
        example = json!({ "staff_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c72", "office": "310900",
            "access_token": "eyJ…", "token_type": "Bearer" }))),
)]
#[post("/test/officers")]
pub async fn handler(caller: Caller, body: Body<OfficerIn>) -> Answer {
    let ctx = caller.ctx.clone();
    caller
        .act(Permission::TestPlay, &body, async |tx, _| {
            checked(body.which)?;
            let officer = identity::service::staff::stand_in(tx, &body.office, body.which).await?;
            let token = ctx.tokens.issue(&officer, tx.now).map_err(Failure::Fault)?.token;
            let given = OfficerOut {
                staff_id: officer.person()?,
                office: body.office.clone(),
                access_token: token,
                token_type: "Bearer",
            };
            let location = format!("/v1/staff/{}", given.staff_id);
            Ok(Reply::created(&given, location)?.shown_once("access_token"))
        })
        .await
}

fn checked(which: i32) -> Result<(), Violations> {
    let mut violations = Violations::default();
    if !(1..=9).contains(&which) {
        violations.error("/which", "out-of-range", "1至9之间", "one of 1 to 9");
    }
    violations.finish(Some(()))
}
