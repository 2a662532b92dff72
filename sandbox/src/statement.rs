//! The bank's statement of a day, with differences planted in it on request.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    web::{Data, Path},
};
use chrono::{Datelike as _, Duration, NaiveDate};
use serde::{Deserialize, Serialize};
use shared::{
    kernel::{Fen, calendar},
    payment::{
        PaymentId,
        bank::{Outcome, Word},
        recon::statement::{Line, LineKind, write},
    },
};
use uuid::Uuid;

use crate::{
    bank::Bank,
    counter::{check, signed},
};

/// What is wrong with the next statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plant {
    /// A booking that nobody ordered.
    OrphanBank,
    /// The first booking is left out.
    OrphanOwn,
    /// The first booking is one yuan more.
    Amount,
    /// The first booking stands there twice.
    Duplicate,
}

/// `GET /v1/statements/{day}`: all bookings of a day in Shanghai.
#[get("/v1/statements/{day}")]
pub(crate) async fn statement(
    bank: Data<Bank>,
    request: HttpRequest,
    day: Path<NaiveDate>,
) -> HttpResponse {
    if let Err(distrust) = check(&bank, &request, b"") {
        return HttpResponse::Unauthorized().body(distrust.to_string());
    }
    let body = bank.statement(*day).into_bytes();
    signed(&bank, &request, StatusCode::OK, ("text/csv; charset=utf-8", body))
}

impl Bank {
    /// Lets the statements that come be wrong in these ways.
    pub fn plant(&self, plants: &[Plant]) {
        plants.clone_into(&mut self.ledger().plants);
    }

    /// The statement of a day, as it is given out.
    #[must_use]
    pub fn statement(&self, day: NaiveDate) -> String {
        let ledger = self.ledger();
        let mut lines = ledger.bookings();
        lines.retain(|line| calendar::day_of(line.booked_at) == day);
        lines.sort_by_key(|line| line.booked_at);
        for plant in &ledger.plants {
            match plant {
                Plant::OrphanBank => lines.push(stray(day)),
                Plant::OrphanOwn if !lines.is_empty() => {
                    lines.remove(0);
                }
                Plant::Amount => {
                    if let Some(first) = lines.first_mut() {
                        first.amount = first.amount + Fen::yuan(1);
                    }
                }
                Plant::Duplicate => lines.extend(lines.first().cloned()),
                Plant::OrphanOwn => {}
            }
        }
        write(&lines)
    }
}

/// The word about a planted orphan of that name.
pub(crate) fn stray_of(bank_ref: &str) -> Option<Word> {
    let day = bank_ref.strip_prefix(STRAY)?.parse().ok()?;
    let Line { bank_ref, subject, amount, booked_at, .. } = stray(day);
    Some(Word {
        payment_id: PaymentId(subject),
        outcome: Outcome::Success,
        bank_ref,
        amount: amount.into(),
        failure_code: None,
        bank_time: booked_at,
    })
}

const STRAY: &str = "B-stray-";

fn stray(day: NaiveDate) -> Line {
    let booked_at = calendar::start_of(day) + Duration::hours(10);
    Line {
        line_no: 0,
        kind: LineKind::Debit,
        bank_ref: format!("{STRAY}{day}"),
        subject: Uuid::from_u128(u128::from(day.num_days_from_ce().unsigned_abs())),
        amount: Fen::yuan(77),
        booked_at,
        belongs_to: None,
    }
}
