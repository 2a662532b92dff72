//! Whether a message comes from whom it says, and may.
use chrono::{DateTime, Duration, Utc};

use crate::{
    exchange::{
        envelope::Envelope,
        model::{Key, Memorandum, Partner, PartnerState},
        store,
    },
    kernel::{Failure, Violations},
    ledger::Tx,
};

/// How far a sender's clock may run before ours.
const AHEAD: Duration = Duration::minutes(5);

/// What is known about whoever calls.
pub(super) struct Sender {
    is_active: bool,
    keys: Vec<Key>,
    pub memoranda: Vec<Memorandum>,
}

impl Sender {
    pub async fn of(tx: &mut Tx, partner: &Partner) -> Result<Self, Failure> {
        let today = tx.today();
        Ok(Self {
            is_active: partner.state == PartnerState::Active,
            keys: store::partner::keys_of(tx, &partner.code).await?,
            memoranda: store::partner::in_force(tx, &partner.code, today).await?,
        })
    }

    /// Form first, then identity: a message that is not whole proves nothing about anybody.
    pub fn find_faults(
        &self,
        own: &str,
        caller: &str,
        envelope: &Envelope,
        now: DateTime<Utc>,
    ) -> Violations {
        let mut wrong = self.find_faults_but_of_proof(own, caller, envelope, now);
        if let Some(sent_at) = envelope.sent_at() {
            self.find_faults_of_proof(envelope, (sent_at, now), &mut wrong);
        }
        wrong
    }

    pub fn find_faults_but_of_proof(
        &self,
        own: &str,
        caller: &str,
        envelope: &Envelope,
        now: DateTime<Utc>,
    ) -> Violations {
        let header = &envelope.header;
        let mut wrong = envelope.review();
        if header.sender != caller {
            let (zh, en) = ("发送方与调用方不符", "the sender is not the caller");
            wrong.error("/header/sender", "sender-not-caller", zh, en);
        }
        if header.receiver != own {
            let (zh, en) = ("接收方不是本局", "it is addressed to another bureau");
            wrong.error("/header/receiver", "receiver-wrong", zh, en);
        }
        if !self.is_active {
            let (zh, en) = ("该伙伴已暂停", "the exchange with this partner is suspended");
            wrong.error("/header/sender", "partner-suspended", zh, en);
        }
        if envelope.sent_at().is_some_and(|sent_at| sent_at > now + AHEAD) {
            let (zh, en) = ("发送时间在未来", "it was sent in the future");
            wrong.error("/header/sent_at", "sent-in-future", zh, en);
        }
        wrong
    }

    fn find_faults_of_proof(
        &self,
        envelope: &Envelope,
        (sent_at, now): (DateTime<Utc>, DateTime<Utc>),
        wrong: &mut Violations,
    ) {
        let header = &envelope.header;
        let key = self.keys.iter().find(|key| key.key_id == header.key_id);
        match key.filter(|key| key.is_good(sent_at, now)) {
            None => {
                let (zh, en) = ("密钥未知、过期或已吊销", "the key is unknown, over or revoked");
                wrong.error("/header/key_id", "key-not-good", zh, en);
            }
            Some(key) if !envelope.is_signed_by(&key.public_key) => {
                wrong.error(
                    "/signature",
                    "signature-invalid",
                    "签名无效",
                    "the signature does not fit",
                );
            }
            Some(_) => {}
        }
    }
}
