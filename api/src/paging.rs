//! How lists are asked for, page by page.
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::kernel::PageRequest;
use utoipa::IntoParams;
use uuid::Uuid;

/// How a list is cut into pages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// How a list is cut. Its bounds were seen by the [contract](crate::contract).
#[must_use]
pub fn page(
    limit: Option<i64>,
    cursor: Option<Uuid>,
    updated_since: Option<DateTime<Utc>>,
) -> PageRequest {
    PageRequest { limit: limit.unwrap_or(50), after: cursor, since: updated_since }
}

impl PageParams {
    #[must_use]
    pub fn page(&self) -> PageRequest {
        page(self.limit, self.cursor, self.updated_since)
    }
}
