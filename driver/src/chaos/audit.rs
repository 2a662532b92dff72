//! What was sent and answered, against what is stored, and against the bank's own books.
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use serde::Deserialize;
use sqlx::PgPool;
use tokio::time::sleep;

use super::treasury;
use crate::{
    town::Town,
    traffic::{Book, Sent},
};

/// How long a job that is rung for at once may take.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Everything that does not fit, in words.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    pub(crate) stored: usize,
    pub(crate) released: usize,
    /// Waits for money that the bank refused.
    pub(crate) unpaid: usize,
    pub(crate) debits: usize,
    /// Given back by the bank.
    pub(crate) refunds: usize,
    /// Days of the bank that were closed, because nothing differed.
    pub(crate) days: usize,
    /// Answered, and not stored; paid, and not known to the bank; taken, and not booked.
    pub(crate) lost: Vec<String>,
    /// Done twice.
    pub(crate) doubled: Vec<String>,
    /// Neither released nor waiting for a reason.
    pub(crate) stranded: Vec<String>,
    /// Work that nobody does.
    pub(crate) stuck: Vec<String>,
    /// Books that do not agree.
    pub(crate) unbalanced: Vec<String>,
    /// Refused, although there was nothing wrong with it.
    pub(crate) refused: Vec<String>,
}

impl Audit {
    pub(crate) fn is_clean(&self) -> bool {
        self.findings().all(|(_, found)| found.is_empty())
    }

    fn findings(&self) -> impl Iterator<Item = (&'static str, &Vec<String>)> {
        [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("stranded", &self.stranded),
            ("stuck", &self.stuck),
            ("unbalanced", &self.unbalanced),
            ("refused", &self.refused),
        ]
        .into_iter()
    }

    /// The first few of each sort, to stderr.
    pub(crate) fn tell(&self) {
        for (sort, found) in self.findings() {
            for one in found.iter().take(12) {
                eprintln!("audit: {sort}: {one}");
            }
            if found.len() > 12 {
                eprintln!("audit: {sort}: and {} more", found.len() - 12);
            }
        }
    }
}

/// One stored declaration, with all that must be there once.
#[derive(sqlx::FromRow)]
struct Stored {
    id: String,
    decl_reg_no: String,
    ent_decl_no: String,
    status: String,
    holder_org: String,
    versions: i64,
    filings: i64,
    releases: i64,
    release_events: i64,
    refused_by_bank: bool,
    debt: Option<String>,
}

/// One payment, and what was posted for it.
#[derive(sqlx::FromRow)]
struct Payment {
    id: String,
    state: String,
    amount_fen: i64,
    postings: i64,
    posted_fen: i64,
}

/// One line of the bank's books.
#[derive(Deserialize)]
pub(super) struct Debit {
    pub(super) payment_id: String,
    debits: usize,
    total_fen: i64,
    pub(super) refunds: i64,
    pub(super) refunded_fen: i64,
}

/// Compares everything with everything. Called when all is quiet.
pub(crate) async fn audit(town: &Town, pool: &PgPool, book: &Book) -> anyhow::Result<Audit> {
    let mut audit = Audit::default();
    cases(&mut audit, pool, &book.sent()).await?;
    let ledger: Vec<Debit> =
        reqwest::get(format!("{}/sandbox/ledger", town.bank_url())).await?.json().await?;
    money(&mut audit, pool, &ledger).await?;
    books(&mut audit, pool, &ledger).await?;
    treasury::refunds(&mut audit, pool, &ledger).await?;
    jobs(&mut audit, pool).await?;
    Ok(audit)
}

async fn cases(audit: &mut Audit, pool: &PgPool, sent: &[Sent]) -> anyhow::Result<()> {
    let rows: Vec<Stored> = sqlx::query_as(
        "select d.id::text, d.decl_reg_no, d.ent_decl_no, d.status, d.holder_org,
                (select count(*) from declaration_versions v where v.declaration_id = d.id) as versions,
                (select count(*) from events e where e.subject = d.id and e.kind = 'declaration.filed') as filings,
                (select count(*) from releases r where r.declaration_id = d.id) as releases,
                (select count(*) from events e
                 where e.subject = d.id and e.kind = 'declaration.released') as release_events,
                exists (select from fee_notices n join payments p on p.notice_id = n.id
                        where n.declaration_id = d.id and n.state in ('ISSUED', 'OVERDUE')
                        and p.failure_code = 'INSUFFICIENT_FUNDS') as refused_by_bank,
                (select string_agg(n.state || ' ' || coalesce(p.state, 'never paid'), ', ')
                 from fee_notices n left join payments p on p.notice_id = n.id
                 where n.declaration_id = d.id) as debt
         from declarations d",
    )
    .fetch_all(pool)
    .await?;
    audit.stored = rows.len();
    let mut by_reference: HashMap<(&str, &str), &Stored> = HashMap::new();
    for row in &rows {
        by_reference.insert((&row.decl_reg_no, &row.ent_decl_no), row);
        one_case(audit, row);
    }
    let mut asked = HashSet::new();
    for one in sent {
        let key = (one.reg_no.as_str(), one.reference());
        asked.insert(key);
        let told = one.receipt.as_ref().and_then(|receipt| receipt["id"].as_str());
        match (told, by_reference.get(&key)) {
            (Some(id), None) => audit.lost.push(format!("{key:?} was answered with {id}")),
            (Some(id), Some(row)) if row.id != id => {
                audit.doubled.push(format!("{key:?} was answered with {id} and is {}", row.id));
            }
            _ => {}
        }
        match &one.contradiction {
            Some(why) if one.receipt.is_some() => audit.doubled.push(format!("{key:?}: {why}")),
            Some(why) => audit.refused.push(format!("{key:?}: {why}")),
            None => {}
        }
    }
    let uninvited = rows
        .iter()
        .filter(|row| !asked.contains(&(row.decl_reg_no.as_str(), row.ent_decl_no.as_str())));
    audit.doubled.extend(uninvited.map(|row| format!("{} was never sent", row.ent_decl_no)));
    Ok(())
}

fn one_case(audit: &mut Audit, row: &Stored) {
    let Stored { id, ent_decl_no: reference, status, holder_org, .. } = row;
    if row.versions != 1 || row.filings != 1 {
        let (versions, filings) = (row.versions, row.filings);
        audit.doubled.push(format!("{reference} {id}: {versions} versions, {filings} filings"));
    }
    match (status.as_str(), row.releases, row.release_events) {
        ("RELEASED", 1, 1) => audit.released += 1,
        ("RELEASED", releases, events) => {
            audit.doubled.push(format!("{reference} {id}: {releases} releases, {events} told"));
        }
        _ if row.releases > 0 => {
            audit.doubled.push(format!("{reference} {id}: {status} and released"));
        }
        ("CONFORMING", ..) if row.refused_by_bank => audit.unpaid += 1,
        _ => {
            let debt = row.debt.as_deref().unwrap_or("no fee");
            audit.stranded.push(format!("{reference} {id}: {status} at {holder_org}, {debt}"));
        }
    }
}

/// Every debit at the bank is one payment here, and the other way round.
async fn money(audit: &mut Audit, pool: &PgPool, ledger: &[Debit]) -> anyhow::Result<()> {
    let payments: Vec<Payment> = sqlx::query_as(
        "select p.id::text, p.state, p.amount_fen,
                (select count(*) from postings g where g.payment_id = p.id and g.cause = 'payment-succeeded')
                    as postings,
                (select coalesce(sum(g.amount_fen), 0)::bigint from postings g
                 where g.payment_id = p.id and g.cause = 'payment-succeeded') as posted_fen
         from payments p",
    )
    .fetch_all(pool)
    .await?;
    let mut taken: BTreeMap<&str, &Debit> =
        ledger.iter().map(|debit| (debit.payment_id.as_str(), debit)).collect();
    for payment in &payments {
        let Payment { id, state, amount_fen, .. } = payment;
        let debit = taken.remove(id.as_str());
        let (debits, total_fen) = debit.map_or((0, 0), |debit| (debit.debits, debit.total_fen));
        audit.debits += debits;
        if debits > 1 {
            audit.doubled.push(format!("payment {id} was debited {debits} times"));
        }
        match (state.as_str(), debits) {
            ("SUCCESS", 0) => audit.lost.push(format!("payment {id} succeeded without a debit")),
            ("SUCCESS", _) if total_fen != *amount_fen => {
                audit
                    .unbalanced
                    .push(format!("payment {id}: {amount_fen} fen here, {total_fen} there"));
            }
            ("SUCCESS", _) if (payment.postings, payment.posted_fen) != (1, *amount_fen) => {
                audit.unbalanced.push(format!("payment {id}: posted {} times", payment.postings));
            }
            ("SUCCESS", _) | ("FAILED", 0) => {}
            ("FAILED", _) => audit.lost.push(format!("payment {id} FAILED, and money was taken")),
            (state, _) => audit.stuck.push(format!("payment {id} is {state}, {debits} debits")),
        }
    }
    let strange = taken.values().filter(|debit| debit.debits > 0);
    audit.lost.extend(strange.map(|debit| format!("a debit of no payment: {}", debit.payment_id)));
    Ok(())
}

/// What the ledger says in sum is what notices and bank say.
async fn books(audit: &mut Audit, pool: &PgPool, ledger: &[Debit]) -> anyhow::Result<()> {
    let balance = "select coalesce(sum(case when debit like $1 then amount_fen else 0 end)
                          - sum(case when credit like $1 then amount_fen else 0 end), 0)::bigint from postings";
    let bank: i64 = sqlx::query_scalar(balance).bind("BANK:%").fetch_one(pool).await?;
    let taken: i64 = ledger.iter().map(|debit| debit.total_fen - debit.refunded_fen).sum();
    if bank != taken {
        audit.unbalanced.push(format!("the bank took {taken} fen, the ledger says {bank}"));
    }
    let owed: i64 = sqlx::query_scalar(balance).bind("RECEIVABLE:%").fetch_one(pool).await?;
    let open: i64 = sqlx::query_scalar(
        "select coalesce(sum(total_fen), 0)::bigint from fee_notices where state in ('ISSUED', 'PAYING', 'OVERDUE')",
    )
    .fetch_one(pool)
    .await?;
    if owed != open {
        audit.unbalanced.push(format!("{open} fen of notices are open, the ledger says {owed}"));
    }
    let differing: Vec<(String, i64, i64)> = sqlx::query_as(
        "select account, balance_fen, claimed_fen from ledger_accounts where balance_fen <> claimed_fen",
    )
    .fetch_all(pool)
    .await?;
    let told = differing.into_iter().map(|(account, booked, claimed)| {
        format!("{account} holds {booked} fen, the other tables say {claimed}")
    });
    audit.unbalanced.extend(told);
    Ok(())
}

/// Jobs that were given up, and jobs that should have been done. What was promised a moment ago, because it recurs, is
/// done a moment later; and the question whether anything is missing still is asked again after a minute.
pub(super) async fn jobs(audit: &mut Audit, pool: &PgPool) -> anyhow::Result<()> {
    let mut stuck = open_jobs(pool).await?;
    if !stuck.is_empty() {
        sleep(A_MOMENT).await;
        let open_still = open_jobs(pool).await?;
        stuck.retain(|id, _| open_still.contains_key(id));
    }
    audit.stuck.extend(stuck.into_values());
    Ok(())
}

/// By their ids, in words.
async fn open_jobs(pool: &PgPool) -> anyhow::Result<BTreeMap<String, String>> {
    let rows: Vec<(String, String, String, i32, String)> = sqlx::query_as(
        "select id::text, kind, state, attempt, coalesce(error, '') from jobs
         where state = 'dead' or state in ('ready', 'running') and kind not like 'ledger.%'
               and kind not in ('handoff.expire', 'declaration.auto_withdraw', 'exchange.ask_again')",
    )
    .fetch_all(pool)
    .await?;
    let told = rows.into_iter().map(|(id, kind, state, attempt, error)| {
        (id, format!("{kind} is {state} after {attempt} attempts: {error}"))
    });
    Ok(told.collect())
}
