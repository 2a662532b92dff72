//! The books: postings, and what the bank said.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    kernel::{Fen, id},
    payment::{
        bank::{FailureCode, Outcome, Source, Word},
        evidence::Effect,
        posting::Posting,
    },
};

/// Writes many postings in one statement.
pub(in crate::payment) async fn post(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    postings: Vec<Posting>,
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = postings.iter().map(|_| id::mint(now)).collect();
    let debits: Vec<_> = postings.iter().map(|posting| posting.debit.clone()).collect();
    let credits: Vec<_> = postings.iter().map(|posting| posting.credit.clone()).collect();
    let amounts: Vec<_> = postings.iter().map(|posting| posting.amount.0).collect();
    let causes: Vec<_> = postings.iter().map(|posting| posting.cause.to_owned()).collect();
    let notices: Vec<_> = postings.iter().map(|posting| posting.notice.map(|id| id.0)).collect();
    let payments: Vec<_> = postings.iter().map(|posting| posting.payment.map(|id| id.0)).collect();
    sqlx::query!(
        r#"
        insert into postings (id, debit, credit, amount_fen, cause, notice_id, payment_id, at)
        select *, $8::timestamptz from unnest(
            $1::uuid[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::uuid[], $7::uuid[])
        "#,
        &ids,
        &debits,
        &credits,
        &amounts,
        &causes,
        &notices as &[Option<Uuid>],
        &payments as &[Option<Uuid>],
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A word of the bank with what it was taken for.
#[derive(Clone, Copy, Debug)]
pub(in crate::payment) struct Heard<'a> {
    pub bank_code: &'a str,
    pub word: &'a Word,
    pub amount: Fen,
    pub source: Source,
    pub effect: Effect,
}

/// Which of these words were heard before and settled: nothing follows from them any more. Takes no locks.
pub(in crate::payment) async fn known(
    conn: &mut PgConnection,
    bank_code: &str,
    words: &[&Word],
) -> sqlx::Result<Vec<(String, Outcome)>> {
    let refs: Vec<_> = words.iter().map(|word| word.bank_ref.clone()).collect();
    let known = sqlx::query!(
        r#"
        select bank_ref, outcome as "outcome: Outcome" from bank_words
        where bank_code = $1 and bank_ref = any($2) and effect <> 'HOLD'
        "#,
        bank_code,
        &refs,
    )
    .fetch_all(conn)
    .await?;
    Ok(known.into_iter().map(|word| (word.bank_ref, word.outcome)).collect())
}

/// Keeps words, each once, no two alike. Returns those kept: from one that was heard before nothing follows. A word
/// on hold may be heard again when it has come to mean something.
pub(in crate::payment) async fn hear(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    heard: &[Heard<'_>],
) -> sqlx::Result<Vec<(String, Outcome)>> {
    let banks: Vec<_> = heard.iter().map(|one| one.bank_code.to_owned()).collect();
    let refs: Vec<_> = heard.iter().map(|one| one.word.bank_ref.clone()).collect();
    let outcomes: Vec<_> = heard.iter().map(|one| one.word.outcome).collect();
    let payments: Vec<_> = heard.iter().map(|one| one.word.payment_id.0).collect();
    let sources: Vec<_> = heard.iter().map(|one| one.source).collect();
    let amounts: Vec<_> = heard.iter().map(|one| one.amount.0).collect();
    let codes: Vec<_> = heard.iter().map(|one| one.word.failure_code).collect();
    let times: Vec<_> = heard.iter().map(|one| one.word.bank_time).collect();
    let effects: Vec<_> = heard.iter().map(|one| one.effect).collect();
    let kept = sqlx::query!(
        r#"
        insert into bank_words (bank_code, bank_ref, outcome, payment_id, source, amount_fen, failure_code,
            bank_time, effect, received_at)
        select *, $10::timestamptz from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::text[],
            $6::int8[], $7::text[], $8::timestamptz[], $9::text[])
        on conflict (bank_code, bank_ref, outcome) do update
        set amount_fen = excluded.amount_fen, source = excluded.source, effect = excluded.effect,
            received_at = excluded.received_at
        where bank_words.effect = 'HOLD' and excluded.effect <> 'HOLD'
          and bank_words.payment_id = excluded.payment_id
        returning bank_ref, outcome as "outcome: Outcome"
        "#,
        &banks,
        &refs,
        &outcomes as &[Outcome],
        &payments,
        &sources as &[Source],
        &amounts,
        &codes as &[Option<FailureCode>],
        &times,
        &effects as &[Effect],
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(kept.into_iter().map(|word| (word.bank_ref, word.outcome)).collect())
}
