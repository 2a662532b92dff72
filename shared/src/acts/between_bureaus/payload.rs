//! What bureaus say to each other about a case that changes hands, as it is written on the wire.
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    declaration::{
        Declaration, DeclarationId, Direction, Kind, Status, canonical, holder::are_of_one_bureau,
    },
    exchange::{Envelope, service::inbox::Review},
    handoff::{Handoff, HandoffId, State},
    inspection::{Finding, verdict},
    kernel::{Violations, hex},
};

pub(in crate::acts) const OFFERED: &str = "handoff.offered";
pub(in crate::acts) const ACCEPTED: &str = "handoff.accepted";
pub(in crate::acts) const REFUSED: &str = "handoff.refused";
pub(in crate::acts) const CONFIRMED: &str = "handoff.confirmed";
pub(in crate::acts) const VOIDED: &str = "handoff.voided";
pub(in crate::acts) const PROGRESSED: &str = "handoff.progressed";

/// `handoff.offered`: will you take this case?
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "members are named as the protocol names them")]
pub(super) struct Offered {
    pub handoff: HandoffId,
    pub generation: i32,
    /// The correlation of all messages about the case.
    pub declaration: DeclarationId,
    pub from_org: String,
    pub to_org: String,
    /// The status that asked for it.
    pub cause: Status,
    /// As the offerer's receipt was made of it.
    pub offered_at: String,
    pub expires_at: DateTime<Utc>,
    pub offer_receipt: String,
    /// Of a case that leaves its bureau; one that comes home is known there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<Visit>,
}

/// What the other side needs to know of a case that visits it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Visit {
    pub decl_no: String,
    pub decl_reg_no: String,
    pub apl_kind: Direction,
    pub decl_code: String,
    pub kind: Kind,
    pub decl_org: String,
    pub release_org: String,
    pub anywhere: bool,
    pub version: i32,
    pub filed_at: DateTime<Utc>,
    pub accepted_at: DateTime<Utc>,
    pub selection: Drawn,
    /// The declared content, one JSON object in a text: its decimals stay as they were written.
    pub content: String,
    /// SHA-256 of that text.
    pub content_hash: String,
}

/// Why the goods are inspected.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Drawn {
    pub reason: String,
    pub rate_ppm: i32,
    pub is_mandatory: bool,
}

/// `handoff.accepted` and `handoff.refused`: we would take it, or we will not.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "members are named as the protocol names them")]
pub(super) struct Answered {
    pub handoff: HandoffId,
    pub generation: i32,
    /// As the receipt was made of it.
    pub answered_at: String,
    pub answer_receipt: String,
    /// Of a refusal: `WRONG_OFFICE`, `NOT_PARTICIPATING` or `OTHER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// `handoff.confirmed` and `handoff.voided`: it is yours, or it is not.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "members are named as the protocol names them")]
pub(super) struct Decided {
    pub handoff: HandoffId,
    pub generation: i32,
    pub decided_at: DateTime<Utc>,
    /// Of what is void: `RECALLED` or `EXPIRED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<VoidReason>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum VoidReason {
    Recalled,
    Expired,
}

/// `handoff.progressed`: what was done with a case of yours.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progressed {
    /// Of the handoff by which the case lies with the sender.
    pub generation: i32,
    /// The event: `inspection.started`.
    pub act: String,
    pub from: Status,
    pub to: Status,
    pub at: DateTime<Utc>,
    pub office: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// With `inspection.passed` and `inspection.failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Result>,
}

/// What two inspectors signed; who they are stays with their bureau.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Result {
    pub round: i32,
    pub signatures: i32,
    pub verdict: verdict::Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<verdict::Fault>,
    pub findings: Vec<Finding>,
}

impl Visit {
    /// What is told of a case; who declared it in person is nobody's business there.
    pub(super) fn of(
        declaration: &Declaration,
        content: &Value,
        selection: Drawn,
    ) -> anyhow::Result<Self> {
        const PERSONAL: [&str; 2] = ["decl_person_name", "decl_persn_cert_no"];
        let members = content.as_object().into_iter().flatten();
        let members: BTreeMap<_, _> =
            members.filter(|(name, _)| !PERSONAL.contains(&name.as_str())).collect();
        let content = serde_json::to_string(&members)?;
        let accepted_at = declaration.accepted_at;
        Ok(Self {
            decl_no: declaration.number()?.to_owned(),
            decl_reg_no: declaration.decl_reg_no.clone(),
            apl_kind: declaration.apl_kind,
            decl_code: declaration.decl_code.clone(),
            kind: declaration.kind,
            decl_org: declaration.decl_org.clone(),
            release_org: declaration.release_org.clone(),
            anywhere: declaration.anywhere,
            version: declaration.version,
            filed_at: declaration.filed_at,
            accepted_at: accepted_at.ok_or_else(|| anyhow::anyhow!("it was not accepted"))?,
            selection,
            content_hash: hex(&canonical::hash(&content)),
            content,
        })
    }
}

impl Offered {
    /// The handoff as it stands with the receiver.
    pub(super) fn handoff(&self, offered_at: DateTime<Utc>) -> Handoff {
        Handoff {
            id: self.handoff,
            declaration_id: self.declaration,
            from_org: self.from_org.clone(),
            to_org: self.to_org.clone(),
            cause: self.cause.name().to_owned(),
            state: State::Offered,
            offered_at,
            expires_at: self.expires_at,
            answered_at: None,
            receipt_at: None,
            offer_receipt: self.offer_receipt.clone(),
            answer_receipt: None,
            refusal_code: None,
            refusal_text: None,
            escalated_at: None,
        }
    }

    fn find_faults(&self, envelope: &Envelope, wrong: &mut Violations) {
        let header = &envelope.header;
        if header.correlation_id != self.declaration.0 {
            let (zh, en) = ("关联号应为报检记录号", "the correlation is the declaration");
            wrong.error("/header/correlation_id", "correlation-wrong", zh, en);
        }
        must_be_of(&header.sender, &self.from_org, "/payload/from_org", wrong);
        must_be_of(&header.receiver, &self.to_org, "/payload/to_org", wrong);
        must_count(self.generation, wrong);
        let offered_at = moment(&self.offered_at);
        let is_genuine = offered_at.is_some_and(|at| {
            self.handoff(at).receipt_of_offer(&self.offered_at) == self.offer_receipt
        });
        if !is_genuine {
            let (zh, en) = ("流转凭证与内容不符", "the receipt is not that of this offer");
            wrong.error("/payload/offer_receipt", "receipt-wrong", zh, en);
        }
        if let Some(case) = &self.case {
            case.find_faults(&header.sender, self.cause, wrong);
        }
    }
}

impl Visit {
    /// May this bureau say this about that case? Only its own, drawn and accepted there.
    fn find_faults(&self, sender: &str, cause: Status, wrong: &mut Violations) {
        must_be_of(sender, &self.decl_org, "/payload/case/decl_org", wrong);
        must_be_of(sender, &self.decl_no, "/payload/case/decl_no", wrong);
        must_be_of(sender, &self.release_org, "/payload/case/release_org", wrong);
        let is_number = |text: &str, length| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_number(&self.decl_no, 15) || self.decl_no.as_bytes().get(6) == Some(&b'0') {
            let (zh, en) = ("报检号应为15位数字", "a declaration number has 15 digits");
            wrong.error("/payload/case/decl_no", "decl-no-malformed", zh, en);
        }
        if !is_number(&self.decl_reg_no, 10) {
            let (zh, en) = ("登记号应为10位数字", "a registration number has 10 digits");
            wrong.error("/payload/case/decl_reg_no", "reg-no-malformed", zh, en);
        }
        if cause != Status::Selected {
            let (zh, en) = ("仅移交抽中的报检批", "only what was drawn is handed over");
            wrong.error("/payload/cause", "cause-wrong", zh, en);
        }
        if self.version < 1 {
            let (zh, en) = ("版本号应大于零", "versions count from 1");
            wrong.error("/payload/case/version", "version-malformed", zh, en);
        }
        if hex(&canonical::hash(&self.content)) != self.content_hash {
            let (zh, en) = ("内容与摘要不符", "the content does not have this hash");
            wrong.error("/payload/case/content_hash", "content-changed", zh, en);
        }
        if let Err(violations) = crate::declaration::parse::parse(self.content.as_bytes()) {
            for found in violations.iter() {
                let mut found = found.clone();
                found.pointer = format!("/payload/case/content{}", found.pointer);
                wrong.push(found);
            }
        }
    }
}

fn must_be_of(bureau: &str, office: &str, pointer: &str, wrong: &mut Violations) {
    if !are_of_one_bureau(bureau, office) || office.len() < 6 {
        let (zh, en) = ("不属于该局", "this does not belong to that bureau");
        wrong.error(pointer, "not-its-office", zh, en);
    }
}

fn must_count(generation: i32, wrong: &mut Violations) {
    if generation < 1 {
        let (zh, en) = ("流转序号应大于零", "generations count from 1");
        wrong.error("/payload/generation", "generation-malformed", zh, en);
    }
}

/// A moment as a receipt was made of it.
pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

/// What is wrong with `handoff.offered`, as far as it can be told before its turn comes.
pub(in crate::acts) fn review_offered(envelope: &Envelope) -> Review {
    reviewed(envelope, |offered: &Offered, wrong| offered.find_faults(envelope, wrong))
}

/// What is wrong with `handoff.accepted` and `handoff.refused`.
pub(in crate::acts) fn review_answered(envelope: &Envelope) -> Review {
    reviewed(envelope, |answered: &Answered, wrong| {
        must_count(answered.generation, wrong);
        if moment(&answered.answered_at).is_none() {
            let (zh, en) = ("时间格式有误", "this is no moment");
            wrong.error("/payload/answered_at", "time-malformed", zh, en);
        }
        let known = ["WRONG_OFFICE", "NOT_PARTICIPATING", "OTHER"];
        let is_refusal = envelope.header.kind == REFUSED;
        if is_refusal != answered.code.as_deref().is_some_and(|code| known.contains(&code)) {
            let (zh, en) = ("拒收应注明理由代码", "a refusal, and nothing else, has a known code");
            wrong.error("/payload/code", "code-unknown", zh, en);
        }
        if answered.text.as_ref().is_some_and(|text| text.chars().count() > 1000) {
            let (zh, en) = ("最多1000个字符", "at most 1,000 characters");
            wrong.error("/payload/text", "text-too-long", zh, en);
        }
    })
}

/// What is wrong with `handoff.confirmed` and `handoff.voided`.
pub(in crate::acts) fn review_decided(envelope: &Envelope) -> Review {
    reviewed(envelope, |decided: &Decided, wrong| {
        must_count(decided.generation, wrong);
        if (envelope.header.kind == VOIDED) != decided.reason.is_some() {
            let (zh, en) = ("失效应注明原因", "what is void, and nothing else, has a reason");
            wrong.error("/payload/reason", "reason-wrong", zh, en);
        }
    })
}

/// What is wrong with `handoff.progressed`.
pub(in crate::acts) fn review_progressed(envelope: &Envelope) -> Review {
    reviewed(envelope, |progressed: &Progressed, wrong| {
        must_count(progressed.generation, wrong);
        must_be_of(&envelope.header.sender, &progressed.office, "/payload/office", wrong);
        let has_result =
            ["inspection.passed", "inspection.failed"].contains(&progressed.act.as_str());
        let is_signed = progressed.result.as_ref().is_some_and(|result| result.signatures >= 2);
        if has_result != is_signed {
            let (zh, en) =
                ("检验结果应由两人签署", "a result is signed by two, and comes with its step");
            wrong.error("/payload/result", "result-not-signed-twice", zh, en);
        }
        if progressed.reason.as_ref().is_some_and(|text| text.chars().count() > 1000) {
            let (zh, en) = ("最多1000个字符", "at most 1,000 characters");
            wrong.error("/payload/reason", "text-too-long", zh, en);
        }
    })
}

fn reviewed<T: DeserializeOwned>(
    envelope: &Envelope,
    find_faults: impl FnOnce(&T, &mut Violations),
) -> Review {
    let mut errors = Violations::default();
    match T::deserialize(&envelope.payload) {
        Ok(payload) => find_faults(&payload, &mut errors),
        Err(error) => {
            errors.error("/payload", "payload-malformed", "内容不符合该类型", error.to_string());
        }
    }
    Review { errors, ..Review::default() }
}

/// The correlation of everything that is said about a case.
pub(super) const fn correlation_of(declaration: DeclarationId) -> Uuid {
    declaration.0
}
