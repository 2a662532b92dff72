use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    identity::{
        CreditClass, Known, Organisation, OrganisationId, OrganisationState, Rated, Recognised,
        eligibility,
        organisation::{Draft, PartyFacts, is_registered_a_year},
        service::organisation::Filter,
    },
    kernel::{OrganisationKind, PageRequest},
};

pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    id: OrganisationId,
    draft: &Draft,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into organisations (id, kind, code, name_zh, name_en, registered_on, credit_class,
            black_listed, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
        "#,
        id as OrganisationId,
        draft.kind as OrganisationKind,
        draft.code,
        draft.name_zh,
        draft.name_en,
        draft.registered_on,
        draft.credit_class as CreditClass,
        draft.black_listed,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn find(
    conn: &mut PgConnection,
    id: OrganisationId,
) -> sqlx::Result<Option<Organisation>> {
    sqlx::query_as!(
        Organisation,
        r#"
        select id as "id: OrganisationId", kind as "kind: OrganisationKind", code, name_zh, name_en,
               registered_on, credit_class as "credit_class: CreditClass", black_listed,
               state as "state: OrganisationState", created_at, updated_at
        from organisations
        where id = $1
        "#,
        id as OrganisationId,
    )
    .fetch_optional(conn)
    .await
}

/// Reads one organisation and holds it until the transaction ends.
pub(in super::super) async fn lock(
    conn: &mut PgConnection,
    id: OrganisationId,
) -> sqlx::Result<Option<Organisation>> {
    sqlx::query_as!(
        Organisation,
        r#"
        select id as "id: OrganisationId", kind as "kind: OrganisationKind", code, name_zh, name_en,
               registered_on, credit_class as "credit_class: CreditClass", black_listed,
               state as "state: OrganisationState", created_at, updated_at
        from organisations
        where id = $1
        for update
        "#,
        id as OrganisationId,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn find_by_code(
    conn: &mut PgConnection,
    code: &str,
) -> sqlx::Result<Option<Organisation>> {
    sqlx::query_as!(
        Organisation,
        r#"
        select id as "id: OrganisationId", kind as "kind: OrganisationKind", code, name_zh, name_en,
               registered_on, credit_class as "credit_class: CreditClass", black_listed,
               state as "state: OrganisationState", created_at, updated_at
        from organisations
        where code = $1
        "#,
        code,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Organisation>> {
    sqlx::query_as!(
        Organisation,
        r#"
        select id as "id: OrganisationId", kind as "kind: OrganisationKind", code, name_zh, name_en,
               registered_on, credit_class as "credit_class: CreditClass", black_listed,
               state as "state: OrganisationState", created_at, updated_at
        from organisations
        where ($1::text is null or kind = $1)
          and ($2::text is null or state = $2)
          and ($3::text is null or code = $3)
          and ($4::uuid is null or id < $4)
          and ($6::timestamptz is null or updated_at >= $6)
        order by id desc
        limit $5
        "#,
        filter.kind as Option<OrganisationKind>,
        filter.state as Option<OrganisationState>,
        filter.code.as_deref(),
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in super::super) async fn set_state(
    conn: &mut PgConnection,
    id: OrganisationId,
    state: OrganisationState,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update organisations set state = $2, updated_at = $3 where id = $1",
        id as OrganisationId,
        state as OrganisationState,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives it a class of its own, whatever list it stood on.
pub(in super::super) async fn set_class(
    conn: &mut PgConnection,
    id: OrganisationId,
    class: CreditClass,
    (today, now): (NaiveDate, DateTime<Utc>),
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update organisations set credit_class = $2, black_listed = false, class_version = class_version + 1,
            class_since = $3, updated_at = $4
        where id = $1
        "#,
        id as OrganisationId,
        class as CreditClass,
        today,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn rated_of(
    conn: &mut PgConnection,
    reg_no: &str,
) -> sqlx::Result<Option<Rated>> {
    sqlx::query_as!(
        Rated,
        r#"
        select id as "id: OrganisationId", code as reg_no,
            case when black_listed then 'D' else credit_class end as "class!: CreditClass",
            class_version as version, coalesce(class_since, registered_on) as "since!"
        from organisations where code = $1 and kind <> 'BUREAU_OFFICE'
        "#,
        reg_no,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn rated_since(
    conn: &mut PgConnection,
    registered_by: NaiveDate,
    after: &str,
    most: i64,
) -> sqlx::Result<Vec<Rated>> {
    sqlx::query_as!(
        Rated,
        r#"
        select id as "id: OrganisationId", code as reg_no,
            case when black_listed then 'D' else credit_class end as "class!: CreditClass",
            class_version as version, coalesce(class_since, registered_on) as "since!"
        from organisations
        where kind <> 'BUREAU_OFFICE' and state = 'ACTIVE' and registered_on <= $1 and code > $2
        order by code
        limit $3
        "#,
        registered_by,
        after,
        most,
    )
    .fetch_all(conn)
    .await
}

pub(in super::super) async fn known(
    conn: &mut PgConnection,
    reg_nos: &[String],
    on: NaiveDate,
) -> sqlx::Result<Vec<(String, Known)>> {
    let rows = sqlx::query!(
        r#"
        select asked.code as "code!", o.id as "id?: OrganisationId", o.kind as "kind?: OrganisationKind",
               o.state as "state?: OrganisationState",
               o.credit_class as "credit_class?: CreditClass",
               o.black_listed as "black_listed?", o.registered_on as "registered_on?",
               e.state as "eligibility?: eligibility::Status",
               exists (select from facilitation_blocks b where b.reg_no = asked.code and b.lifted_at is null)
                   as "is_blocked!",
               (select jsonb_agg(jsonb_build_object('partner', r.partner, 'class', r.class, 'hs_scope', r.hs_scope,
                                                    'privileges', r.privileges))
                from recognised_classes r
                where r.reg_no = asked.code and r.valid_from <= $2 and (r.valid_to is null or $2 <= r.valid_to))
                   as "recognised?: Json<Vec<Recognised>>"
        from unnest($1::text[]) as asked (code)
        left join organisations o on o.code = asked.code
        left join anywhere_eligibilities e on e.enterprise_id = o.id and e.state <> 'REMOVED'
        "#,
        reg_nos,
        on,
    )
    .fetch_all(conn)
    .await?;
    let known = rows.into_iter().map(|row| {
        let (is_blocked, recognised) = (row.is_blocked, row.recognised);
        let party =
            row.id.zip(row.kind).zip(row.state).zip(row.credit_class).zip(row.registered_on);
        let party =
            party.map(|((((organisation, kind), state), class), registered_on)| PartyFacts {
                organisation,
                kind,
                state,
                credit_class: class.effective(row.black_listed.unwrap_or_default()),
                registered_on,
                eligibility: row.eligibility,
                is_blocked,
                is_registered_a_year: is_registered_a_year(registered_on, on),
            });
        let recognised = recognised.map(|found| found.0).unwrap_or_default();
        (row.code, Known { party, is_blocked, recognised })
    });
    Ok(known.collect())
}

/// The organisation's id by its code, if it is active: for those who refer to it.
pub(in super::super) async fn active_id(
    conn: &mut PgConnection,
    code: &str,
    kind: OrganisationKind,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select id from organisations where code = $1 and kind = $2 and state = 'ACTIVE'",
        code,
        kind as OrganisationKind,
    )
    .fetch_optional(conn)
    .await
}
