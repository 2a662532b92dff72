//! Filing, alone or in [company](crate::company).
use shared::{
    Clock,
    acts::{self, Desk, Filed, Filing},
    kernel::Failure,
    ledger::Tx,
};

use crate::company::Company;

/// Takes filings in, each with the desk it is to be judged at.
#[derive(Clone)]
pub struct Filer(Company<(Desk, Filing), Filed>);

impl Filer {
    /// Starts on the current runtime.
    #[must_use]
    pub fn start(clock: &Clock) -> Self {
        let clock = clock.clone();
        Self(Company::start(move |filings| file_all(clock.clone(), filings)))
    }

    /// Files one declaration. The answer comes after a durable commit, never before.
    pub async fn file(&self, desk: Desk, filing: Filing) -> Result<Filed, Failure> {
        self.0.join((desk, filing)).await
    }
}

async fn file_all(clock: Clock, filings: Vec<(Desk, Filing)>) -> Result<Vec<Filed>, Failure> {
    let (mut desks, filings): (Vec<_>, Vec<_>) = filings.into_iter().unzip();
    // All are judged at the desk of the last to come: the newest edition of the books.
    let Some(desk) = desks.pop() else { return Ok(Vec::new()) };
    let mut tx = Tx::begin(&desk.pool, &clock).await?;
    let answers = acts::file_many(&mut tx, &desk, filings).await?;
    tx.commit().await?;
    Ok(answers)
}
