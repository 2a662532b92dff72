//! The SQL of declarations, their versions and amendments.

/// A query for whole declarations: which ones is said in the words after `from declarations`.
macro_rules! declarations {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Declaration,
            r#"
            select id as "id: DeclarationId", decl_reg_no, ent_decl_no, apl_kind as "apl_kind: Direction",
                decl_code, kind as "kind: Kind", direct_bureau, do_key, consignee_code, decl_no,
                status as "status: Status", version, revision, decl_org, release_org, insp_org, holder_org,
                anywhere, is_selected, is_mandatory, has_result, credit_class, withdrawal_requested_at,
                filed_at, accepted_at, released_at, updated_at
            from declarations
            "# + $which,
            $($argument),*
        )
    };
}

mod amendment;
mod entry;
mod list;
mod update;
mod visiting;

use std::ops::Range;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{
    Cause, Declaration, DeclarationId, Direction, Kind, Status, Version,
    numbers::{LAST_SERIAL, Series},
};
use crate::kernel::Scope;

pub(super) use amendment::{
    amendment, amendments_of, amendments_waiting, insert_amendment, lock_amendment,
    update_amendment,
};
pub(super) use entry::{insert, insert_versions};
pub(super) use list::{list, releases_waiting, silent_since, waiting, withdrawals_waiting};
pub(super) use update::update;
pub(super) use visiting::insert_visiting;

pub(super) async fn find(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    id: DeclarationId,
) -> sqlx::Result<Option<Declaration>> {
    declarations!(
        r#"
        where id = $1
          and ($2 or decl_reg_no = $3 or $4 in (decl_org, insp_org, release_org, holder_org))
        "#,
        id.0,
        scope.all,
        scope.reg_no,
        scope.office,
    )
    .fetch_optional(conn)
    .await
}

/// Reads declarations and holds them until the transaction ends, in ascending order of their ids, so that
/// two transactions never wait for each other in a circle.
pub(super) async fn lock(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Declaration>> {
    declarations!(
        r#"
        where id = any($1)
          and ($2 or decl_reg_no = $3 or $4 in (decl_org, insp_org, release_org, holder_org))
        order by uuid_send(id)
        for update
        "#,
        ids,
        scope.all,
        scope.reg_no,
        scope.office,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn id_of_reference(
    conn: &mut PgConnection,
    decl_reg_no: &str,
    ent_decl_no: &str,
) -> sqlx::Result<Option<DeclarationId>> {
    sqlx::query_scalar!(
        r#"select id as "id: DeclarationId" from declarations where decl_reg_no = $1 and ent_decl_no = $2"#,
        decl_reg_no,
        ent_decl_no,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn id_of_number(
    conn: &mut PgConnection,
    decl_no: &str,
) -> sqlx::Result<Option<DeclarationId>> {
    sqlx::query_scalar!(
        r#"select id as "id: DeclarationId" from declarations where decl_no = $1"#,
        decl_no,
    )
    .fetch_optional(conn)
    .await
}

/// The first filing under a reference.
#[derive(Clone, Debug)]
pub struct KnownReference {
    pub id: DeclarationId,
    pub decl_reg_no: String,
    pub ent_decl_no: String,
    pub status: Status,
    pub content_hash: Vec<u8>,
    pub receipt: serde_json::Value,
}

pub(super) async fn known_references(
    conn: &mut PgConnection,
    decl_reg_nos: &[String],
    ent_decl_nos: &[String],
) -> sqlx::Result<Vec<KnownReference>> {
    sqlx::query_as!(
        KnownReference,
        r#"
        select d.id as "id: DeclarationId", d.decl_reg_no, d.ent_decl_no, d.status as "status: Status",
            v.content_hash, v.receipt
        from unnest($1::text[], $2::text[]) as asked(decl_reg_no, ent_decl_no)
        join declarations d using (decl_reg_no, ent_decl_no)
        join declaration_versions v on v.declaration_id = d.id and v.version = 1
        "#,
        decl_reg_nos,
        ent_decl_nos,
    )
    .fetch_all(conn)
    .await
}

/// Who holds a D/O.
#[derive(Clone, Debug)]
pub struct KnownDeliveryOrder {
    pub direct_bureau: String,
    pub do_key: String,
    pub id: DeclarationId,
    pub decl_reg_no: String,
    pub decl_no: Option<String>,
}

pub(super) async fn known_delivery_orders(
    conn: &mut PgConnection,
    direct_bureaus: &[String],
    do_keys: &[String],
) -> sqlx::Result<Vec<KnownDeliveryOrder>> {
    sqlx::query_as!(
        KnownDeliveryOrder,
        r#"
        select d.direct_bureau, d.do_key as "do_key!", d.id as "id: DeclarationId", d.decl_reg_no, d.decl_no
        from unnest($1::text[], $2::text[]) as asked(direct_bureau, do_key)
        join declarations d using (direct_bureau, do_key)
        where d.status not in ('DRAFT', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ')
        "#,
        direct_bureaus,
        do_keys,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn version(
    conn: &mut PgConnection,
    id: DeclarationId,
    version: i32,
) -> sqlx::Result<Option<Version>> {
    sqlx::query_as!(
        Version,
        r#"
        select declaration_id as "declaration_id: DeclarationId", version, cause as "cause: Cause",
            content, content_hash, defects, receipt, filed_at
        from declaration_versions where declaration_id = $1 and version = $2
        "#,
        id.0,
        version,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn current_documents(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<Vec<(DeclarationId, serde_json::Value)>> {
    let rows = sqlx::query!(
        r#"
        select d.id as "id: DeclarationId", v.content
        from declarations d
        join declaration_versions v on v.declaration_id = d.id and v.version = d.version
        where d.id = any($1)
        "#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.content)).collect())
}

/// Takes up to `count` serials; an empty range when the series is at its end.
pub(super) async fn take_block(
    pool: &PgPool,
    series: &Series,
    count: i32,
) -> sqlx::Result<Range<i32>> {
    if let Some(block) = advance_series(pool, series, count).await? {
        return Ok(block);
    }
    sqlx::query!(
        "insert into decl_no_series (org, class, year) values ($1, $2, $3) on conflict do nothing",
        series.org,
        series.class,
        series.year,
    )
    .execute(pool)
    .await?;
    advance_series(pool, series, count).await?.ok_or(sqlx::Error::RowNotFound)
}

/// Nothing while nobody has counted in this series.
async fn advance_series(
    pool: &PgPool,
    series: &Series,
    count: i32,
) -> sqlx::Result<Option<Range<i32>>> {
    let block = sqlx::query!(
        r#"
        update decl_no_series s set next_serial = least(before.next_serial + $4, $5 + 1)
        from (select next_serial from decl_no_series
              where org = $1 and class = $2 and year = $3 for update) as before
        where s.org = $1 and s.class = $2 and s.year = $3
        returning before.next_serial as first, s.next_serial as beyond
        "#,
        series.org,
        series.class,
        series.year,
        count,
        LAST_SERIAL,
    )
    .fetch_optional(pool)
    .await?;
    Ok(block.map(|block| block.first..block.beyond))
}
