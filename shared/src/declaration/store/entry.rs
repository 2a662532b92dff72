//! How declarations and their versions come in: many rows turned on their side, one statement for all.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::declaration::{Declaration, DeclarationId, NewVersion};

/// Writes what can be written; whoever came first under a reference or a D/O keeps it. Returns who got in.
///
/// They come in now, as version 1, and have not been released: that is said once for all of them.
pub(in crate::declaration) async fn insert(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    rows: &[&Declaration],
) -> sqlx::Result<Vec<DeclarationId>> {
    let mut columns = Columns::default();
    for row in rows {
        columns.push(row);
    }
    sqlx::query_scalar!(
        r#"
        insert into declarations (id, decl_reg_no, ent_decl_no, apl_kind, decl_code, kind, direct_bureau,
            do_key, consignee_code, decl_no, status, decl_org, release_org, insp_org, holder_org, anywhere,
            is_selected, is_mandatory, has_result, credit_class, accepted_at, version, filed_at, updated_at)
        select *, 1, $22::timestamptz, $22
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::text[], $16::bool[], $17::bool[], $18::bool[], $19::bool[], $20::text[],
            $21::timestamptz[])
        on conflict do nothing
        returning id as "id: DeclarationId"
        "#,
        &columns.ids,
        &columns.decl_reg_nos as &[&str],
        &columns.ent_decl_nos as &[&str],
        &columns.apl_kinds as &[&str],
        &columns.decl_codes as &[&str],
        &columns.kinds as &[&str],
        &columns.direct_bureaus as &[&str],
        &columns.do_keys as &[Option<&str>],
        &columns.consignee_codes as &[Option<&str>],
        &columns.decl_nos as &[Option<&str>],
        &columns.statuses as &[&str],
        &columns.decl_orgs as &[&str],
        &columns.release_orgs as &[&str],
        &columns.insp_orgs as &[Option<&str>],
        &columns.holder_orgs as &[&str],
        &columns.anywhere,
        &columns.selected,
        &columns.mandatory,
        &columns.judged,
        &columns.credit_classes as &[Option<&str>],
        &columns.accepted as &[Option<DateTime<Utc>>],
        now,
    )
    .fetch_all(conn)
    .await
}

/// Declarations turned on their side, as `unnest` wants them.
#[derive(Default)]
struct Columns<'a> {
    ids: Vec<Uuid>,
    decl_reg_nos: Vec<&'a str>,
    ent_decl_nos: Vec<&'a str>,
    apl_kinds: Vec<&'a str>,
    decl_codes: Vec<&'a str>,
    kinds: Vec<&'a str>,
    direct_bureaus: Vec<&'a str>,
    do_keys: Vec<Option<&'a str>>,
    consignee_codes: Vec<Option<&'a str>>,
    decl_nos: Vec<Option<&'a str>>,
    statuses: Vec<&'a str>,
    decl_orgs: Vec<&'a str>,
    release_orgs: Vec<&'a str>,
    insp_orgs: Vec<Option<&'a str>>,
    holder_orgs: Vec<&'a str>,
    anywhere: Vec<bool>,
    selected: Vec<bool>,
    mandatory: Vec<bool>,
    judged: Vec<bool>,
    credit_classes: Vec<Option<&'a str>>,
    accepted: Vec<Option<DateTime<Utc>>>,
}

impl<'a> Columns<'a> {
    fn push(&mut self, row: &'a Declaration) {
        self.ids.push(row.id.0);
        self.decl_reg_nos.push(&row.decl_reg_no);
        self.ent_decl_nos.push(&row.ent_decl_no);
        self.apl_kinds.push(row.apl_kind.name());
        self.decl_codes.push(&row.decl_code);
        self.kinds.push(row.kind.name());
        self.direct_bureaus.push(&row.direct_bureau);
        self.do_keys.push(row.do_key.as_deref());
        self.consignee_codes.push(row.consignee_code.as_deref());
        self.decl_nos.push(row.decl_no.as_deref());
        self.statuses.push(row.status.name());
        self.decl_orgs.push(&row.decl_org);
        self.release_orgs.push(&row.release_org);
        self.insp_orgs.push(row.insp_org.as_deref());
        self.holder_orgs.push(&row.holder_org);
        self.anywhere.push(row.anywhere);
        self.selected.push(row.is_selected);
        self.mandatory.push(row.is_mandatory);
        self.judged.push(row.has_result);
        self.credit_classes.push(row.credit_class.as_deref());
        self.accepted.push(row.accepted_at);
    }
}

/// Keeps versions. Their documents come as they were written out and are parsed once, by Postgres.
pub(in crate::declaration) async fn insert_versions(
    conn: &mut PgConnection,
    new: &[NewVersion],
) -> sqlx::Result<()> {
    let mut versions = Versions::default();
    for version in new {
        versions.push(version);
    }
    sqlx::query!(
        r#"
        insert into declaration_versions (declaration_id, version, cause, content, content_hash, defects,
            receipt, filed_at)
        select id, version, cause, content::jsonb, content_hash, defects::jsonb, receipt::jsonb, filed_at
        from unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[],
            $8::timestamptz[]) as new(id, version, cause, content, content_hash, defects, receipt, filed_at)
        "#,
        &versions.ids,
        &versions.numbers,
        &versions.causes as &[&str],
        &versions.contents as &[&str],
        &versions.hashes as &[&[u8]],
        &versions.defects as &[&str],
        &versions.receipts as &[&str],
        &versions.filed,
    )
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(Default)]
struct Versions<'a> {
    ids: Vec<Uuid>,
    numbers: Vec<i32>,
    causes: Vec<&'static str>,
    contents: Vec<&'a str>,
    hashes: Vec<&'a [u8]>,
    defects: Vec<&'a str>,
    receipts: Vec<&'a str>,
    filed: Vec<DateTime<Utc>>,
}

impl<'a> Versions<'a> {
    fn push(&mut self, version: &'a NewVersion) {
        self.ids.push(version.declaration_id.0);
        self.numbers.push(version.version);
        self.causes.push(version.cause.name());
        self.contents.push(&version.content);
        self.hashes.push(&version.content_hash);
        self.defects.push(&version.defects);
        self.receipts.push(&version.receipt);
        self.filed.push(version.filed_at);
    }
}
