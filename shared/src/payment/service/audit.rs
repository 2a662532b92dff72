//! The books, proved.
use sqlx::PgConnection;

pub use crate::payment::store::proof::Posted;
use crate::{
    kernel::{Actor, Failure, Fen},
    payment::{
        audit::{Audit, Difference, Kind},
        model::{NoticeId, Scope},
        store,
    },
};

/// What every account holds, where that is not what the rest of the tables say, and which of those do not fit each
/// other.
pub async fn audit(conn: &mut PgConnection) -> Result<Audit, Failure> {
    let faults = store::parity::faults(conn).await?;
    let mut audit = Audit { kinds: Vec::new(), differences: Vec::new(), faults };
    for row in store::proof::accounts(conn).await? {
        if audit.kinds.last().is_none_or(|last| last.kind != row.kind) {
            audit.kinds.push(Kind {
                kind: row.kind,
                side: row.side,
                name_zh: row.name_zh,
                name_en: row.name_en,
                accounts: 0,
                entries: 0,
                debits: Fen(0),
                credits: Fen(0),
            });
        }
        let Some((kind, account)) = audit.kinds.last_mut().zip(row.account) else { continue };
        kind.accounts += 1;
        kind.entries += row.entries;
        kind.debits = kind.debits + row.debits;
        kind.credits = kind.credits + row.credits;
        let booked = Fen(row.debits.0 - row.credits.0);
        if booked != row.claimed {
            audit.differences.push(Difference { account, booked, claimed: row.claimed });
        }
    }
    Ok(audit)
}

/// The life of a notice's fen: all that was posted for it, in its order.
pub async fn postings_of(
    conn: &mut PgConnection,
    actor: &Actor,
    notice: NoticeId,
) -> Result<Vec<Posted>, Failure> {
    let scope = Scope::of(actor, "fee notice")?;
    if !store::proof::is_seen(conn, notice, &scope).await? {
        return Err(Failure::Missing("fee notice"));
    }
    Ok(store::proof::postings_of(conn, notice).await?)
}
