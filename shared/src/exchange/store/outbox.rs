use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::exchange::model::MessageId;

/// The next sequence of ours in a conversation. Holds the conversation until the transaction ends.
pub(in crate::exchange) async fn next_sequence(
    conn: &mut PgConnection,
    receiver: &str,
    correlation: Uuid,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"
        insert into conversations as c (bureau, correlation_id, sent) values ($1, $2, 1)
        on conflict (bureau, correlation_id) do update set sent = c.sent + 1
        returning sent
        "#,
        receiver,
        correlation,
    )
    .fetch_one(conn)
    .await
}

/// A message of ours, as it is kept.
#[derive(Clone, Debug)]
pub(in crate::exchange) struct Kept {
    pub id: MessageId,
    pub receiver: String,
    pub kind: String,
    pub version: i16,
    pub correlation_id: Uuid,
    pub sequence: i32,
    pub sent_at: DateTime<Utc>,
    pub payload: Value,
    pub payload_hash: String,
    pub key_id: Option<String>,
    pub signature: Option<String>,
}

pub(in crate::exchange) async fn insert(
    conn: &mut PgConnection,
    new: &Kept,
    give_up_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into outbox (id, receiver, kind, version, correlation_id, sequence, sent_at, payload, payload_hash,
            give_up_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        "#,
        new.id.0,
        new.receiver,
        new.kind,
        new.version,
        new.correlation_id,
        new.sequence,
        new.sent_at,
        new.payload,
        new.payload_hash,
        give_up_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The oldest messages that wait for a partner: a hundred at most, and no more than fit into one call.
pub(in crate::exchange) async fn waiting(
    conn: &mut PgConnection,
    receiver: &str,
    bytes: i64,
) -> sqlx::Result<Vec<Kept>> {
    sqlx::query_as!(
        Kept,
        r#"
        select id as "id!: MessageId", receiver as "receiver!", kind as "kind!", version as "version!",
            correlation_id as "correlation_id!", sequence as "sequence!", sent_at as "sent_at!",
            payload as "payload!", payload_hash as "payload_hash!", key_id, signature
        from (
            select *, sum(octet_length(payload::text) + 1000) over (order by sent_at, sequence, id) as size,
                row_number() over (order by sent_at, sequence, id) as place
            from (select * from outbox where receiver = $1 and state = 'WAITING'
                  order by sent_at, sequence, id limit 100) as oldest
        ) as measured
        where size <= $2 or place = 1
        order by sent_at, sequence, id
        "#,
        receiver,
        bytes,
    )
    .fetch_all(conn)
    .await
}

/// Keeps the signatures under which messages leave for the first time.
pub(in crate::exchange) async fn sign(
    conn: &mut PgConnection,
    ids: &[Uuid],
    key_id: &str,
    signatures: &[String],
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update outbox set key_id = $3, signature = signed.signature
        from unnest($1::uuid[], $2::text[]) as signed(id, signature)
        where outbox.id = signed.id and outbox.signature is null
        "#,
        ids,
        signatures,
        key_id,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the right to deliver to a partner until then; `None` when somebody else has it, or the partner is to be
/// left alone or cannot be called. Returns where to call.
pub(in crate::exchange) async fn begin_delivery(
    conn: &mut PgConnection,
    partner: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"
        update partners set delivering_until = $3
        where code = $1 and base_url is not null and state = 'ACTIVE'
          and (delivering_until is null or delivering_until <= $2)
          and (next_try_at is null or next_try_at <= $2)
        returning base_url as "base_url!"
        "#,
        partner,
        now,
        until,
    )
    .fetch_optional(conn)
    .await
}

/// Lets go of the right to deliver: there was nothing to deliver.
pub(in crate::exchange) async fn leave(conn: &mut PgConnection, partner: &str) -> sqlx::Result<()> {
    sqlx::query!("update partners set delivering_until = null where code = $1", partner)
        .execute(conn)
        .await?;
    Ok(())
}

pub(in crate::exchange) async fn end_delivery(
    conn: &mut PgConnection,
    partner: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update partners set delivering_until = null, failures = 0, next_try_at = null, last_error = null,
            reached_at = $2
        where code = $1
        "#,
        partner,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts a failed delivery; says how many failed in a row.
pub(in crate::exchange) async fn fail_delivery(
    conn: &mut PgConnection,
    partner: &str,
    error: &str,
    next_try_at: impl FnOnce(i32) -> DateTime<Utc>,
) -> sqlx::Result<DateTime<Utc>> {
    let failures = sqlx::query_scalar!(
        r#"
        update partners set delivering_until = null, failures = failures + 1, last_error = $2
        where code = $1 returning failures
        "#,
        partner,
        error,
    )
    .fetch_one(&mut *conn)
    .await?;
    let at = next_try_at(failures);
    sqlx::query!("update partners set next_try_at = $2 where code = $1", partner, at)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        r#"
        update outbox set attempts = attempts + 1, last_error = $2
        where id in (select id from outbox where receiver = $1 and state = 'WAITING'
                     order by sent_at, sequence, id limit 100)
        "#,
        partner,
        error,
    )
    .execute(conn)
    .await?;
    Ok(at)
}

/// How a delivery ended for one message.
#[derive(Clone, Debug)]
pub(in crate::exchange) struct Answered {
    pub id: MessageId,
    pub payload_hash: String,
    pub state: &'static str,
    pub error: Option<String>,
    pub receipt: Value,
}

/// What became of receipts.
#[derive(Clone, Debug)]
pub(in crate::exchange) struct Answers {
    /// How many are about messages of ours, as we said them.
    pub known: usize,
    /// The messages that were still waiting for one.
    pub settled: HashSet<MessageId>,
}

/// Keeps receipts, at most one about each message. What is about other content than ours is left out.
pub(in crate::exchange) async fn answer(
    conn: &mut PgConnection,
    receiver: &str,
    now: DateTime<Utc>,
    answered: &[Answered],
) -> sqlx::Result<Answers> {
    let ids: Vec<_> = answered.iter().map(|one| one.id.0).collect();
    let hashes: Vec<_> = answered.iter().map(|one| one.payload_hash.clone()).collect();
    let states: Vec<_> = answered.iter().map(|one| one.state.to_owned()).collect();
    let errors: Vec<_> = answered.iter().map(|one| one.error.clone()).collect();
    let receipts: Vec<_> = answered.iter().map(|one| one.receipt.clone()).collect();
    let rows = sqlx::query!(
        r#"
        with answer as (
            select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
                as given(id, payload_hash, state, error, receipt)
        ), settled as (
            update outbox set state = answer.state, last_error = answer.error, receipt = answer.receipt,
                attempts = attempts + 1,
                delivered_at = case when answer.state = 'DELIVERED' then $7::timestamptz end,
                stopped_at = case when answer.state = 'DEAD' then $7 end
            from answer
            where outbox.id = answer.id and outbox.payload_hash = answer.payload_hash and outbox.receiver = $1
              and outbox.state = 'WAITING'
            returning outbox.id
        )
        select outbox.id as "id!: MessageId", settled.id is not null as "is_settled!"
        from answer
        join outbox on outbox.id = answer.id and outbox.payload_hash = answer.payload_hash
            and outbox.receiver = $1
        left join settled on settled.id = outbox.id
        "#,
        receiver,
        &ids,
        &hashes,
        &states,
        &errors as &[Option<String>],
        &receipts,
        now,
    )
    .fetch_all(conn)
    .await?;
    let settled = rows.iter().filter(|row| row.is_settled).map(|row| row.id).collect();
    Ok(Answers { known: rows.len(), settled })
}

/// Gives up what has waited for too long.
pub(in crate::exchange) async fn give_up(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<(String, MessageId)>> {
    let given_up = sqlx::query!(
        r#"
        update outbox set state = 'DEAD', last_error = coalesce(last_error, 'never delivered'), stopped_at = $1
        where state = 'WAITING' and give_up_at <= $1
        returning receiver, id as "id: MessageId"
        "#,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(given_up.into_iter().map(|row| (row.receiver, row.id)).collect())
}

/// Puts messages of a conversation back among those that wait: the other side misses them.
pub(in crate::exchange) async fn send_again(
    conn: &mut PgConnection,
    receiver: &str,
    correlation: Uuid,
    from: i32,
    to: i32,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        r#"
        update outbox set state = 'WAITING', delivered_at = null, stopped_at = null, last_error = null
        where receiver = $1 and correlation_id = $2 and sequence between $3 and $4 and state <> 'WAITING'
        "#,
        receiver,
        correlation,
        from,
        to,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Partners for whom something waits that nobody is about to deliver.
pub(in crate::exchange) async fn forgotten(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"
        select code from partners p
        where state = 'ACTIVE' and base_url is not null
          and (next_try_at is null or next_try_at <= $1)
          and (delivering_until is null or delivering_until <= $1)
          and exists (select 1 from outbox o where o.receiver = p.code and o.state = 'WAITING')
        "#,
        now,
    )
    .fetch_all(conn)
    .await
}

/// Gives a dead message another chance.
pub(in crate::exchange) async fn redrive(
    conn: &mut PgConnection,
    id: MessageId,
    give_up_at: DateTime<Utc>,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        r#"
        update outbox set state = 'WAITING', stopped_at = null, last_error = null, give_up_at = $2
        where id = $1 and state = 'DEAD' returning receiver
        "#,
        id.0,
        give_up_at,
    )
    .fetch_optional(conn)
    .await
}
