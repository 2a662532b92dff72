//! The SQL of lists: what somebody may see, and what waits for whom.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    declaration::{Declaration, DeclarationId, Direction, Filter, Kind, Status},
    kernel::{PageRequest, Scope},
};

/// What narrows one list is absent from the next. The server plans it for the values at hand, as long as a plan for
/// any values looks dearer, and here it does: a test holds it to that. The office's part says of each index which rows
/// it holds.
pub(in crate::declaration) async fn list(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Declaration>> {
    declarations!(
        r#"
        where ($1 or decl_reg_no = $2
              or decl_org = $3
              or (release_org = $3 and release_org <> decl_org)
              or (insp_org = $3 and insp_org <> decl_org and insp_org <> release_org)
              or (holder_org = $3 and holder_org <> decl_org and holder_org <> release_org
                  and holder_org is distinct from insp_org))
          and ($4::text is null or status = $4)
          and ($5::text is null or decl_org = $5)
          and ($6::text is null or release_org = $6)
          and ($7::text is null or decl_no = $7)
          and ($8::timestamptz is null or updated_at >= $8)
          and ($9::uuid is null or id < $9)
        order by id desc
        limit $10
        "#,
        scope.all,
        scope.reg_no,
        scope.office,
        filter.status.map(Status::name),
        filter.decl_org,
        filter.release_org,
        filter.decl_no,
        page.since,
        page.after,
        page.fetch(),
    )
    .fetch_all(conn)
    .await
}

/// What waits in one of `statuses` at the office that holds it, oldest first in the queue.
pub(in crate::declaration) async fn waiting(
    conn: &mut PgConnection,
    office: &str,
    statuses: &[String],
    page: PageRequest,
) -> sqlx::Result<Vec<Declaration>> {
    declarations!(
        r#"
        where holder_org = $1 and status = any($2) and ($3::uuid is null or id > $3)
          and ($5::timestamptz is null or updated_at >= $5)
          and status not in
            ('RELEASED', 'CLOSED', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ')
        order by id
        limit $4
        "#,
        office,
        statuses,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// What waits for a release officer: not what is on its way to another office, nor what the system releases.
pub(in crate::declaration) async fn releases_waiting(
    conn: &mut PgConnection,
    office: &str,
    page: PageRequest,
) -> sqlx::Result<Vec<Declaration>> {
    declarations!(
        r#"
        where holder_org = $1 and status = 'CONFORMING' and release_org = holder_org
          and (kind = 'CATALOGUE' or is_selected or has_result) and ($2::uuid is null or id > $2)
          and ($4::timestamptz is null or updated_at >= $4)
        order by id
        limit $3
        "#,
        office,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// Wishes to withdraw that wait for an officer of the declaring office, oldest first.
pub(in crate::declaration) async fn withdrawals_waiting(
    conn: &mut PgConnection,
    office: &str,
    page: PageRequest,
) -> sqlx::Result<Vec<Declaration>> {
    declarations!(
        r#"
        where decl_org = $1 and withdrawal_requested_at is not null
          and status in ('SELECTED', 'CONFORMING') and ($2::uuid is null or id > $2)
          and ($4::timestamptz is null or updated_at >= $4)
        order by id
        limit $3
        "#,
        office,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// Own cases that lie here: the silence of the others is another bureau's to mind.
pub(in crate::declaration) async fn silent_since(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<DeclarationId>> {
    sqlx::query_scalar!(
        r#"
        select id as "id: DeclarationId" from declarations
        where status in ('NEEDS_CORRECTION', 'SELECTED') and updated_at < $1
          and left(holder_org, 2) = left(direct_bureau, 2) and left(decl_org, 2) = left(direct_bureau, 2)
        order by updated_at limit $2
        "#,
        since,
        limit,
    )
    .fetch_all(conn)
    .await
}
