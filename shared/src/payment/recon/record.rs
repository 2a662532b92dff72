//! The record of a closed day: what was agreed on, in one spelling (RFC 8785), signed by the bureau.
//!
//! Who has it and the published keys of the bureau needs nothing else of us to verify it.
use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{compare::DifferenceKind, statement::LineKind};
use crate::{
    kernel::{Failure, Fen, signature::Signer},
    payment::model::{BankDay, DayDifference},
};

/// What every such record begins with, so that no other statement under the same key is taken for one.
pub const RECORD: &str = "bank-day-closed/1";

/// A record as it is kept, for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRecord {
    /// The bytes that were signed.
    pub record: String,
    /// All three, or, where the bureau had no keys, none.
    pub bureau: Option<String>,
    pub key_id: Option<String>,
    /// Ed25519, in base64.
    pub signature: Option<String>,
}

/// What is signed. Amounts are whole fen, times UTC, people ids.
#[derive(Debug, Serialize)]
struct Closing<'a> {
    record: &'static str,
    bureau: Option<&'a str>,
    key_id: Option<&'a str>,
    bank: &'a str,
    day: NaiveDate,
    bank_fen: i64,
    own_fen: i64,
    lines: i32,
    statement_sha256: &'a str,
    differences: Vec<Difference<'a>>,
    closed_at: Option<DateTime<Utc>>,
    /// Null: the system, for nothing differed.
    closed_by: Option<Uuid>,
}

/// One difference, and who answers for it.
#[derive(Debug, Serialize)]
struct Difference<'a> {
    id: Uuid,
    kind: DifferenceKind,
    line_kind: LineKind,
    bank_ref: &'a str,
    subject: Uuid,
    bank_fen: Option<i64>,
    own_fen: Option<i64>,
    belongs_to: Option<NaiveDate>,
    explanation: Option<&'a str>,
    explained_by: Option<Uuid>,
    explained_at: Option<DateTime<Utc>>,
    approved_by: Option<Uuid>,
    approved_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a DayDifference> for Difference<'a> {
    fn from(one: &'a DayDifference) -> Self {
        let fen = |amount: Option<Fen>| amount.map(|fen| fen.0);
        Self {
            id: one.id.0,
            kind: one.kind,
            line_kind: one.line_kind,
            bank_ref: &one.bank_ref,
            subject: one.subject,
            bank_fen: fen(one.bank),
            own_fen: fen(one.own),
            belongs_to: one.belongs_to,
            explanation: one.explanation.as_deref(),
            explained_by: one.explained_by,
            explained_at: one.explained_at,
            approved_by: one.approved_by,
            approved_at: one.approved_at,
        }
    }
}

/// The record of a day that was closed just now.
pub(in crate::payment) fn record_of(
    day: &BankDay,
    differences: &[DayDifference],
    signer: Option<Signer<'_>>,
) -> Result<DayRecord, Failure> {
    let closing = Closing {
        record: RECORD,
        bureau: signer.map(|signer| signer.bureau),
        key_id: signer.map(|signer| signer.key_id),
        bank: &day.bank_code,
        day: day.day,
        bank_fen: day.bank_fen,
        own_fen: day.own_fen,
        lines: day.lines,
        statement_sha256: &day.digest,
        differences: differences.iter().map(Difference::from).collect(),
        closed_at: day.closed_at,
        closed_by: day.closed_by,
    };
    let record = serde_json_canonicalizer::to_string(&closing).context("no canonical spelling")?;
    Ok(DayRecord {
        bureau: signer.map(|signer| signer.bureau.to_owned()),
        key_id: signer.map(|signer| signer.key_id.to_owned()),
        signature: signer.map(|signer| signer.key.sign(record.as_bytes())),
        record,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::signature::SealingKey,
        payment::model::{DayState, StatementSource},
    };

    fn day() -> BankDay {
        let at = "2014-05-12T18:00:00Z".parse().unwrap();
        BankDay {
            bank_code: "SPDB".into(),
            day: "2014-05-12".parse().unwrap(),
            state: DayState::Closed,
            source: StatementSource::Fetched,
            digest: "9f86d081".into(),
            lines: 1,
            bank_fen: 48_400,
            own_fen: 48_400,
            received_at: at,
            closed_at: Some(at),
            closed_by: None,
        }
    }

    #[test]
    fn a_record_has_one_spelling_and_verifies_with_the_public_half_alone() {
        let key = SealingKey::from_seed(&[7; 32]);
        let signer = Signer { bureau: "310000", key_id: "2014-a", key: &key };

        let kept = record_of(&day(), &[], Some(signer)).unwrap();

        assert_eq!(
            kept.record,
            r#"{"bank":"SPDB","bank_fen":48400,"bureau":"310000","closed_at":"2014-05-12T18:00:00Z","closed_by":null,"day":"2014-05-12","differences":[],"key_id":"2014-a","lines":1,"own_fen":48400,"record":"bank-day-closed/1","statement_sha256":"9f86d081"}"#
        );
        let signature = kept.signature.unwrap();
        let public = key.checking_key();
        assert!(public.verifies(kept.record.as_bytes(), &signature));
        for place in 0..kept.record.len() {
            let mut changed = kept.record.clone().into_bytes();
            changed[place] ^= 1;
            assert!(!public.verifies(&changed, &signature), "byte {place}");
        }
    }

    #[test]
    fn without_a_key_a_record_is_kept_and_nobody_has_signed_it() {
        let kept = record_of(&day(), &[], None).unwrap();

        assert_eq!((kept.bureau, kept.key_id, kept.signature), (None, None, None));
        assert!(kept.record.contains(r#""key_id":null"#));
    }
}
