use sqlx::PgConnection;

/// Is direct release blocked here for that enterprise?
pub(in super::super) async fn is_blocked(
    conn: &mut PgConnection,
    reg_no: &str,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from direct_blocks where reg_no = $1 and lifted_at is null) as "is!""#,
        reg_no,
    )
    .fetch_one(conn)
    .await
}
