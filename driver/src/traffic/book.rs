//! What was sent, and what was answered: the side of the callers, kept to be compared with what is stored.
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use serde_json::Value;

/// One declaration that was filed, perhaps more than once.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) reg_no: String,
    pub(crate) content: Value,
    /// The first receipt.
    pub(crate) receipt: Option<Value>,
    /// Another receipt than the first, or a refusal: there should be none.
    pub(crate) contradiction: Option<String>,
}

impl Sent {
    pub(crate) fn reference(&self) -> &str {
        self.content["ent_decl_no"].as_str().unwrap_or_default()
    }
}

/// One call, and whether it was answered with a receipt.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) at: Instant,
    pub(crate) is_answered: bool,
}

/// Shared by all callers.
#[derive(Default)]
pub(crate) struct Book(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    sent: Vec<Sent>,
    calls: Vec<Call>,
}

impl Book {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before the first byte leaves. The place is for [`Book::heard`].
    pub(crate) fn sending(&self, reg_no: &str, content: &Value) -> usize {
        let mut pages = self.pages();
        pages.sent.push(Sent {
            reg_no: reg_no.to_owned(),
            content: content.clone(),
            receipt: None,
            contradiction: None,
        });
        pages.sent.len() - 1
    }

    pub(crate) fn heard(&self, place: usize, receipt: Value) {
        let sent = &mut self.pages().sent[place];
        match &sent.receipt {
            None => sent.receipt = Some(receipt),
            Some(first) if *first == receipt => {}
            Some(first) => sent.contradiction = Some(format!("first {first}, then {receipt}")),
        }
    }

    pub(crate) fn refused(&self, place: usize, why: String) {
        self.pages().sent[place].contradiction = Some(why);
    }

    pub(crate) fn called(&self, at: Instant, is_answered: bool) {
        self.pages().calls.push(Call { at, is_answered });
    }

    /// A copy of all that was sent.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.pages().sent.clone()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.pages().calls.clone()
    }
}
