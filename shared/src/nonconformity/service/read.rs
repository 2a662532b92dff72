//! Notices as they stand.
use sqlx::PgConnection;

use crate::{
    kernel::{Actor, Failure, Page, PageRequest},
    ledger::{Happening, event},
    nonconformity::{
        Digest, NcNoticeId, NcNoticeStatus, Notice, ReceivedNotice, ReceivedNoticeId,
        ReceivedNoticeStatus, store,
    },
};

/// Which notices of ours to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<NcNoticeStatus>,
    pub origin_bureau: Option<String>,
    pub reg_no: Option<String>,
}

/// Which notices of other ports to list.
#[derive(Clone, Debug, Default)]
pub struct ReceivedFilter {
    pub status: Option<ReceivedNoticeStatus>,
    pub sender: Option<String>,
    pub reg_no: Option<String>,
}

/// A notice of the caller's office.
pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    id: NcNoticeId,
) -> Result<Notice, Failure> {
    let notice = store::notice::find(conn, actor.scope(), id).await?;
    notice.ok_or(Failure::Missing("notice of non-conformity"))
}

/// Notices of the caller's office, newest first.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Notice>, Failure> {
    Ok(Page::cut(store::notice::list(conn, actor.scope(), filter, page).await?, page))
}

/// All that happened to a notice of the caller's office, the block that it caused included.
pub async fn timeline(
    conn: &mut PgConnection,
    actor: &Actor,
    id: NcNoticeId,
) -> Result<Vec<Happening>, Failure> {
    get(conn, actor, id).await?;
    Ok(event::timeline(conn, id.0).await?)
}

/// A notice of another port. They are told to the bureau, so every office of it may read them.
pub async fn received(
    conn: &mut PgConnection,
    id: ReceivedNoticeId,
) -> Result<ReceivedNotice, Failure> {
    let notice = store::received::find(conn, id).await?;
    notice.ok_or(Failure::Missing("received notice of non-conformity"))
}

/// Notices of other ports, newest first.
pub async fn list_received(
    conn: &mut PgConnection,
    filter: &ReceivedFilter,
    page: PageRequest,
) -> Result<Page<ReceivedNotice>, Failure> {
    Ok(Page::cut(store::received::list(conn, filter, page).await?, page))
}

/// All that happened here to a notice of another port.
pub async fn received_timeline(
    conn: &mut PgConnection,
    id: ReceivedNoticeId,
) -> Result<Vec<Happening>, Failure> {
    received(conn, id).await?;
    Ok(event::timeline(conn, id.0).await?)
}

/// What ports told us of their months, the newest first.
pub async fn digests(
    conn: &mut PgConnection,
    sender: Option<&str>,
) -> Result<Vec<Digest>, Failure> {
    Ok(store::received::digests(conn, sender).await?)
}
