//! The bank calls back: signed, and again for a while when nobody listens.
use std::{sync::Arc, time::Duration};

use shared::payment::{
    bank::Word,
    signature::{DATE_HEADER, Message, SIGNATURE_HEADER},
};

use crate::bank::Bank;

/// How often a callback is tried; the pause doubles each time from half a second.
const TRIES: u32 = 5;

/// Sends a callback in its own time.
pub(crate) fn send(bank: &Arc<Bank>, word: Word, after: Duration) {
    let bank = Arc::clone(bank);
    bank.calling.send_modify(|calling| *calling += 1);
    actix_web::rt::spawn(async move {
        tokio::time::sleep(after).await;
        deliver(&bank, &word).await;
        bank.calling.send_modify(|calling| *calling -= 1);
    });
}

/// Delivers a callback, or gives up: whoever missed it can still ask.
pub(crate) async fn deliver(bank: &Bank, word: &Word) {
    for again in 0..TRIES {
        // In maintenance nobody is called.
        if bank.is_closed() {
            return;
        }
        match call(bank, word).await {
            Ok(()) => return,
            // What was not believed is not repeated unchanged.
            Err(error) if is_refusal(&error) => return,
            Err(error) => tracing::warn!(payment.id = %word.payment_id, "callback: {error:#}"),
        }
        tokio::time::sleep(Duration::from_millis(500) * 2_u32.pow(again)).await;
    }
}

fn is_refusal(error: &anyhow::Error) -> bool {
    let status = error.downcast_ref::<reqwest::Error>().and_then(reqwest::Error::status);
    status.is_some_and(|status| status.is_client_error())
}

async fn call(bank: &Bank, word: &Word) -> anyhow::Result<()> {
    let url = reqwest::Url::parse(&bank.callback_url)?;
    let body = serde_json::to_vec(word)?;
    let message = Message { method: "POST", path: url.path(), body: &body };
    let seal = bank.calling_key(word.payment_id).seal(message, bank.clock.now());
    let request = bank
        .http
        .post(url)
        .header(DATE_HEADER, seal.date)
        .header(SIGNATURE_HEADER, seal.signature)
        .header("content-type", "application/json")
        .body(body);
    request.send().await?.error_for_status()?;
    Ok(())
}
