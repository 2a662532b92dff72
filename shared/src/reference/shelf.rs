//! The books on the shelf: whoever needs them takes the current edition along.
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::PgConnection;

use super::{Books, store};

/// Holds the current edition of the books. One to a process; refreshed about once a second.
#[derive(Debug)]
pub struct Shelf {
    current: RwLock<Arc<Books>>,
}

impl Shelf {
    /// Reads the books for the first time.
    pub async fn load(conn: &mut PgConnection) -> anyhow::Result<Self> {
        Ok(Self::holding(Books::load(conn).await?))
    }

    #[must_use]
    pub fn holding(books: Books) -> Self {
        Self { current: RwLock::new(Arc::new(books)) }
    }

    /// The current edition. Take it once for an act: an import in between must not split it.
    #[must_use]
    pub fn books(&self) -> Arc<Books> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the books again if somebody imported since: true if so. One small query if not.
    pub async fn refresh(&self, conn: &mut PgConnection) -> anyhow::Result<bool> {
        if store::edition(conn).await? == self.books().edition {
            return Ok(false);
        }
        let books = Arc::new(Books::load(conn).await?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = books;
        Ok(true)
    }
}
