//! `GET /v1/declarations`
use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::{
    declaration::{Filter, Status, service},
    identity::Permission,
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::out::{self, DeclarationOut, DeclarationPage};
use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// Only those that stand here.
    status: Option<Status>,
    /// Only those declared at this office.
    #[param(min_length = 6, max_length = 6)]
    decl_org: Option<String>,
    /// Only those to be released at this office.
    #[param(min_length = 6, max_length = 6)]
    release_org: Option<String>,
    /// The one of this number (报检号).
    #[param(min_length = 15, max_length = 15)]
    decl_no: Option<String>,
    /// Only those that changed at or after this moment: poll with it where no events can be received.
    updated_since: Option<DateTime<Utc>>,
}

/// List declarations
///
/// Newest first. An enterprise or agent sees what it declared; an office sees what is declared, inspected or
/// released there.
#[utoipa::path(
    operation_id = "listDeclarations", tag = "declaration",
    params(ListParams),
    responses((status = 200, description = "A page of declarations.", body = DeclarationPage,
        example = json!(out::example_page()))),
)]
#[get("/declarations")]
pub async fn handler(caller: Caller, params: Params<ListParams>) -> Answer {
    caller
        .look(Permission::DeclarationRead, async |conn, actor| {
            let filter = Filter {
                status: params.status,
                decl_org: params.decl_org.clone(),
                release_org: params.release_org.clone(),
                decl_no: params.decl_no.clone(),
            };
            let page = paging::page(params.limit, params.cursor, params.updated_since);
            let found = service::list(conn, actor, &filter, page).await?;
            Ok(Reply::page(found.map(DeclarationOut::from), |one| one.id.0)?)
        })
        .await
}
