//! How lists are asked for, page by page.
use chrono::{DateTime, Utc};
use serde::Deserialize;
use shared::kernel::{Failure, PageRequest, Violations};
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

/// Reads how a list is cut, or says what is wrong with that.
pub fn page(
    limit: Option<i64>,
    cursor: Option<Uuid>,
    updated_since: Option<DateTime<Utc>>,
) -> Result<PageRequest, Failure> {
    let limit = limit.unwrap_or(50);
    if (1..=200).contains(&limit) {
        return Ok(PageRequest { limit, after: cursor, since: updated_since });
    }
    let mut violations = Violations::default();
    violations.error("/query/limit", "out-of-range", "每页1至200条", "limit is 1 to 200");
    Err(violations.into())
}

impl PageParams {
    pub fn page(&self) -> Result<PageRequest, Failure> {
        page(self.limit, self.cursor, self.updated_since)
    }
}
