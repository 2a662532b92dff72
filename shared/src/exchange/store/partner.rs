use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::exchange::model::{
    Key, Memorandum, MemorandumId, MemorandumKind, Partner, PartnerState,
};

pub(in crate::exchange) async fn insert(
    conn: &mut PgConnection,
    partner: &Partner,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into partners (code, name_zh, name_en, base_url, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $5) on conflict do nothing
        "#,
        partner.code,
        partner.name_zh,
        partner.name_en,
        partner.base_url,
        partner.created_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes what an administrator may change.
pub(in crate::exchange) async fn update(
    conn: &mut PgConnection,
    partner: &Partner,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update partners set name_zh = $2, name_en = $3, base_url = $4, state = $5, updated_at = $6
        where code = $1
        "#,
        partner.code,
        partner.name_zh,
        partner.name_en,
        partner.base_url,
        partner.state.name(),
        partner.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::exchange) async fn find(
    conn: &mut PgConnection,
    code: &str,
) -> sqlx::Result<Option<Partner>> {
    sqlx::query_as!(
        Partner,
        r#"
        select code, name_zh, name_en, base_url, state as "state: PartnerState", failures, next_try_at,
            last_error, reached_at, heard_at, created_at, updated_at
        from partners where code = $1
        "#,
        code,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::exchange) async fn lock(
    conn: &mut PgConnection,
    code: &str,
) -> sqlx::Result<Option<Partner>> {
    sqlx::query_as!(
        Partner,
        r#"
        select code, name_zh, name_en, base_url, state as "state: PartnerState", failures, next_try_at,
            last_error, reached_at, heard_at, created_at, updated_at
        from partners where code = $1 for update
        "#,
        code,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::exchange) async fn all(conn: &mut PgConnection) -> sqlx::Result<Vec<Partner>> {
    sqlx::query_as!(
        Partner,
        r#"
        select code, name_zh, name_en, base_url, state as "state: PartnerState", failures, next_try_at,
            last_error, reached_at, heard_at, created_at, updated_at
        from partners order by code
        "#,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::exchange) async fn heard(
    conn: &mut PgConnection,
    code: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update partners set heard_at = $2, next_try_at = null
        where code = $1 and (heard_at is distinct from $2 or next_try_at is not null)
        "#,
        code,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Publishes a key; one that is known already stays as it is.
pub(in crate::exchange) async fn insert_key(
    conn: &mut PgConnection,
    key: &Key,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into bureau_keys (bureau, key_id, public_key, valid_from, valid_to, created_at)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing
        "#,
        key.bureau,
        key.key_id,
        key.public_key,
        key.valid_from,
        key.valid_to,
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(in crate::exchange) async fn revoke_key(
    conn: &mut PgConnection,
    bureau: &str,
    key_id: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Key>> {
    sqlx::query_as!(
        Key,
        r#"
        update bureau_keys set revoked_at = coalesce(revoked_at, $3) where bureau = $1 and key_id = $2
        returning bureau, key_id, public_key, valid_from, valid_to, revoked_at
        "#,
        bureau,
        key_id,
        now,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::exchange) async fn keys_of(
    conn: &mut PgConnection,
    bureau: &str,
) -> sqlx::Result<Vec<Key>> {
    sqlx::query_as!(
        Key,
        r#"
        select bureau, key_id, public_key, valid_from, valid_to, revoked_at
        from bureau_keys where bureau = $1 order by valid_from, key_id
        "#,
        bureau,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::exchange) async fn insert_memorandum(
    conn: &mut PgConnection,
    memorandum: &Memorandum,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into memoranda (id, partner, kind, valid_from, valid_to, terms, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
        memorandum.id.0,
        memorandum.partner,
        memorandum.kind.name(),
        memorandum.valid_from,
        memorandum.valid_to,
        memorandum.terms,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a memorandum: its last day is `last_day`.
pub(in crate::exchange) async fn end_memorandum(
    conn: &mut PgConnection,
    partner: &str,
    id: MemorandumId,
    last_day: NaiveDate,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Memorandum>> {
    sqlx::query_as!(
        Memorandum,
        r#"
        update memoranda set ended_at = $4, valid_to = greatest(valid_from, $3)
        where partner = $1 and id = $2 and ended_at is null
        returning id as "id: MemorandumId", partner, kind as "kind: MemorandumKind", valid_from, valid_to,
            terms, ended_at
        "#,
        partner,
        id.0,
        last_day,
        now,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::exchange) async fn memoranda_of(
    conn: &mut PgConnection,
    partner: &str,
) -> sqlx::Result<Vec<Memorandum>> {
    sqlx::query_as!(
        Memorandum,
        r#"
        select id as "id: MemorandumId", partner, kind as "kind: MemorandumKind", valid_from, valid_to,
            terms, ended_at
        from memoranda where partner = $1 order by valid_from, id
        "#,
        partner,
    )
    .fetch_all(conn)
    .await
}

/// What is agreed with a partner on that day.
pub(in crate::exchange) async fn in_force(
    conn: &mut PgConnection,
    partner: &str,
    day: NaiveDate,
) -> sqlx::Result<Vec<Memorandum>> {
    sqlx::query_as!(
        Memorandum,
        r#"
        select id as "id: MemorandumId", partner, kind as "kind: MemorandumKind", valid_from, valid_to,
            terms, ended_at
        from memoranda
        where partner = $1 and valid_from <= $2 and (valid_to is null or valid_to >= $2)
        "#,
        partner,
        day,
    )
    .fetch_all(conn)
    .await
}

/// Holds what is agreed between this kind and partner, so that two of one kind never overlap.
pub(in crate::exchange) async fn overlapping(
    conn: &mut PgConnection,
    memorandum: &Memorandum,
) -> sqlx::Result<Option<MemorandumId>> {
    sqlx::query_scalar!(
        r#"
        select id as "id: MemorandumId" from memoranda
        where partner = $1 and kind = $2
          and daterange(valid_from, valid_to, '[]') && daterange($3, $4, '[]')
        limit 1
        "#,
        memorandum.partner,
        memorandum.kind.name(),
        memorandum.valid_from,
        memorandum.valid_to,
    )
    .fetch_optional(conn)
    .await
}

/// Who has a memorandum of that kind on that day.
pub(in super::super) async fn agreed(
    conn: &mut PgConnection,
    kind: MemorandumKind,
    day: NaiveDate,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"
        select code from partners
        where exists (
            select from memoranda where partner = code and kind = $1
              and valid_from <= $2 and (valid_to is null or $2 <= valid_to))
        order by code
        "#,
        kind as MemorandumKind,
        day,
    )
    .fetch_all(conn)
    .await
}
