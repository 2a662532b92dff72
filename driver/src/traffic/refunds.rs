//! Refunds under load: part of a payment at the front office goes back, proposed by one, approved by two others, paid
//! out by a fourth. The next step is looked up in the tables: whatever a fault cuts short is taken up again.
use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::{sync::watch, time::sleep};

use crate::world::{Post, World};

/// Whose payments are given back. Its people are [`PEOPLE`].
const OFFICE: &str = "310900";
/// Whom refunds need besides those of every office.
pub(crate) const PEOPLE: [(&str, Post); 2] = [(OFFICE, Post::SecondFee), (OFFICE, Post::Cashier)];
/// Between two proposals.
const PAUSE: Duration = Duration::from_secs(1);

/// Proposes to give one yuan of a payment back, again and again, until told to stop.
pub(crate) async fn propose(world: Arc<World>, pool: PgPool, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = stop.changed() => return,
        }
        // What fails now is proposed later: there is no promise to keep.
        let _ = propose_one(&world, &pool).await;
    }
}

async fn propose_one(world: &World, pool: &PgPool) -> anyhow::Result<()> {
    let paid: Option<String> = sqlx::query_scalar(
        "select p.id::text from payments p join fee_notices n on n.id = p.notice_id
         where n.decl_org = $1 and n.state = 'PAID' and p.state = 'SUCCESS' and p.channel = 'EPAY'
           and not exists (select from refunds r where r.payment_id = p.id)
         order by p.id limit 1",
    )
    .bind(OFFICE)
    .fetch_optional(pool)
    .await?;
    let Some(payment) = paid else { return Ok(()) };
    let refund =
        json!({ "amount": { "amount": "1.00", "currency": "CNY" }, "reason": "计费有误，多收1元" });
    act(world, Post::Fee, &format!("/v1/payments/{payment}/refunds"), Some(&refund)).await
}

/// One step of each refund that waits for a person.
pub(super) async fn work(world: &World, pool: &PgPool) -> anyhow::Result<()> {
    let waiting: Vec<(String, String, bool)> = sqlx::query_as(
        "select r.id::text, r.state, r.fee_approved_by is not null
         from refunds r join payments p on p.id = r.payment_id join fee_notices n on n.id = p.notice_id
         where n.decl_org = $1 and r.state in ('OWED', 'APPROVED')
         order by r.id limit 16",
    )
    .bind(OFFICE)
    .fetch_all(pool)
    .await?;
    for (id, state, is_half_approved) in waiting {
        let path = |verb: &str| format!("/v1/refunds/{id}/{verb}");
        let _ = match (state.as_str(), is_half_approved) {
            ("APPROVED", _) => act(world, Post::Cashier, &path("execute"), Some(&json!({}))).await,
            (_, true) => act(world, Post::Chief, &path("approve"), None).await,
            (_, false) => act(world, Post::SecondFee, &path("approve"), None).await,
        };
    }
    Ok(())
}

async fn act(world: &World, post: Post, path: &str, body: Option<&Value>) -> anyhow::Result<()> {
    world.officer(OFFICE, post)?.session.act(path, body).await?;
    Ok(())
}
