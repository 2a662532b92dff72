//! The cases, in the order of the page. Each module is a section or two.
mod bring;
mod faults;
mod fetch;
mod order;
mod requests;

use std::pin::Pin;

use super::Case;

/// A case under way: what was seen, or why it fails.
pub(crate) type Trial<'a> = Pin<Box<dyn Future<Output = anyhow::Result<String>> + 'a>>;

macro_rules! cases {
    ($($section:literal $id:literal $says:literal $run:path;)*) => {
        &[$(Case { section: $section, id: $id, says: $says, run: |kit| Box::pin($run(kit)) }),*]
    };
}

pub(super) const CASES: &[Case] = cases! {
    2 "keys-published" "public keys are there for everybody, 32 bytes each" requests::keys;
    4 "request-unsigned" "without the four headers: 401" requests::unsigned;
    4 "request-forged" "signed by somebody else: 401" requests::forged;
    4 "request-key-unknown" "with a key that nobody entered: 401" requests::key_unknown;
    4 "request-bureau-unknown" "of a bureau that nobody entered: 401" requests::bureau_unknown;
    4 "request-old" "six minutes old: 401" requests::old;
    4 "request-future" "six minutes ahead: 401" requests::future;
    4 "request-in-window" "four minutes old: as good as any" requests::in_window;
    4 "request-body-changed" "another body than was signed: 401" requests::body_changed;
    4 "request-misdirected" "signed for another path: 401" requests::misdirected;
    5 "stored" "a good message is stored, with a receipt about it" bring::stored;
    5 "receipt-verifies" "the receipt is signed with a published key" bring::receipt_verifies;
    5 "replayed" "brought again, it gets the very same receipt" bring::replayed;
    5 "twice-in-one-call" "twice in one call it is one message" bring::twice_in_one_call;
    5 "older-than-its-request" "a message may be much older than the request" bring::older;
    5 "lines" "one message a line" bring::lines;
    5 "lines-bad" "bad lines are 400, each is named, and nothing is stored" bring::lines_bad;
    5 "truncated" "half a request is 400" bring::truncated;
    5 "members-unknown" "a message with other members is not taken" bring::members_unknown;
    5 "none" "no message at all: 400" bring::none;
    5 "thousand" "1,000 messages in one call, a receipt for each" bring::thousand;
    5 "thousand-and-one" "1,001 messages: refused whole" bring::thousand_and_one;
    5 "oversized" "more than 8 MiB: refused whole" bring::oversized;
    5 "neighbours" "a bad message does not hold up those beside it" bring::neighbours;
    5 "payload-changed" "the payload has another hash" faults::payload_changed;
    5 "forged" "the message is signed by somebody else" faults::forged;
    5 "header-changed" "the header was changed after it was signed" faults::header_changed;
    5 "key-unknown" "it names a key that nobody entered" faults::key_unknown;
    5 "misdirected" "it is addressed to another bureau" faults::misdirected;
    5 "in-another-name" "it names another sender" faults::in_another_name;
    5 "future-dated" "it was sent an hour from now" faults::future_dated;
    5 "protocol-unknown" "it speaks another protocol" faults::protocol_unknown;
    5 "time-malformed" "its time has no three digits of a second" faults::time_malformed;
    5 "number-not-whole" "its payload holds a fraction" faults::number_not_whole;
    5 "text-malformed" "its payload holds U+0000" faults::text_malformed;
    5 "id-reused" "the same id for another content" faults::id_reused;
    5 "sequence-taken" "the same place in a conversation for another message" faults::sequence_taken;
    5 "all-at-once" "everything that is wrong is told at once" faults::all_at_once;
    6 "what-became" "the sender may ask what became of its message" fetch::what_became;
    6 "what-never-was" "of a message that never came: 404" fetch::what_never_was;
    6 "fetched" "what waits for us is handed out, signed, to us, whole" fetch::fetched;
    6 "fetched-again" "it is handed out until a receipt is there" fetch::fetched_again;
    6 "receipt-forged" "a receipt that we did not sign changes nothing" fetch::receipt_forged;
    6 "acknowledged" "with our receipt it is ours no more" fetch::acknowledged;
    7 "reordered" "brought backwards, all take effect" order::reordered;
    7 "gap-asked-for" "what is missing is asked for: first and last" order::gap_asked_for;
    7 "gap-filled" "and when it comes, those after it take effect" order::gap_filled;
    7 "unknown-parked" "an unknown type is stored and parked" order::unknown_parked;
    7 "newer-parked" "a newer version is stored and parked" order::newer_parked;
    7 "parked-holds-up-nobody" "the next of its conversation takes effect" order::parked_holds_up_nobody;
    8 "ping" "a ping is answered with a pong, in its conversation" order::ping;
    8 "resend" "what we miss is said again as it was" order::resend;
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_case_is_there_once_in_the_order_of_the_page_and_in_its_document() {
        let ids: BTreeSet<_> = CASES.iter().map(|case| case.id).collect();
        let document = include_str!("../../../../docs/conformance.md");

        assert_eq!(ids.len(), CASES.len());
        assert!(CASES.is_sorted_by_key(|case| case.section));
        for Case { id, .. } in CASES {
            assert!(document.contains(&format!("`{id}`")), "{id} is not in docs/conformance.md");
        }
    }
}
