//! The exchange protocol as its page tells it (`docs/exchange-protocol.md`), written anew: no code is shared with
//! Anyport, so that what one side gets wrong the other does not get wrong in the same way.
mod door;
mod message;
mod signer;

pub(crate) use door::{Answer, Call, Door, MESSAGES, Seal};
pub(crate) use message::{Message, new_id, now, receipt_of, verifies_receipt, written};
pub(crate) use signer::Signer;
