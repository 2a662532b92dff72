//! Another bureau at the door of the one under test: it speaks with the voice of the sandbox's partner, without a
//! network in between.
use actix_web::{http::Method, test::TestRequest};
use chrono::{DateTime, Duration, Utc};
use sandbox::partner::Voice;
use serde_json::{Value, json};
use shared::{
    exchange::{
        Envelope, Header, Key, MemorandumKind, Outcome, OwnKeys, Receipt,
        service::partner::{self, Input},
    },
    kernel::{Actor, signature::Message},
    ledger::Tx,
};
use uuid::Uuid;

use crate::{Bureau, Person, Reply};

/// A partner of the bureau under test.
pub struct Neighbour<'b> {
    pub bureau: &'b Bureau,
    pub keys: OwnKeys,
}

/// The keys of a bureau in tests: made of its code and the key's name.
#[must_use]
pub fn keys_of(bureau: &str, key_id: &str) -> OwnKeys {
    let mut seed = [0; 32];
    for (place, byte) in bureau.bytes().chain(key_id.bytes()).enumerate() {
        seed[place % 32] ^= byte.wrapping_add(u8::try_from(place % 32).unwrap());
    }
    OwnKeys::from_seed(bureau, key_id, &seed)
}

impl<'b> Neighbour<'b> {
    /// Registers it, with one key and these memoranda since 2013. It is not called: it comes for its messages.
    pub async fn of(bureau: &'b Bureau, code: &str, memoranda: &[MemorandumKind]) -> Self {
        Self::at(bureau, code, memoranda, None).await
    }

    /// The same, to be called at that address.
    pub async fn at(
        bureau: &'b Bureau,
        code: &str,
        memoranda: &[MemorandumKind],
        base_url: Option<String>,
    ) -> Self {
        let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
        let (actor, own) = (Actor::system(), bureau.ctx.bureaus.own());
        let input =
            Input {
                code: code.to_owned(), name_zh: "产地局".to_owned(), name_en: None, base_url
            };
        partner::register(&mut tx, &actor, own, input).await.unwrap();
        let since = "2013-01-01".parse().unwrap();
        for kind in memoranda {
            partner::agree(&mut tx, &actor, code, (*kind, since, None), json!({})).await.unwrap();
        }
        tx.commit().await.unwrap();
        let neighbour = Self { bureau, keys: keys_of(code, "2014-a") };
        neighbour.publish(&neighbour.keys).await;
        neighbour
    }

    /// Lets the bureau believe a key, from the beginning of 2013 on.
    pub async fn publish(&self, keys: &OwnKeys) {
        let mut tx = Tx::begin(self.bureau.pool(), &self.bureau.ctx.clock).await.unwrap();
        for (key_id, public_key) in keys.public() {
            let key = Key {
                bureau: keys.bureau().to_owned(),
                key_id: key_id.to_owned(),
                public_key,
                valid_from: "2013-01-01T00:00:00Z".parse().unwrap(),
                valid_to: None,
                revoked_at: None,
            };
            partner::add_key(&mut tx, &Actor::system(), key).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    fn now(&self) -> DateTime<Utc> {
        self.bureau.ctx.clock.now()
    }

    fn voice(&self) -> Voice {
        let receiver = self.bureau.ctx.bureaus.own().unwrap().to_owned();
        Voice { keys: self.keys.clone(), receiver }
    }

    /// The message it would say now.
    #[must_use]
    pub fn says(&self, kind: &str, place: (Uuid, i32), payload: Value) -> Envelope {
        self.says_at(self.now(), kind, place, payload)
    }

    /// The message it would say then.
    #[must_use]
    pub fn says_at(
        &self,
        at: DateTime<Utc>,
        kind: &str,
        place: (Uuid, i32),
        payload: Value,
    ) -> Envelope {
        self.voice().says(at, kind, place, payload).unwrap()
    }

    /// Signs a header again, after the test has changed it.
    #[must_use]
    pub fn signed(&self, header: Header, payload: Value) -> Envelope {
        self.voice().signed(header, payload).unwrap()
    }

    /// Brings messages in one signed call.
    pub async fn push(&self, messages: &[Envelope]) -> Reply {
        self.call(Method::POST, "/v1/exchange/messages", &json!({ "messages": messages })).await
    }

    /// Brings one message, and reads what became of it at the door.
    pub async fn push_one(&self, message: &Envelope) -> Receipt {
        let reply = self.push(std::slice::from_ref(message)).await.expect(200);
        serde_json::from_value(reply.body["receipts"][0].clone()).unwrap()
    }

    /// What the bureau has to say.
    pub async fn fetch(&self) -> Vec<Envelope> {
        let reply = self.call(Method::GET, "/v1/exchange/messages", &Value::Null).await.expect(200);
        serde_json::from_value(reply.body["messages"].clone()).unwrap()
    }

    /// Gives receipts for what it fetched.
    pub async fn acknowledge(&self, messages: &[Envelope]) -> Reply {
        let (voice, now) = (self.voice(), self.now());
        let receipt = |message: &Envelope| {
            voice.receipt(&message.header, now, Outcome::Stored, vec![]).unwrap()
        };
        let receipts: Vec<_> = messages.iter().map(receipt).collect();
        self.bring_receipts(&receipts).await
    }

    /// Brings receipts that were given for what it fetched.
    pub async fn bring_receipts(&self, receipts: &[Receipt]) -> Reply {
        self.call(Method::POST, "/v1/exchange/receipts", &json!({ "receipts": receipts })).await
    }

    /// What became of a message of its own.
    pub async fn asks_about(&self, message: &Envelope) -> Reply {
        let path = format!("/v1/exchange/messages/{}", message.header.id);
        self.call(Method::GET, &path, &Value::Null).await
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Reply {
        let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        self.call_raw(method, path, "application/json", bytes, Duration::zero()).await
    }

    /// A signed call with any body, dated so far from now.
    pub async fn call_raw(
        &self,
        method: Method,
        path: &str,
        kind: &'static str,
        body: Vec<u8>,
        late: Duration,
    ) -> Reply {
        let message = Message { method: method.as_str(), path, body: &body };
        let seal = self.voice().seal(message, self.now() - late);
        let request = TestRequest::default().method(method).uri(path);
        let request = seal.into_iter().fold(request, TestRequest::insert_header);
        let request = request.insert_header(("content-type", kind)).set_payload(body);
        Person::stranger(self.bureau).send(request).await
    }
}
