use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::exchange::{
    envelope::Envelope,
    model::{InboxState, Message, MessageId},
};

/// A message on its way into the inbox.
pub(in crate::exchange) struct Arrived<'a> {
    pub envelope: &'a Envelope,
    pub sent_at: DateTime<Utc>,
    pub refused_records: Vec<i32>,
    /// What we signed for it; nothing where it was played.
    pub receipt: Option<Value>,
    pub played_by: Option<Uuid>,
}

#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    kinds: Vec<String>,
    versions: Vec<i16>,
    correlations: Vec<Uuid>,
    sequences: Vec<i32>,
    sent: Vec<DateTime<Utc>>,
    payloads: Vec<Value>,
    hashes: Vec<String>,
    keys: Vec<String>,
    signatures: Vec<String>,
    refused: Vec<Value>,
    receipts: Vec<Option<Value>>,
    players: Vec<Option<Uuid>>,
}

impl Columns {
    fn push(&mut self, arrived: &Arrived<'_>) {
        let Envelope { header, payload, signature } = arrived.envelope;
        self.ids.push(header.id.0);
        self.kinds.push(header.kind.clone());
        self.versions.push(header.version);
        self.correlations.push(header.correlation_id);
        self.sequences.push(header.sequence);
        self.sent.push(arrived.sent_at);
        self.payloads.push(payload.clone());
        self.hashes.push(header.payload_hash.clone());
        self.keys.push(header.key_id.clone());
        self.signatures.push(signature.clone());
        self.refused.push(Value::from(arrived.refused_records.clone()));
        self.receipts.push(arrived.receipt.clone());
        self.players.push(arrived.played_by);
    }
}

/// Keeps what came, all in one statement. Returns what was not there before; whatever has the id, or the place in
/// the conversation, of another message is left out.
pub(in crate::exchange) async fn insert(
    conn: &mut PgConnection,
    sender: &str,
    now: DateTime<Utc>,
    arrived: &[Arrived<'_>],
) -> sqlx::Result<Vec<MessageId>> {
    let mut columns = Columns::default();
    for one in arrived {
        columns.push(one);
    }
    sqlx::query_scalar!(
        r#"
        insert into inbox (sender, received_at, id, kind, version, correlation_id, sequence, sent_at, payload,
            payload_hash, key_id, signature, refused_records, receipt, played_by)
        select $1, $2, id, kind, version, correlation_id, sequence, sent_at, payload, payload_hash, key_id, signature,
            array(select jsonb_array_elements_text(refused)::int4), receipt, played_by
        from unnest($3::uuid[], $4::text[], $5::int2[], $6::uuid[], $7::int4[], $8::timestamptz[], $9::jsonb[],
            $10::text[], $11::text[], $12::text[], $13::jsonb[], $14::jsonb[], $15::uuid[])
            as came(id, kind, version, correlation_id, sequence, sent_at, payload, payload_hash, key_id, signature,
                refused, receipt, played_by)
        on conflict do nothing
        returning id as "id: MessageId"
        "#,
        sender,
        now,
        &columns.ids,
        &columns.kinds,
        &columns.versions,
        &columns.correlations,
        &columns.sequences,
        &columns.sent,
        &columns.payloads,
        &columns.hashes,
        &columns.keys,
        &columns.signatures,
        &columns.refused,
        &columns.receipts as &[Option<Value>],
        &columns.players as &[Option<Uuid>],
    )
    .fetch_all(conn)
    .await
}

/// What was kept before under an id: its signature, and the receipt that was given.
pub(in crate::exchange) struct First {
    pub id: MessageId,
    pub signature: String,
    /// Of what was played: null.
    pub receipt: Value,
}

pub(in crate::exchange) async fn firsts(
    conn: &mut PgConnection,
    sender: &str,
    ids: &[Uuid],
) -> sqlx::Result<Vec<First>> {
    sqlx::query_as!(
        First,
        r#"
        select id as "id: MessageId", signature, coalesce(receipt, 'null') as "receipt!"
        from inbox where sender = $1 and id = any($2)
        "#,
        sender,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// Reads a message and holds it until the transaction ends.
pub(in crate::exchange) async fn lock(
    conn: &mut PgConnection,
    sender: &str,
    id: MessageId,
) -> sqlx::Result<Option<Message>> {
    sqlx::query_as!(
        Message,
        r#"
        select sender, id as "id: MessageId", kind, version, correlation_id, sequence, sent_at, received_at, payload,
            refused_records, state as "state: InboxState"
        from inbox where sender = $1 and id = $2 for update
        "#,
        sender,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// The last of their messages in a conversation that was dealt with. Holds the conversation.
pub(in crate::exchange) async fn hold_conversation(
    conn: &mut PgConnection,
    bureau: &str,
    correlation: Uuid,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"
        insert into conversations as c (bureau, correlation_id) values ($1, $2)
        on conflict (bureau, correlation_id) do update set applied = c.applied
        returning applied
        "#,
        bureau,
        correlation,
    )
    .fetch_one(conn)
    .await
}

/// Goes one message further in a conversation; says which one waits next, if it is there.
pub(in crate::exchange) async fn advance(
    conn: &mut PgConnection,
    bureau: &str,
    correlation: Uuid,
    applied: i32,
) -> sqlx::Result<Option<MessageId>> {
    sqlx::query_scalar!(
        r#"
        with moved as (
            update conversations set applied = $3, asked_again_at = null
            where bureau = $1 and correlation_id = $2)
        select id as "id: MessageId" from inbox
        where sender = $1 and correlation_id = $2 and sequence = $3 + 1 and state = 'STORED'
        "#,
        bureau,
        correlation,
        applied,
    )
    .fetch_optional(conn)
    .await
}

/// The first and the last sequence that are missing before the earliest message that waits.
pub(in crate::exchange) async fn gap(
    conn: &mut PgConnection,
    bureau: &str,
    correlation: Uuid,
) -> sqlx::Result<Option<(i32, i32)>> {
    let gap = sqlx::query!(
        r#"
        select c.applied + 1 as "first!", (select min(i.sequence) - 1 from inbox i
            where i.sender = c.bureau and i.correlation_id = c.correlation_id and i.state = 'STORED'
              and i.sequence > c.applied) as last
        from conversations c where c.bureau = $1 and c.correlation_id = $2
        "#,
        bureau,
        correlation,
    )
    .fetch_optional(conn)
    .await?;
    Ok(gap.and_then(|gap| Some((gap.first, gap.last?))).filter(|(first, last)| first <= last))
}

pub(in crate::exchange) async fn settle(
    conn: &mut PgConnection,
    message: &Message,
    state: InboxState,
    reason: Option<&str>,
    outcome: Option<&Value>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update inbox set state = $3, reason = $4, outcome = $5, settled_at = $6
        where sender = $1 and id = $2
        "#,
        message.sender,
        message.id.0,
        state.name(),
        reason,
        outcome,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a parked or refused message another chance.
pub(in crate::exchange) async fn redrive(
    conn: &mut PgConnection,
    sender: &str,
    id: MessageId,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        update inbox set state = 'STORED', reason = null, outcome = null, settled_at = null
        where sender = $1 and id = $2 and state in ('PARKED', 'REFUSED')
        "#,
        sender,
        id.0,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The last message that was played in a conversation.
pub(in crate::exchange) async fn last_played(
    conn: &mut PgConnection,
    sender: &str,
    correlation: Uuid,
) -> sqlx::Result<Option<Message>> {
    sqlx::query_as!(
        Message,
        r#"
        select sender, id as "id: MessageId", kind, version, correlation_id, sequence, sent_at, received_at, payload,
            refused_records, state as "state: InboxState"
        from inbox where sender = $1 and correlation_id = $2 and played_by is not null
        order by id desc limit 1
        "#,
        sender,
        correlation,
    )
    .fetch_optional(conn)
    .await
}
