//! Writing declarations back, one or many in one statement.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::declaration::Declaration;

/// Everything about a declaration that can change, turned on its side.
#[derive(Default)]
struct Columns {
    id: Vec<Uuid>,
    kind: Vec<String>,
    do_key: Vec<Option<String>>,
    consignee_code: Vec<Option<String>>,
    decl_no: Vec<Option<String>>,
    status: Vec<String>,
    version: Vec<i32>,
    revision: Vec<i64>,
    release_org: Vec<String>,
    insp_org: Vec<Option<String>>,
    holder_org: Vec<String>,
    anywhere: Vec<bool>,
    is_selected: Vec<bool>,
    is_mandatory: Vec<bool>,
    has_result: Vec<bool>,
    credit_class: Vec<Option<String>>,
    withdrawal_requested_at: Vec<Option<DateTime<Utc>>>,
    accepted_at: Vec<Option<DateTime<Utc>>>,
    released_at: Vec<Option<DateTime<Utc>>>,
    updated_at: Vec<DateTime<Utc>>,
    decl_org: Vec<String>,
    decl_code: Vec<String>,
    direct_bureau: Vec<String>,
}

impl Columns {
    fn push(&mut self, row: &Declaration) {
        self.id.push(row.id.0);
        self.kind.push(row.kind.name().to_owned());
        self.do_key.push(row.do_key.clone());
        self.consignee_code.push(row.consignee_code.clone());
        self.decl_no.push(row.decl_no.clone());
        self.status.push(row.status.name().to_owned());
        self.version.push(row.version);
        self.revision.push(row.revision);
        self.release_org.push(row.release_org.clone());
        self.insp_org.push(row.insp_org.clone());
        self.holder_org.push(row.holder_org.clone());
        self.anywhere.push(row.anywhere);
        self.is_selected.push(row.is_selected);
        self.is_mandatory.push(row.is_mandatory);
        self.has_result.push(row.has_result);
        self.credit_class.push(row.credit_class.clone());
        self.withdrawal_requested_at.push(row.withdrawal_requested_at);
        self.accepted_at.push(row.accepted_at);
        self.released_at.push(row.released_at);
        self.updated_at.push(row.updated_at);
        self.decl_org.push(row.decl_org.clone());
        self.decl_code.push(row.decl_code.clone());
        self.direct_bureau.push(row.direct_bureau.clone());
    }
}

/// Writes everything about locked declarations that can change.
pub(in crate::declaration) async fn update<'a>(
    conn: &mut PgConnection,
    rows: impl IntoIterator<Item = &'a Declaration>,
) -> sqlx::Result<()> {
    let mut new = Columns::default();
    for row in rows {
        new.push(row);
    }
    sqlx::query!(
        r#"
        update declarations d
        set kind = new.kind, do_key = new.do_key, consignee_code = new.consignee_code,
            decl_no = new.decl_no, status = new.status, version = new.version,
            revision = new.revision, release_org = new.release_org, insp_org = new.insp_org,
            holder_org = new.holder_org, anywhere = new.anywhere, is_selected = new.is_selected,
            is_mandatory = new.is_mandatory, has_result = new.has_result,
            credit_class = new.credit_class, withdrawal_requested_at = new.withdrawal_requested_at,
            accepted_at = new.accepted_at, released_at = new.released_at,
            updated_at = new.updated_at, decl_org = new.decl_org, decl_code = new.decl_code,
            direct_bureau = new.direct_bureau
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int4[],
            $8::int8[], $9::text[], $10::text[], $11::text[], $12::bool[], $13::bool[], $14::bool[],
            $15::bool[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::timestamptz[],
            $20::timestamptz[], $21::text[], $22::text[], $23::text[])
            as new(id, kind, do_key, consignee_code, decl_no, status, version, revision, release_org,
                insp_org, holder_org, anywhere, is_selected, is_mandatory, has_result, credit_class,
                withdrawal_requested_at, accepted_at, released_at, updated_at, decl_org, decl_code,
                direct_bureau)
        where d.id = new.id
        "#,
        &new.id,
        &new.kind,
        &new.do_key as &[Option<String>],
        &new.consignee_code as &[Option<String>],
        &new.decl_no as &[Option<String>],
        &new.status,
        &new.version,
        &new.revision,
        &new.release_org,
        &new.insp_org as &[Option<String>],
        &new.holder_org,
        &new.anywhere,
        &new.is_selected,
        &new.is_mandatory,
        &new.has_result,
        &new.credit_class as &[Option<String>],
        &new.withdrawal_requested_at as &[Option<DateTime<Utc>>],
        &new.accepted_at as &[Option<DateTime<Utc>>],
        &new.released_at as &[Option<DateTime<Utc>>],
        &new.updated_at,
        &new.decl_org,
        &new.decl_code,
        &new.direct_bureau,
    )
    .execute(conn)
    .await?;
    Ok(())
}
