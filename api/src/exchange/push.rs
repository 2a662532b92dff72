//! `POST /v1/exchange/messages`
use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use shared::{
    acts,
    exchange::{
        Envelope,
        service::inbox::{self, Taken},
    },
    kernel::Violations,
    ledger::Tx,
};

use super::{
    signed,
    view::{self, Messages, Receipts},
};
use crate::{Answer, Context, body::Raw, problem::Problem};

/// How much one call may carry.
const LIMIT: usize = 8 << 20;
/// How many messages one call may carry.
const MOST: usize = 1000;

/// Bring messages
///
/// For partner bureaus, signed with their keys (`docs/exchange-protocol.md`). Up to 1,000 messages, as one JSON
/// object or as NDJSON with one message a line. Each gets a signed receipt once it is stored; it takes effect
/// afterwards. Bringing a message again changes nothing, and its first receipt is given again.
#[utoipa::path(
    operation_id = "bringMessages", tag = "exchange", security(("bureau_signature" = [])),
    request_body(content = Messages, example = json!(view::messages_example())),
    responses((status = 200, description = "A receipt for each message, in their order.", body = Receipts,
        example = json!(view::receipts_example()))),
)]
#[post("/exchange/messages")]
pub(super) async fn handler(ctx: Data<Context>, request: HttpRequest, body: Raw<LIMIT>) -> Answer {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let caller = signed::caller(&ctx, &mut tx, &request, &body.bytes).await?;
    let messages = read(&body.content_type, &body.bytes)?;
    let keys = ctx.bureaus.keys()?;
    let review = acts::exchange::review;
    let taken = inbox::take(&mut tx, keys, &caller, &messages, review).await?;
    tx.commit().await?;
    count(&caller, &taken);
    Ok(HttpResponse::Ok().json(Receipts { receipts: taken.receipts }))
}

/// How often a partner says the same again tells how well the line and its receipts travel.
fn count(partner: &str, taken: &Taken) {
    let outcomes =
        [("stored", taken.stored), ("repeated", taken.repeated), ("refused", taken.refused())];
    for (outcome, count) in outcomes.into_iter().filter(|(_, count)| *count > 0) {
        let labels = [("partner", partner.to_owned()), ("outcome", outcome.to_owned())];
        metrics::counter!("exchange_messages_total", &labels).increment(count as u64);
    }
}

/// All messages of a call, or every one that cannot be read.
pub(crate) fn read(content_type: &str, bytes: &[u8]) -> Result<Vec<Envelope>, Problem> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    let messages = match kind {
        "application/json" => crate::body::parse::<Messages>(bytes)?.messages,
        "application/x-ndjson" => read_lines(bytes)?,
        _ => {
            return Err(Problem::unsupported_media_type(
                "application/json or application/x-ndjson",
            ));
        }
    };
    if messages.is_empty() || messages.len() > MOST {
        let (zh, en) = ("每次1至1000条消息", "a call carries 1 to 1,000 messages");
        let mut errors = Violations::default();
        errors.error("/messages", "message-count", zh, en);
        return Err(Problem::malformed(errors));
    }
    Ok(messages)
}

fn read_lines(bytes: &[u8]) -> Result<Vec<Envelope>, Problem> {
    let mut errors = Violations::default();
    let mut messages = Vec::new();
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    for (index, line) in lines.enumerate().take(MOST + 1) {
        match serde_json::from_slice(line) {
            Ok(message) => messages.push(message),
            Err(error) => errors.error(
                format!("/messages/{index}"),
                "json-malformed",
                "该行不是一条消息",
                error.to_string(),
            ),
        }
    }
    if errors.is_empty() { Ok(messages) } else { Err(Problem::malformed(errors)) }
}
