//! Evaluations, written once.
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    credit::{Evaluation, Period, Score},
    identity::CreditClass,
};

/// Who of them was evaluated for that period already, or has a change of class pending.
pub(in crate::credit) async fn done_or_pending(
    conn: &mut PgConnection,
    reg_nos: &[String],
    period: Period,
) -> sqlx::Result<HashSet<String>> {
    let rows = sqlx::query_scalar!(
        r#"
        select reg_no as "reg_no!" from credit_evaluations where reg_no = any($1) and year = $2
        union all
        select reg_no from credit_changes where reg_no = any($1) and status = 'PROPOSED'
        "#,
        reg_nos,
        period.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().collect())
}

pub(in crate::credit) async fn insert(
    conn: &mut PgConnection,
    evaluations: impl Iterator<Item = &Evaluation>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (mut reg_nos, mut years, mut events, mut points) = (vec![], vec![], vec![], vec![]);
    let (mut scores, mut before, mut classes) = (vec![], vec![], vec![]);
    let narrow = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
    for one in evaluations {
        reg_nos.push(one.reg_no.clone());
        years.push(one.period.0);
        events.push(narrow(one.score.events));
        points.push(narrow(one.score.points));
        scores.push(one.score.value());
        before.push(one.before.name().to_owned());
        classes.push(one.class.name().to_owned());
    }
    sqlx::query!(
        r#"
        insert into credit_evaluations (reg_no, year, events, points, score, class_before, class, evaluated_at)
        select *, $8 from unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::int[], $6::text[], $7::text[])
        on conflict do nothing
        "#,
        &reg_nos,
        &years,
        &events,
        &points,
        &scores,
        &before,
        &classes,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::credit) async fn of(
    conn: &mut PgConnection,
    reg_no: &str,
) -> sqlx::Result<Vec<Evaluation>> {
    let rows = sqlx::query!(
        r#"
        select reg_no, year, events, points, class_before as "before: CreditClass", class as "class: CreditClass",
            evaluated_at
        from credit_evaluations where reg_no = $1 order by year desc
        "#,
        reg_no,
    )
    .fetch_all(conn)
    .await?;
    let evaluation = rows.into_iter().map(|row| Evaluation {
        reg_no: row.reg_no,
        period: Period(row.year),
        score: Score { events: row.events.into(), points: row.points.into(), worst_class: None },
        before: row.before,
        class: row.class,
        evaluated_at: row.evaluated_at,
    });
    Ok(evaluation.collect())
}
