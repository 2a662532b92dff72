//! Who may ask, and how: HTTP in, rooms behind. Every room mounts its own routes.
mod amendment;
pub mod body;
pub mod caller;
pub mod change;
mod clearance;
pub mod command;
mod company;
pub mod context;
pub mod contract;
mod credit;
pub mod declaration;
mod direct_release;
pub mod document;
pub mod exchange;
mod faults;
mod gate;
mod handoff;
mod health;
pub mod identity;
mod import;
pub mod inspection;
mod jobs;
pub mod limits;
mod nonconformity;
mod once;
pub mod origins;
pub mod outside;
mod pages;
pub mod paging;
pub mod payment;
pub mod problem;
pub mod reference;
mod rehearsal;
pub mod reply;
pub mod request;
mod statistics;
mod swap;
pub mod turns;
pub mod version;
pub mod waiting;
pub mod webhook;
mod whole;

use std::sync::{Arc, LazyLock};

use actix_web::{
    App, Error, HttpRequest, HttpResponse, ResponseError,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web,
};
use shared::{
    config::Mode,
    declaration::{AmendmentId, DeclarationId},
    exchange::{MemorandumId, MessageId},
    handoff::HandoffId,
    import::ImportId,
    inspection::SampleId,
    ledger::jobs::JobId,
    notification::EndpointId,
    payment::{
        AgreementId, DifferenceId, MonthlySettlementId, MonthlyStatementId, NoticeId, PaymentId,
        RefundId, ShiftId,
    },
    swap::TransferId,
};
use utoipa::OpenApi;
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

pub use caller::{Answer, Caller};
pub use context::Context;
use contract::Contract;

/// Ids that stand in paths alone are not found by themselves.
#[derive(OpenApi)]
#[openapi(components(schemas(
    AgreementId,
    AmendmentId,
    DeclarationId,
    DifferenceId,
    EndpointId,
    HandoffId,
    ImportId,
    JobId,
    MemorandumId,
    MessageId,
    MonthlySettlementId,
    MonthlyStatementId,
    NoticeId,
    PaymentId,
    RefundId,
    ShiftId,
    SampleId,
    TransferId
)))]
struct Document;

/// Read once; every server thread shares it.
static CONTRACT: LazyLock<Arc<Contract>> = LazyLock::new(|| Arc::new(Contract::of(&openapi())));

/// The contract as it is published, made once: when it is first asked for, or a refused body is held against it.
static PUBLISHED: LazyLock<serde_json::Value> = LazyLock::new(|| document::publish(&openapi()));

/// The table of contents under `/v1`: one line per room.
fn rooms(cfg: &mut ServiceConfig<'_>) {
    cfg.configure(identity::routes)
        .configure(reference::routes)
        // What is written out comes before what has a placeholder: `/declarations/clearance-forms` is no `{id}`.
        .configure(clearance::routes)
        .configure(declaration::routes)
        .configure(import::routes)
        .configure(amendment::routes)
        .configure(inspection::routes)
        .configure(payment::routes)
        .configure(handoff::routes)
        .configure(exchange::routes)
        .configure(direct_release::routes)
        .configure(nonconformity::routes)
        .configure(credit::routes)
        .configure(swap::routes)
        .configure(webhook::routes)
        .configure(change::routes)
        .configure(statistics::routes)
        .configure(jobs::routes);
}

/// What stands outside `/v1`: tokens, keys, health.
fn doors(cfg: &mut ServiceConfig<'_>) {
    cfg.configure(identity::doors).configure(health::routes).configure(pages::doors);
}

/// The whole server, ready to be mounted.
pub fn app(
    ctx: Context,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let mode = ctx.mode;
    let every_room = move |cfg: &mut ServiceConfig<'_>| {
        rooms(cfg);
        // What plays the world is not even mounted in production.
        if mode == Mode::Test {
            cfg.configure(rehearsal::routes);
        }
    };
    App::new()
        .app_data(web::Data::new(ctx))
        .app_data(web::Data::from(Arc::clone(&CONTRACT)))
        .into_utoipa_app()
        .configure(doors)
        .service(utoipa_actix_web::scope("/v1").configure(every_room))
        .into_app()
        .configure(pages::pages)
        .default_service(web::to(nowhere))
        .wrap(from_fn(request::frame))
}

async fn nowhere(request: HttpRequest, contract: web::Data<Contract>) -> HttpResponse {
    contract.refuse_path(request.path()).error_response()
}

/// The operations, from the very same registration the server runs.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    App::new()
        .into_utoipa_app()
        .openapi(Document::openapi())
        .configure(doors)
        .service(utoipa_actix_web::scope("/v1").configure(rooms))
        .split_for_parts()
        .1
}

/// What there is beside them in test mode, and is in no published contract.
fn rehearsed() -> serde_json::Value {
    let document = App::new()
        .into_utoipa_app()
        .openapi(Document::openapi())
        .service(utoipa_actix_web::scope("/v1").configure(rehearsal::routes))
        .split_for_parts()
        .1;
    document::publish(&document)
}

/// The contract as it is published and committed: `openapi/openapi.json`.
#[must_use]
pub fn openapi_json() -> String {
    format!("{:#}", *PUBLISHED)
}
