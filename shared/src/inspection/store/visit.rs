//! Appointments, rounds and samples.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    inspection::{
        model::{Appointment, AppointmentId, Conformity, InspectionId, Round, Sample, SampleId},
        verdict::Verdict,
    },
};

pub(in crate::inspection) async fn insert_appointment(
    conn: &mut PgConnection,
    declaration: DeclarationId,
    appointment: &Appointment,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into appointments (id, declaration_id, place, slot_from, slot_to, made_by, made_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
        appointment.id.0,
        declaration.0,
        appointment.place,
        appointment.slot_from,
        appointment.slot_to,
        appointment.made_by,
        appointment.made_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Oldest first; the last one made is the one that counts.
pub(in crate::inspection) async fn appointments(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Appointment>> {
    sqlx::query_as!(
        Appointment,
        r#"
        select id as "id: AppointmentId", place, slot_from, slot_to, made_by, made_at
        from appointments where declaration_id = $1
        order by made_at, id
        "#,
        declaration.0,
    )
    .fetch_all(conn)
    .await
}

/// Whether anybody fixed a time and a place.
pub(in crate::inspection) async fn is_appointed(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from appointments where declaration_id = $1) as "is_appointed!""#,
        declaration.0,
    )
    .fetch_one(conn)
    .await
}

pub(in crate::inspection) async fn insert_round(
    conn: &mut PgConnection,
    declaration: DeclarationId,
    round: &Round,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into inspections (id, declaration_id, round, insp_org, inspectors, started_at)
        values ($1, $2, $3, $4, $5, $6)
        "#,
        round.id.0,
        declaration.0,
        round.round,
        round.insp_org,
        &round.inspectors,
        round.started_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Oldest first.
pub(in crate::inspection) async fn rounds(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Round>> {
    sqlx::query_as!(
        Round,
        r#"
        select id as "id: InspectionId", round, insp_org, inspectors, started_at,
            verdict as "verdict: Verdict", decided_at
        from inspections where declaration_id = $1
        order by round
        "#,
        declaration.0,
    )
    .fetch_all(conn)
    .await
}

/// The round that has no result yet.
pub(in crate::inspection) async fn open_round(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Option<Round>> {
    sqlx::query_as!(
        Round,
        r#"
        select id as "id: InspectionId", round, insp_org, inspectors, started_at,
            verdict as "verdict: Verdict", decided_at
        from inspections where declaration_id = $1 and verdict is null
        order by round desc limit 1
        "#,
        declaration.0,
    )
    .fetch_optional(conn)
    .await
}

/// The number of the next round, counted from 1.
pub(in crate::inspection) async fn next_round(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"select coalesce(max(round), 0) + 1 as "next!" from inspections where declaration_id = $1"#,
        declaration.0,
    )
    .fetch_one(conn)
    .await
}

/// As many receipt numbers as there are samples: unique, not gapless.
pub(in crate::inspection) async fn take_receipts(
    conn: &mut PgConnection,
    count: i32,
) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"select nextval('sampling_receipts') as "number!" from generate_series(1, $1)"#,
        count,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::inspection) async fn insert_sample(
    conn: &mut PgConnection,
    sample: &Sample,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into samples (id, inspection_id, receipt_no, goods_no, quantity, laboratory, taken_by, taken_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        sample.id.0,
        sample.inspection_id.0,
        sample.receipt_no,
        sample.goods_no,
        sample.quantity,
        sample.laboratory,
        sample.taken_by,
        sample.taken_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All samples of these rounds, in the order of their receipts.
pub(in crate::inspection) async fn samples(
    conn: &mut PgConnection,
    rounds: &[Uuid],
) -> sqlx::Result<Vec<Sample>> {
    sqlx::query_as!(
        Sample,
        r#"
        select id as "id: SampleId", inspection_id as "inspection_id: InspectionId", receipt_no, goods_no,
            quantity, laboratory, taken_by, taken_at, result as "result: Conformity", result_detail,
            reported_by, reported_at
        from samples where inspection_id = any($1)
        order by taken_at, receipt_no
        "#,
        rounds,
    )
    .fetch_all(conn)
    .await
}

/// Writes the laboratory's word on a sample.
pub(in crate::inspection) async fn report_sample(
    conn: &mut PgConnection,
    sample: SampleId,
    result: Conformity,
    detail: &str,
    by: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update samples set result = $2, result_detail = $3, reported_by = $4, reported_at = $5
        where id = $1
        "#,
        sample.0,
        result.name(),
        detail,
        by,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
