//! How our programs connect to Postgres.
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

/// Settings of every connection.
///
/// All that we ask of Postgres on the way of a case reads a few rows by an index. A statement is planned once and
/// then kept, and one that is planned while a table is empty would read that table from end to end for as long as the
/// process lives (or until it is analysed): measured, 8 ms where 0.1 were enough. So whole-table plans are out of the
/// question wherever there is an index, whatever the planner believes about the size.
///
/// For the same reason statements that lock many rows say `order by uuid_send(id)`: by the bare key they may be planned
/// as a walk along the whole index, which has that order already.
const SETTINGS: [(&str, &str); 5] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
    // Whoever vanished in the middle of a transaction does not keep its locks for hours.
    ("idle_in_transaction_session_timeout", "60s"),
];

/// Where that database is, and the settings of every connection to it.
pub fn options(url: &str) -> sqlx::Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?.options(SETTINGS))
}
