use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    clearance::Line,
    declaration::DeclarationId,
    direct_release::{
        Direction,
        consignment::{
            Consignment, ConsignmentFilter, ConsignmentId, Finding, FurtherCheck, Reading,
            SealedContainer, State,
        },
    },
    kernel::{PageRequest, Scope},
};

struct Row {
    id: ConsignmentId,
    direction: Direction,
    clearance_no: String,
    former: Vec<String>,
    declaration_id: Option<DeclarationId>,
    declarant: Option<String>,
    reg_no: String,
    issuing_org: String,
    issuing_partner: Option<String>,
    checking_org: String,
    checking_partner: Option<String>,
    place: String,
    destination_country: Option<String>,
    goods: Json<Vec<Line>>,
    containers: Json<Vec<SealedContainer>>,
    valid_until: NaiveDate,
    issued_at: DateTime<Utc>,
    due_on: Option<NaiveDate>,
    arrival_decl_no: Option<String>,
    state: State,
    version: i64,
    report_version: i64,
    reading: Option<Json<Reading>>,
    reading_by: Option<Uuid>,
    readings: Option<Json<Reading>>,
    checked_at: Option<DateTime<Utc>>,
    findings: Option<Json<Vec<Finding>>>,
    further: Option<Json<FurtherCheck>>,
    confirmation: Option<String>,
    notice_id: Option<Uuid>,
    remark: Option<String>,
    chased_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Consignment {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            direction: row.direction,
            clearance_no: row.clearance_no,
            former: row.former,
            declaration_id: row.declaration_id,
            declarant: row.declarant,
            reg_no: row.reg_no,
            issuing_org: row.issuing_org,
            issuing_partner: row.issuing_partner,
            checking_org: row.checking_org,
            checking_partner: row.checking_partner,
            place: row.place,
            destination_country: row.destination_country,
            goods: row.goods.0,
            containers: row.containers.0,
            valid_until: row.valid_until,
            issued_at: row.issued_at,
            due_on: row.due_on,
            arrival_decl_no: row.arrival_decl_no,
            state: row.state,
            version: row.version,
            report_version: row.report_version,
            first: row.reading.map(|reading| reading.0).zip(row.reading_by),
            reading: row.readings.map(|reading| reading.0),
            checked_at: row.checked_at,
            findings: row.findings.map(|findings| findings.0).unwrap_or_default(),
            further: row.further.map(|further| further.0),
            confirmation: row.confirmation,
            notice_id: row.notice_id,
            remark: row.remark,
            chased_at: row.chased_at,
            updated_at: row.updated_at,
        }
    }
}

/// A query for whole consignments: which ones is said in the words after `from direct_consignments`.
macro_rules! consignments {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"
            select id as "id: ConsignmentId", direction as "direction: Direction", clearance_no, former,
                declaration_id as "declaration_id: DeclarationId", declarant, reg_no, issuing_org, issuing_partner,
                checking_org, checking_partner, place, destination_country, goods as "goods: Json<Vec<Line>>",
                containers as "containers: Json<Vec<SealedContainer>>", valid_until, issued_at, due_on, arrival_decl_no,
                state as "state: State", version, report_version, reading as "reading: Json<Reading>", reading_by,
                readings as "readings: Json<Reading>", checked_at, findings as "findings: Json<Vec<Finding>>",
                further as "further: Json<FurtherCheck>", confirmation, notice_id, remark, chased_at, updated_at
            from direct_consignments
            "# + $which,
            $($argument),*
        )
    };
}

pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    new: &Consignment,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into direct_consignments (id, direction, clearance_no, former, declaration_id, declarant, reg_no,
            issuing_org, issuing_partner, checking_org, checking_partner, place, goods, containers, valid_until,
            issued_at, due_on, state, version, report_version, remark, updated_at, destination_country)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23)
        "#,
        new.id.0,
        new.direction as Direction,
        new.clearance_no,
        &new.former,
        new.declaration_id.map(|id| id.0),
        new.declarant,
        new.reg_no,
        new.issuing_org,
        new.issuing_partner,
        new.checking_org,
        new.checking_partner,
        new.place,
        Json(&new.goods) as _,
        Json(&new.containers) as _,
        new.valid_until,
        new.issued_at,
        new.due_on,
        new.state as State,
        new.version,
        new.report_version,
        new.remark,
        new.updated_at,
        new.destination_country,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn update(
    conn: &mut PgConnection,
    one: &Consignment,
) -> sqlx::Result<()> {
    let first = one.first.as_ref();
    sqlx::query!(
        r#"
        update direct_consignments
        set clearance_no = $2, former = $3, goods = $4, containers = $5, valid_until = $6, state = $7, version = $8,
            report_version = $9, reading = $10, reading_by = $11, readings = $12, checked_at = $13, findings = $14,
            further = $15, confirmation = $16, notice_id = $17, remark = $18, chased_at = $19, updated_at = $20,
            arrival_decl_no = $21
        where id = $1
        "#,
        one.id.0,
        one.clearance_no,
        &one.former,
        Json(&one.goods) as _,
        Json(&one.containers) as _,
        one.valid_until,
        one.state as State,
        one.version,
        one.report_version,
        first.map(|(reading, _)| Json(reading)) as Option<Json<&Reading>>,
        first.map(|(_, by)| *by),
        one.reading.as_ref().map(Json) as Option<Json<&Reading>>,
        one.checked_at,
        Json(&one.findings) as _,
        one.further.as_ref().map(Json) as Option<Json<&FurtherCheck>>,
        one.confirmation,
        one.notice_id,
        one.remark,
        one.chased_at,
        one.updated_at,
        one.arrival_decl_no,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn find(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    id: ConsignmentId,
) -> sqlx::Result<Option<Consignment>> {
    let row = consignments!(
        "where ($1 or reg_no = $2 or declarant = $2 or issuing_org = $3 or checking_org = $3) and id = $4",
        scope.all,
        scope.reg_no,
        scope.office,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Consignment::from))
}

/// Reads one and holds it until the transaction ends.
pub(in super::super) async fn lock(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    id: ConsignmentId,
) -> sqlx::Result<Option<Consignment>> {
    sqlx::query!("select from direct_consignments where id = $1 for update", id.0)
        .fetch_optional(&mut *conn)
        .await?;
    find(conn, scope, id).await
}

/// Newest first, of those that somebody may see.
pub(in super::super) async fn list(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    filter: &ConsignmentFilter,
    page: PageRequest,
) -> sqlx::Result<Vec<Consignment>> {
    let rows = consignments!(
        r#"
        where ($1 or reg_no = $2 or declarant = $2 or issuing_org = $3 or checking_org = $3)
          and ($4::text is null or direction = $4)
          and ($5::text is null or state = $5)
          and ($6::text is null or reg_no = $6)
          and ($7::text is null or clearance_no = $7 or former @> array[$7])
          and ($8::uuid is null or id < $8)
          and ($10::timestamptz is null or updated_at >= $10)
        order by id desc limit $9
        "#,
        scope.all,
        scope.reg_no,
        scope.office,
        filter.direction as Option<Direction>,
        filter.state as Option<State>,
        filter.reg_no,
        filter.clearance_no,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Consignment::from).collect())
}

/// The one of that declaration that has not gone back.
pub(in super::super) async fn of_declaration(
    conn: &mut PgConnection,
    id: DeclarationId,
) -> sqlx::Result<Option<(ConsignmentId, State)>> {
    let row = sqlx::query!(
        r#"
        select id as "id: ConsignmentId", state as "state: State" from direct_consignments
        where declaration_id = $1 and state <> 'RETURNED'
        "#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.id, row.state)))
}

/// The one that a partner speaks of: it goes, or set out, on the form of that number.
pub(in super::super) async fn of_partner(
    conn: &mut PgConnection,
    partner: &str,
    first_no: &str,
) -> sqlx::Result<Option<ConsignmentId>> {
    sqlx::query_scalar!(
        r#"
        select id as "id: ConsignmentId" from direct_consignments
        where (clearance_no = $2 or former @> array[$2]) and $1 in (issuing_partner, checking_partner)
        "#,
        partner,
        first_no,
    )
    .fetch_optional(conn)
    .await
}
