use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    direct_release::consignment::ConsignmentId,
    inspection::{Draw, Selection},
};

/// Keeps the draw of one consignment, once and for ever.
pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    id: ConsignmentId,
    subject: &str,
    drawn: &Selection,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (draw, audit) = (drawn.draw.to_bytes(), drawn.audit_draw.map(Draw::to_bytes));
    sqlx::query!(
        r#"
        insert into direct_draws (consignment_id, subject, rate_ppm, draw, audit_draw, key_id, reason, drawn_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        id.0,
        subject,
        drawn.rate.ppm(),
        draw.as_slice(),
        audit.as_ref().map(<[u8; 8]>::as_slice),
        drawn.key_id,
        drawn.reason.name(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
