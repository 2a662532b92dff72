//! Whether the bearer of a token may still act.
use chrono::{DateTime, SubsecRound, Utc};
use sqlx::PgConnection;

use crate::{
    identity::{ClientId, StaffId, store},
    kernel::{Actor, Standing},
};

/// Whom a token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Staff(StaffId),
    Client(ClientId),
}

/// The bearer of a token issued at `issued_at` as it stands now; `None` when it was disabled or revoked, its
/// organisation was, or its credential has changed since.
pub async fn actor_of(
    conn: &mut PgConnection,
    subject: Subject,
    issued_at: DateTime<Utc>,
) -> sqlx::Result<Option<Actor>> {
    let (id, is_staff, bearer) = match subject {
        Subject::Staff(id) => (id.0, true, store::access::active_staff(conn, id).await?),
        Subject::Client(id) => (id.0, false, store::access::active_client(conn, id).await?),
    };
    // Tokens tell whole seconds; one of the very second of the change is the new one's.
    let is_current = |changed_at: DateTime<Utc>| changed_at.trunc_subsecs(0) <= issued_at;
    let bearer = bearer.filter(|bearer| bearer.credential_changed_at.is_none_or(is_current));
    Ok(bearer.map(|bearer| Actor {
        id: Some(id),
        standing: Standing::Member {
            kind: bearer.organisation_kind,
            organisation: bearer.organisation_id.0,
            code: bearer.organisation_code,
            is_staff,
        },
        roles: bearer.roles.as_slice().to_vec(),
    }))
}
