//! Every parser that reads outside bytes, in one table: what is fuzzed (`fuzz/`) and what is mutated in the ordinary
//! tests (`tests/it/corpora.rs`) are these, each with a corpus of its name in `fuzz/corpus/`.
use std::{collections::HashMap, sync::LazyLock};

use actix_web::{
    http::{Method, header::HeaderValue},
    web::Query,
};
use chrono::{DateTime, Utc};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{EncodePublicKey as _, spki::der::pem::LineEnding},
};
use jsonwebtoken::DecodingKey;
use serde_json::Value;
use shared::{
    acts::exchange,
    config,
    declaration::{self, Content, Parties, check_digit, do_key::do_key, iso6346, parse},
    exchange::{Envelope, Memorandum, MemorandumId, MemorandumKind},
    import,
    inspection::DrawKeys,
    kernel::Violation,
    payment::{
        bank::{self, Word},
        recon::{self, Days, Format},
        signature::{Message, SealingKey},
    },
    reference::{self, Books, LAYOUTS, file::SEEDED_FROM},
};
use uuid::Uuid;

use crate::{
    CONTRACT,
    body::parse as parse_json,
    caller, declaration as acts,
    exchange::{acknowledge, push},
    gate,
    identity::{
        access::{assertion, token as door},
        token,
        view::access::SignInIn,
    },
    import::read_file,
    paging::PageParams,
    problem::Problem,
    request,
};

/// What a reader made of some bytes.
#[derive(Debug)]
pub enum Outcome {
    /// They are what they should be.
    Read,
    /// They are not, and this is all that is wrong with them; empty where only "no" is said.
    Refused(Vec<Violation>),
}

/// One parser, under the name of its corpus.
pub struct Reader {
    pub name: &'static str,
    read: fn(&[u8]) -> Outcome,
}

/// All of them.
pub const READERS: &[Reader] = &[
    Reader { name: "declaration", read: declaration },
    Reader { name: "delivery-order", read: delivery_order },
    Reader { name: "check-digits", read: check_digits },
    Reader { name: "reference", read: reference_table },
    Reader { name: "bank-word", read: bank_word },
    Reader { name: "bank-seal", read: bank_seal },
    Reader { name: "statement", read: |bytes| statement(Format::Csv, bytes) },
    Reader { name: "statement-gb18030", read: |bytes| statement(Format::CsvGb18030, bytes) },
    Reader { name: "statement-camt", read: |bytes| statement(Format::Camt053, bytes) },
    Reader { name: "import-csv", read: |bytes| import(import::Format::Csv, bytes) },
    Reader { name: "import-ndjson", read: |bytes| import(import::Format::Ndjson, bytes) },
    Reader { name: "import-xlsx", read: |bytes| import(import::Format::Xlsx, bytes) },
    Reader { name: "message", read: message },
    Reader { name: "exchange-messages", read: exchange_messages },
    Reader { name: "exchange-lines", read: exchange_lines },
    Reader { name: "exchange-subject", read: exchange_subject },
    Reader { name: "exchange-receipts", read: exchange_receipts },
    Reader { name: "access-token", read: access_token },
    Reader { name: "client-assertion", read: client_assertion },
    Reader { name: "basic", read: basic },
    Reader { name: "token-form", read: token_form },
    Reader { name: "sign-in", read: sign_in },
    Reader { name: "query", read: query },
    Reader { name: "headers", read: headers },
    Reader { name: "draw-keys", read: draw_keys },
    Reader { name: "settings", read: settings },
];

/// The reader of that name.
#[must_use]
pub fn reader(name: &str) -> Option<&'static Reader> {
    READERS.iter().find(|reader| reader.name == name)
}

/// No answer lists more than this (the contract says so).
const MOST_TOLD: usize = 10_001;

impl Reader {
    /// Reads, and holds the reader to its word: what it refuses it explains, with places that can be pointed at.
    ///
    /// # Panics
    /// Where it does not keep its word. That is a defect of ours, whatever the bytes are.
    #[must_use]
    pub fn try_on(&self, bytes: &[u8]) -> Outcome {
        let outcome = (self.read)(bytes);
        if let Outcome::Refused(violations) = &outcome {
            assert!(violations.len() <= MOST_TOLD, "{} are told at once", violations.len());
            for Violation { pointer, code, message_zh, message_en, .. } in violations {
                assert!(pointer.is_empty() || pointer.starts_with('/'), "not a place: {pointer}");
                assert!(!code.is_empty() && !message_zh.is_empty() && !message_en.is_empty());
            }
        }
        outcome
    }
}

/// A parser that only says no.
fn plainly<T>(read: Option<T>) -> Outcome {
    read.map_or(Outcome::Refused(Vec::new()), |_| Outcome::Read)
}

fn told<T>(read: Result<T, Problem>) -> Outcome {
    match read {
        Ok(_) => Outcome::Read,
        Err(problem) => {
            assert!((400..500).contains(&problem.status), "{} is our own fault", problem.status);
            Outcome::Refused(problem.errors)
        }
    }
}

/// A body of `POST /v1/declarations`, read and put through the electronic review.
fn declaration(bytes: &[u8]) -> Outcome {
    static BOOKS: LazyLock<Books> = LazyLock::new(Books::seeded);
    let today = noon().date_naive();
    let submission = match parse::parse(bytes) {
        Ok(submission) => submission,
        Err(violations) => return Outcome::Refused(violations.into_vec()),
    };
    let review = declaration::review(&submission.content, &BOOKS, &Parties::default(), today);
    Outcome::Refused(review.findings.into_vec())
}

/// Bill, house bill and delivery order, one a line.
fn delivery_order(bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n').map(str::to_owned);
    let content = Content {
        bill_lad_no: lines.next(),
        split_bill_lad_no: lines.next(),
        delivery_order: lines.next(),
        ..Content::default()
    };
    let key = do_key(&content);
    if let Some(key) = &key {
        let separators = key.chars().filter(|letter| letter.is_whitespace()).count();
        assert_eq!(separators, 2, "three parts of one spelling: {key}");
    }
    plainly(key)
}

/// Container numbers, organisation codes, IMO numbers and IPPC marks.
fn check_digits(bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    let is_one = iso6346::is_valid(&text)
        | check_digit::is_imo_number(&text)
        | check_digit::organisation_code(&text).unwrap_or_default()
        | check_digit::ippc_treatment(&text).is_some();
    plainly(is_one.then_some(()))
}

/// The name of a book in the first line, its CSV below. What can be read can be written, and read again.
fn reference_table(bytes: &[u8]) -> Outcome {
    let mut halves = bytes.splitn(2, |byte| *byte == b'\n');
    let name = halves.next().and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default();
    let layout = reference::layout_of(name.trim()).unwrap_or(&LAYOUTS[0]);
    let table = halves.next().unwrap_or_default();
    match reference::file::read(layout, table, Some(SEEDED_FROM)) {
        Ok(rows) => {
            let written = reference::file::export(layout, &rows).expect("rows can be written");
            let again = reference::file::read(layout, written.as_bytes(), Some(SEEDED_FROM));
            assert_eq!(again.expect("what was written can be read").len(), rows.len());
            Outcome::Read
        }
        Err(violations) => Outcome::Refused(violations.into_vec()),
    }
}

/// What the bank tells us, and what it answers.
fn bank_word(bytes: &[u8]) -> Outcome {
    let _ = serde_json::from_slice::<bank::Answer>(bytes);
    let word = parse_json::<Word>(bytes);
    if let Ok(word) = &word {
        let _ = word.fen();
    }
    told(word)
}

/// A file of `POST /v1/bank-days/{day}/statement`. What was read of CSV can be written, and read again.
fn statement(format: Format, bytes: &[u8]) -> Outcome {
    let days = Days::only(noon().date_naive());
    let lines = match recon::read(format, &days, bytes) {
        Ok(lines) => lines,
        Err(violations) => return Outcome::Refused(violations.into_vec()),
    };
    if format != Format::Camt053 {
        let written = recon::statement::write(&lines);
        let again = recon::read(Format::Csv, &days, written.as_bytes());
        assert!(again.is_ok_and(|again| again.len() == lines.len()), "{written}");
    }
    Outcome::Read
}

/// Date, signature and body, one a line.
fn bank_seal(bytes: &[u8]) -> Outcome {
    let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
    let mut text = || parts.next().map(|part| String::from_utf8_lossy(part).into_owned());
    let (date, signature) = (text(), text());
    let body = parts.next().unwrap_or_default();
    let message = Message { method: "POST", path: "/v1/bank/callback", body };
    let key = SealingKey::from_seed(&[1; 32]).checking_key();
    plainly(key.check(message, date.as_deref(), signature.as_deref(), noon()).ok())
}

/// A body of `POST /v1/exchange/messages`, as JSON.
fn exchange_messages(bytes: &[u8]) -> Outcome {
    formed(push::read("application/json", bytes))
}

/// The same with one message a line.
fn exchange_lines(bytes: &[u8]) -> Outcome {
    formed(push::read("application/x-ndjson", bytes))
}

/// Every message that can be read is reviewed, and can be spelled for its signature.
fn formed(read: Result<Vec<Envelope>, Problem>) -> Outcome {
    let messages = match read {
        Ok(messages) => messages,
        Err(problem) => return told::<()>(Err(problem)),
    };
    let mut wrong = Vec::new();
    for message in &messages {
        let _ = (message.sent_at(), message.is_signed_by(&bureaus_key()));
        wrong.extend(message.review().into_vec());
    }
    if wrong.is_empty() { Outcome::Read } else { Outcome::Refused(wrong) }
}

/// One message, put through the review of its type, whatever its form and its sender.
fn exchange_subject(bytes: &[u8]) -> Outcome {
    static MEMORANDA: LazyLock<Vec<Memorandum>> = LazyLock::new(|| {
        let agreed = |kind: &MemorandumKind| Memorandum {
            id: MemorandumId(Uuid::nil()),
            partner: "330000".to_owned(),
            kind: *kind,
            valid_from: noon().date_naive(),
            valid_to: None,
            terms: Value::Null,
            ended_at: None,
        };
        MemorandumKind::ALL.iter().map(agreed).collect()
    });
    let message = match parse_json::<Envelope>(bytes) {
        Ok(message) => message,
        Err(problem) => return told::<()>(Err(problem)),
    };
    let review = exchange::review(&message, &MEMORANDA);
    let (errors, bad) = (review.errors.into_vec(), review.refused_records.len());
    let record_errors = review.record_errors.into_vec();
    assert!(bad <= record_errors.len() + errors.len(), "a record is left out without a reason");
    let wrong: Vec<_> = errors.into_iter().chain(record_errors).collect();
    if wrong.is_empty() { Outcome::Read } else { Outcome::Refused(wrong) }
}

/// A body of `POST /v1/exchange/receipts`, and what a partner answers to what we bring.
fn exchange_receipts(bytes: &[u8]) -> Outcome {
    let read = acknowledge::read(bytes);
    for receipt in read.iter().flatten() {
        let _ = (receipt.is_between("310000", "330000"), receipt.is_signed_by(&bureaus_key()));
    }
    told(read)
}

fn bureaus_key() -> String {
    SealingKey::from_seed(&[1; 32]).checking_key().to_base64()
}

const ISSUER: &str = "https://anyport.example";

/// When these readers read: any day, but always the same.
fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_400_000_000, 0).unwrap_or_default()
}

fn somebodys_key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

/// A bearer token of ours.
fn access_token(bytes: &[u8]) -> Outcome {
    static KEY: LazyLock<DecodingKey> =
        LazyLock::new(|| DecodingKey::from_ed_der(&somebodys_key().verifying_key().to_bytes()));
    let text = String::from_utf8_lossy(bytes);
    let _ = token::key_named_in(&text);
    plainly(token::claims_of(&text, &KEY, ISSUER, noon()).ok())
}

/// A JWT by which a client proves itself.
fn client_assertion(bytes: &[u8]) -> Outcome {
    static KEY: LazyLock<String> = LazyLock::new(|| {
        let key = somebodys_key().verifying_key();
        key.to_public_key_pem(LineEnding::LF).expect("a key can be written")
    });
    let text = String::from_utf8_lossy(bytes);
    let _ = assertion::claimed_client(&text, None);
    plainly(assertion::verified(&text, &KEY, ISSUER, noon()))
}

/// An `Authorization` header of the Basic scheme.
fn basic(bytes: &[u8]) -> Outcome {
    plainly(std::str::from_utf8(bytes).ok().and_then(door::read_basic))
}

/// A body of `POST /oauth2/token`.
fn token_form(bytes: &[u8]) -> Outcome {
    plainly(door::parse_form(bytes))
}

/// A body of `POST /v1/sign-in`.
fn sign_in(bytes: &[u8]) -> Outcome {
    told(parse_json::<SignInIn>(bytes))
}

/// A query string of a list; cursors and filters are in it.
fn query(bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    if let Some(problem) = CONTRACT.refuse_parameters(&Method::GET, "/v1/declarations", &text) {
        return told::<()>(Err(problem));
    }
    let _ = CONTRACT.refuse_path(&text);
    if let Ok(page) = Query::<PageParams>::from_query(&text) {
        assert!((1..=200).contains(&page.page().limit), "a page has the bounds of the contract");
    }
    plainly(Query::<acts::list::ListParams>::from_query(&text).ok())
}

/// `Authorization`, `X-Request-Id`, `Idempotency-Key` and `If-Match`: the same text as each of them.
fn headers(bytes: &[u8]) -> Outcome {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return Outcome::Refused(Vec::new()) };
    let _ = (gate::token_in(&value), caller::revision_in(&value));
    let is_token = value.to_str().is_ok_and(request::is_plain_token);
    let is_key = caller::idempotency_key(&value).is_some();
    assert!(!is_token || is_key, "a plain token is a good key");
    plainly((is_token || is_key).then_some(()))
}

/// A file of declarations: its items are kept with their lines and faults.
fn import(format: import::Format, bytes: &[u8]) -> Outcome {
    match read_file(format, None, bytes) {
        Err(violations) => Outcome::Refused(violations.into_vec()),
        Ok(items) => {
            for item in items {
                assert!(item.line >= 1 && item.last_line >= item.line, "lines run forward");
                assert_eq!(
                    item.content.is_none(),
                    !item.faults.is_empty(),
                    "read, or told why not"
                );
            }
            Outcome::Read
        }
    }
}

/// A message of another system, mapped to a declaration and read as one.
fn message(bytes: &[u8]) -> Outcome {
    match import::xml::read(bytes) {
        Err(violations) => Outcome::Refused(violations.into_vec()),
        Ok(message) => {
            assert!(message.unmapped.iter().all(|one| !one.path.is_empty() && one.line >= 1));
            let _ = parse::from_value(&message.document);
            Outcome::Read
        }
    }
}

/// The file of the keys of the draw.
fn draw_keys(bytes: &[u8]) -> Outcome {
    plainly(std::str::from_utf8(bytes).ok().and_then(|text| DrawKeys::parse(text).ok()))
}

/// Settings, as `NAME=VALUE`, one a line.
fn settings(bytes: &[u8]) -> Outcome {
    let text = String::from_utf8_lossy(bytes);
    let given: HashMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let env = |name: &str| given.get(name).map(|value| (*value).to_owned());
    let (api, worker) = (config::Api::read(env), config::Worker::read(env));
    if let Err(wrong) = &api {
        assert!(!wrong.0.is_empty(), "refused without a word");
    }
    plainly(api.ok().zip(worker.ok()))
}
