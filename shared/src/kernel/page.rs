//! Lists are read page by page, along a key: never by offset.
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// What a caller asks of a list.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest {
    /// 1 to 200.
    pub limit: i64,
    /// The last id of the page before; newest first.
    pub after: Option<Uuid>,
    /// Only what was made or changed at or after this moment.
    pub since: Option<DateTime<Utc>>,
}

impl PageRequest {
    /// One more than asked for, to learn whether there is another page.
    #[must_use]
    pub const fn fetch(self) -> i64 {
        self.limit + 1
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    pub data: Vec<T>,
    pub has_more: bool,
}

impl<T> Page<T> {
    /// Cuts the extra row that [`PageRequest::fetch`] asked for.
    #[must_use]
    pub fn cut(mut rows: Vec<T>, request: PageRequest) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(0);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        Self { data: rows, has_more }
    }

    #[must_use]
    pub fn map<U>(self, into: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(into).collect(), has_more: self.has_more }
    }
}
