//! What may be seen: a declarant sees its own, an office those declared there.
use std::collections::HashMap;

use sqlx::PgConnection;

pub use crate::payment::store::notice::NoticeFilter;
use crate::{
    declaration,
    kernel::{Actor, Failure, Page, PageRequest},
    payment::{
        model::{Agreement, AgreementId, Billed, FeeNotice, NoticeId, Payment, PaymentId, Scope},
        status::agreement::AgreementState,
        store,
    },
};

pub async fn notice(
    conn: &mut PgConnection,
    actor: &Actor,
    id: NoticeId,
) -> Result<Billed, Failure> {
    let scope = Scope::of(actor, "fee notice")?;
    let notice = store::notice::read(conn, id, &scope).await?;
    let notice = notice.ok_or(Failure::Missing("fee notice"))?;
    let latest = store::payment::latest_of(conn, &[id.0]).await?.pop();
    Ok(Billed { notice, latest })
}

/// A notice after an act of somebody who was allowed it.
pub(super) async fn billed(conn: &mut PgConnection, id: NoticeId) -> Result<Billed, Failure> {
    notice(conn, &Actor::system(), id).await
}

pub async fn notices(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &NoticeFilter,
    page: PageRequest,
) -> Result<Page<Billed>, Failure> {
    let scope = Scope::of(actor, "fee notice")?;
    let mut of = filter.declaration;
    // A number is looked up where it is unique: an office has very many notices.
    if let Some(number) = &filter.decl_no {
        match declaration::service::id_of_number(conn, number).await {
            Ok(id) if of.is_none_or(|of| of == id) => of = Some(id),
            Ok(_) | Err(Failure::Missing(_)) => return Ok(Page::cut(Vec::new(), page)),
            Err(fault) => return Err(fault),
        }
    }
    let notices = store::notice::list(conn, &scope, of, filter.state, page).await?;
    let ids: Vec<_> = notices.iter().map(|notice| notice.id.0).collect();
    let latest = store::payment::latest_of(conn, &ids).await?;
    let mut latest: HashMap<_, _> =
        latest.into_iter().map(|payment| (payment.notice_id, payment)).collect();
    let billed = |notice: FeeNotice| Billed { latest: latest.remove(&notice.id), notice };
    Ok(Page::cut(notices, page).map(billed))
}

pub async fn payment(
    conn: &mut PgConnection,
    actor: &Actor,
    id: PaymentId,
) -> Result<Payment, Failure> {
    let scope = Scope::of(actor, "payment")?;
    store::payment::read(conn, id, &scope).await?.ok_or(Failure::Missing("payment"))
}

pub async fn agreement(
    conn: &mut PgConnection,
    actor: &Actor,
    id: AgreementId,
) -> Result<Agreement, Failure> {
    let scope = Scope::of(actor, "agreement")?;
    store::agreement::read(conn, id, scope.reg_no).await?.ok_or(Failure::Missing("agreement"))
}

/// Agreements bind payer, bank and bureau: every office sees all of them, a payer its own.
pub async fn agreements(
    conn: &mut PgConnection,
    actor: &Actor,
    state: Option<AgreementState>,
    page: PageRequest,
) -> Result<Page<Agreement>, Failure> {
    let scope = Scope::of(actor, "agreement")?;
    let rows = store::agreement::list(conn, scope.reg_no, state, page).await?;
    Ok(Page::cut(rows, page))
}
