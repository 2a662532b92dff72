//! The bank, as `docs/bank.md` describes it: signed requests out, signed answers back.
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chrono::NaiveDate;
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use shared::{
    Clock, config,
    payment::{
        PaymentId, RefundId, Told,
        bank::{Answer, DebitOrder, RefundAnswer, RefundOrder},
        signature::{ANSWER, CheckingKey, DATE_HEADER, Message, SIGNATURE_HEADER, SealingKey},
    },
};

use super::tls;

/// How the sandbox's bank is asked to misbehave. Real banks know nothing of it, and are never sent it.
const BEHAVIOUR_HEADER: &str = "sandbox-behaviour";

/// How long the bank may take. What comes later is asked for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may rest and be used again. A debit that meets the bank's closing of it never arrives, must not
/// be sent again, and is only known not to have arrived a quarter of an hour later; so we let go of it first. Servers
/// keep resting connections for five seconds or more.
const REST: Duration = Duration::from_secs(1);

/// Many times what any answer needs. What is longer is not the bank, or not well: its signature comes after the whole.
const ANSWER_LIMIT: usize = 64 * 1024;

/// A day of two hundred thousand bookings.
const STATEMENT_LIMIT: usize = 32 * 1024 * 1024;

/// The one bank.
#[derive(Clone)]
pub struct Bank {
    pub code: String,
    base_url: Url,
    our_key: SealingKey,
    their_key: CheckingKey,
    http: reqwest::Client,
}

impl Bank {
    /// Reads the keys that the settings name.
    pub fn open(settings: &config::Bank) -> anyhow::Result<Self> {
        let read = |path: &std::path::Path| {
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
        };
        let our_key = SealingKey::from_pem(&read(&settings.signing_key)?)?;
        let their_key = CheckingKey::from_pem(&read(&settings.public_key)?)?;
        Self::new(&settings.code, &settings.url, our_key, their_key, PATIENCE)
    }

    /// A bank that is given so much time to answer.
    pub fn new(
        code: &str,
        base_url: &str,
        our_key: SealingKey,
        their_key: CheckingKey,
        patience: Duration,
    ) -> anyhow::Result<Self> {
        // A redirect would be followed with our signature on another path: refused there, so never followed.
        let http = tls::client()?
            .timeout(patience)
            .pool_idle_timeout(REST)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base_url = Url::parse(base_url).context("the bank's URL")?;
        Ok(Self { code: code.to_owned(), base_url, our_key, their_key, http })
    }

    /// Orders a debit. Whatever happens to this call, it is not to be made again.
    /// A `behaviour` is asked of the sandbox's bank, in test mode.
    pub async fn debit(
        &self,
        clock: &Clock,
        order: &DebitOrder,
        behaviour: Option<&'static str>,
    ) -> Told {
        told(self.ordered(clock, order, behaviour).await)
    }

    /// Asks what became of a debit.
    pub async fn query(&self, clock: &Clock, payment: PaymentId) -> Told {
        let path = format!("v1/debits/{payment}");
        let answer = self.call(clock, Method::GET, &path, Vec::new()).await;
        told(answer.and_then(|answer| about_payment(answer, payment)))
    }

    /// Orders a refund. Whatever happens to this call, it is not to be made again.
    pub async fn refund(&self, clock: &Clock, order: &RefundOrder) -> Told<RefundAnswer> {
        let ordered = async {
            let body = serde_json::to_vec(order)?;
            self.call(clock, Method::POST, "v1/refunds", body).await
        };
        told(ordered.await.and_then(|answer| about_refund(answer, order.refund_id)))
    }

    /// Asks what became of a refund.
    pub async fn query_refund(&self, clock: &Clock, refund: RefundId) -> Told<RefundAnswer> {
        let path = format!("v1/refunds/{refund}");
        let answer = self.call(clock, Method::GET, &path, Vec::new()).await;
        told(answer.and_then(|answer| about_refund(answer, refund)))
    }

    async fn ordered(
        &self,
        clock: &Clock,
        order: &DebitOrder,
        behaviour: Option<&'static str>,
    ) -> anyhow::Result<Answer> {
        let body = serde_json::to_vec(order)?;
        let path = "v1/debits";
        let mut request = self.signed(clock, Method::POST, path, body)?;
        if let Some(behaviour) = behaviour {
            request = request.header(BEHAVIOUR_HEADER, behaviour);
        }
        let path = self.base_url.join(path)?.path().to_owned();
        let answer = self.believe(clock, &path, request.send().await?, ANSWER_LIMIT).await?;
        let answer = serde_json::from_slice(&answer).context("an answer we cannot read")?;
        about_payment(answer, order.payment_id)
    }

    /// The statement of a day, as the bank signed it.
    pub async fn statement(&self, clock: &Clock, day: NaiveDate) -> anyhow::Result<Vec<u8>> {
        let path = format!("v1/statements/{day}");
        self.fetch(clock, Method::GET, &path, Vec::new(), STATEMENT_LIMIT).await
    }

    async fn call<A: DeserializeOwned>(
        &self,
        clock: &Clock,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<A> {
        let body = self.fetch(clock, method, path, body, ANSWER_LIMIT).await?;
        serde_json::from_slice(&body).context("an answer we cannot read")
    }

    async fn fetch(
        &self,
        clock: &Clock,
        method: Method,
        path: &str,
        body: Vec<u8>,
        limit: usize,
    ) -> anyhow::Result<Vec<u8>> {
        let request = self.signed(clock, method, path, body)?;
        let path = self.base_url.join(path)?.path().to_owned();
        self.believe(clock, &path, request.send().await?, limit).await
    }

    /// A request under our signature.
    fn signed(
        &self,
        clock: &Clock,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<RequestBuilder> {
        let url = self.base_url.join(path)?;
        let sent = Message { method: method.as_str(), path: url.path(), body: &body };
        let seal = self.our_key.seal(sent, clock.now());
        let request = self.http.request(method, url);
        Ok(request
            .header(DATE_HEADER, seal.date)
            .header(SIGNATURE_HEADER, seal.signature)
            .header("content-type", "application/json")
            .body(body))
    }

    /// An answer counts only with the bank's signature over it; a status alone says nothing.
    async fn believe(
        &self,
        clock: &Clock,
        path: &str,
        response: Response,
        limit: usize,
    ) -> anyhow::Result<Vec<u8>> {
        let status = response.status();
        let header = |name| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let (date, signature) = (header(DATE_HEADER), header(SIGNATURE_HEADER));
        let body = whole(response, limit).await?;
        let message = Message { method: ANSWER, path, body: &body };
        self.their_key
            .check(message, date.as_deref(), signature.as_deref(), clock.now())
            .with_context(|| format!("an answer with status {status}"))?;
        Ok(body)
    }
}

/// What the bank sent, as long as it is no more than an answer can be.
async fn whole(mut response: Response, limit: usize) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        ensure!(body.len() + chunk.len() <= limit, "an answer of more than {limit} bytes");
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn about_payment(answer: Answer, payment: PaymentId) -> anyhow::Result<Answer> {
    ensure!(answer.payment_id() == payment, "the bank answered about another payment");
    Ok(answer)
}

fn about_refund(answer: RefundAnswer, refund: RefundId) -> anyhow::Result<RefundAnswer> {
    ensure!(answer.refund_id() == refund, "the bank answered about another refund");
    Ok(answer)
}

fn told<A>(answer: anyhow::Result<A>) -> Told<A> {
    match answer {
        Ok(answer) => Told::Answer(answer),
        Err(error) => Told::Nothing(format!("{error:#}")),
    }
}

#[cfg(test)]
mod tests {
    use shared::payment::bank::{NoWord, Standing};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// Answers one call, with blanks after the answer up to that length; all of it is signed.
    async fn answer_once(listener: TcpListener, clock: Clock, key: SealingKey, length: usize) {
        let (mut line, _) = listener.accept().await.unwrap();
        let mut request = [0; 2048];
        let read = line.read(&mut request).await.unwrap();
        let head = std::str::from_utf8(&request[..read]).unwrap();
        let path = head.split(' ').nth(1).unwrap();
        let payment_id = path.rsplit('/').next().unwrap().parse().unwrap();
        let answer = NoWord { payment_id: PaymentId(payment_id), outcome: Standing::Pending };
        let mut body = serde_json::to_vec(&answer).unwrap();
        body.resize(length, b' ');
        let seal = key.seal(Message { method: ANSWER, path, body: &body }, clock.now());
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n{DATE_HEADER}: {}\r\n\
             {SIGNATURE_HEADER}: {}\r\n\r\n",
            seal.date, seal.signature
        );
        line.write_all(head.as_bytes()).await.unwrap();
        // The rest of what is too long is not read, and cannot always be written.
        let _ = line.write_all(&body).await;
    }

    async fn asked_of_a_bank_that_says(length: usize) -> Told {
        let clock = Clock::fixed("2014-05-12T02:20:00Z".parse().unwrap());
        let (our_key, bank_key) =
            (SealingKey::from_seed(&[1; 32]), SealingKey::from_seed(&[2; 32]));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let bank = Bank::new("BANK", &url, our_key, bank_key.checking_key(), PATIENCE).unwrap();
        let payment = PaymentId::mint(clock.now());
        let answered = answer_once(listener, clock.clone(), bank_key, length);
        tokio::join!(bank.query(&clock, payment), answered).0
    }

    #[tokio::test]
    async fn an_answer_is_believed_up_to_a_length_and_not_read_beyond() {
        let believed = asked_of_a_bank_that_says(ANSWER_LIMIT).await;
        let endless = asked_of_a_bank_that_says(ANSWER_LIMIT + 1).await;

        assert!(matches!(believed, Told::Answer(Answer::NoWord(_))), "{believed:?}");
        let Told::Nothing(why) = endless else { panic!("{endless:?}") };
        assert_eq!(why, "an answer of more than 65536 bytes");
    }
}
