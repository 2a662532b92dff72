use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Scenario;

pub(super) async fn keep(
    conn: &mut PgConnection,
    subject: &str,
    scenario: Scenario,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into test_scenarios (subject, scenario, asked_at) values ($1, $2, $3)
         on conflict (subject) do update set scenario = excluded.scenario, asked_at = excluded.asked_at",
        subject,
        scenario as Scenario,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn about(
    conn: &mut PgConnection,
    subjects: &[String],
) -> sqlx::Result<Vec<(String, Scenario)>> {
    let rows = sqlx::query!(
        r#"select subject, scenario as "scenario: Scenario" from test_scenarios where subject = any($1)"#,
        subjects,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.subject, row.scenario)).collect())
}
