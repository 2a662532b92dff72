//! What inspectors say about the goods, and when two of them have said it (domain R1, invariant 12). Pure.
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{Conformity, Sample, Signature, evidence};
use crate::kernel::{Refusal, Violations};

/// The word on a goods line, or on the whole consignment.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = InspectionVerdict)]
pub enum Verdict {
    /// 合格
    Pass,
    /// 不合格
    Fail,
}

impl Verdict {
    /// The name on the wire and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
        }
    }
}

/// What is wrong with goods that fail: the categories of the notification to origin (domain 4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = InspectionFault)]
pub enum Fault {
    /// The goods are not what the papers call them (货证不符).
    MismatchName,
    MismatchQtyOver,
    MismatchQtyShort,
    Marks,
    Packaging,
    Seal,
    Contamination,
    Pest,
    Quality,
    Label,
    DocForged,
}

impl Fault {
    /// The name on the wire and in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MismatchName => "MISMATCH_NAME",
            Self::MismatchQtyOver => "MISMATCH_QTY_OVER",
            Self::MismatchQtyShort => "MISMATCH_QTY_SHORT",
            Self::Marks => "MARKS",
            Self::Packaging => "PACKAGING",
            Self::Seal => "SEAL",
            Self::Contamination => "CONTAMINATION",
            Self::Pest => "PEST",
            Self::Quality => "QUALITY",
            Self::Label => "LABEL",
            Self::DocForged => "DOC_FORGED",
        }
    }
}

/// What was found on one goods line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InspectionFinding)]
pub struct Finding {
    /// The goods line.
    #[schema(example = 1, minimum = 1, maximum = 999)]
    pub goods_no: i32,
    /// On this line.
    pub verdict: Verdict,
    /// What was seen, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Live larvae in two of ten cartons", max_length = 500)]
    pub remark: Option<String>,
}

/// What one inspector says, with nothing missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
    /// Set when the goods fail, and only then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Fault>,
    pub evidence: Vec<String>,
}

impl Judgement {
    /// Tells everything that is wrong at once. Every declared line is judged once; goods pass only if every
    /// line does; a fail names its code and its evidence. `goods` are the declared lines, `samples` those of
    /// this round.
    pub fn check(self, goods: &[i32], samples: &[Sample]) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        self.check_lines(goods, &mut violations);
        self.check_samples(samples, &mut violations);
        match self.verdict {
            Verdict::Pass => self.check_pass(&mut violations),
            Verdict::Fail => self.check_fail(&mut violations),
        }
        violations.finish(Some(self))
    }

    fn check_lines(&self, goods: &[i32], violations: &mut Violations) {
        for (i, finding) in self.findings.iter().enumerate() {
            let pointer = format!("/findings/{i}/goods_no");
            if !goods.contains(&finding.goods_no) {
                let message_en = "No such goods line was declared";
                violations.error(pointer, "goods-line-unknown", "报检单中没有该项货物", message_en);
            } else if self.findings[..i].iter().any(|other| other.goods_no == finding.goods_no) {
                let message_en = "This goods line is judged twice";
                violations.error(pointer, "goods-line-twice", "该项货物重复评定", message_en);
            }
            if let Some(remark) = &finding.remark {
                violations.text(
                    format!("/findings/{i}/remark"),
                    remark,
                    super::model::LONGEST_TEXT,
                );
            }
        }
        let judged = |line: &&i32| self.findings.iter().any(|finding| finding.goods_no == **line);
        for line in goods.iter().filter(|line| !judged(line)) {
            violations.error(
                "/findings",
                "goods-line-not-judged",
                format!("第{line}项货物未评定"),
                format!("Goods line {line} is not judged"),
            );
        }
    }

    fn check_samples(&self, samples: &[Sample], violations: &mut Violations) {
        for (i, finding) in self.findings.iter().enumerate() {
            let failed = samples.iter().any(|sample| {
                sample.goods_no == finding.goods_no
                    && sample.result == Some(Conformity::NonConforming)
            });
            if failed && finding.verdict == Verdict::Pass {
                violations.error(
                    format!("/findings/{i}/verdict"),
                    "laboratory-disagrees",
                    "实验室检测结果为不合格",
                    "The laboratory found a sample of this line non-conforming",
                );
            }
        }
    }

    fn check_pass(&self, violations: &mut Violations) {
        for (i, finding) in self.findings.iter().enumerate() {
            if finding.verdict == Verdict::Fail {
                violations.error(
                    format!("/findings/{i}/verdict"),
                    "line-does-not-pass",
                    "有不合格项时不得判定合格",
                    "The consignment cannot pass while this line does not",
                );
            }
        }
        if self.code.is_some() {
            let message_en = "Goods that pass have no code";
            violations.error("/code", "code-not-expected", "合格批不应填写不合格原因", message_en);
        }
    }

    fn check_fail(&self, violations: &mut Violations) {
        if self.findings.iter().all(|finding| finding.verdict == Verdict::Pass) {
            let message_en = "A consignment fails by at least one of its lines";
            violations.error(
                "/findings",
                "no-line-fails",
                "不合格批至少应有一项不合格",
                message_en,
            );
        }
        if self.code.is_none() {
            let message_en = "Say what is wrong with the goods";
            violations.error("/code", "code-missing", "应填写不合格原因", message_en);
        }
        evidence(violations, "/evidence", &self.evidence);
    }
}

/// Where a round stands after one more signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Another inspector has to sign.
    Waits,
    /// Two different inspectors said the same.
    Decided(Verdict),
}

/// Weighs a new signature against those there are. An inspector has one signature: signing again replaces it
/// and never makes a second one. Verdicts that differ decide nothing; the new one is refused until either
/// inspector changes theirs.
pub fn weigh(
    signatures: &[Signature],
    inspector: Uuid,
    judgement: &Judgement,
) -> Result<Standing, Refusal> {
    let mut own = signatures.iter().filter(|signature| signature.inspector == inspector);
    if own.any(|signature| signature.judgement == *judgement) {
        return Err(Refusal::new(
            "inspection/already-signed",
            "you signed this already; another inspector has to sign too",
        ));
    }
    let mut others = signatures.iter().filter(|signature| signature.inspector != inspector);
    match others.next().map(|signature| signature.judgement.verdict) {
        None => Ok(Standing::Waits),
        Some(verdict) if verdict == judgement.verdict => Ok(Standing::Decided(verdict)),
        Some(verdict) => Err(Refusal::new(
            "inspection/verdicts-differ",
            format!(
                "the other inspector signed {}; nothing is decided until one of you changes theirs",
                verdict.name()
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inspection::{InspectionId, SampleId};

    fn finding(goods_no: i32, verdict: Verdict) -> Finding {
        Finding { goods_no, verdict, remark: None }
    }

    fn pass(lines: &[i32]) -> Judgement {
        Judgement {
            verdict: Verdict::Pass,
            findings: lines.iter().map(|&line| finding(line, Verdict::Pass)).collect(),
            code: None,
            evidence: Vec::new(),
        }
    }

    fn fail(lines: &[i32]) -> Judgement {
        Judgement {
            verdict: Verdict::Fail,
            findings: lines.iter().map(|&line| finding(line, Verdict::Fail)).collect(),
            code: Some(Fault::Pest),
            evidence: vec!["photograph 7".into()],
        }
    }

    fn codes(result: Result<Judgement, Violations>) -> Vec<(String, String)> {
        let violations = result.unwrap_err().into_vec();
        violations.into_iter().map(|found| (found.pointer, found.code)).collect()
    }

    fn told(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(pointer, code)| ((*pointer).into(), (*code).into())).collect()
    }

    fn signed(inspector: u128, judgement: Judgement) -> Signature {
        Signature {
            inspection_id: InspectionId(Uuid::nil()),
            inspector: Uuid::from_u128(inspector),
            judgement,
            signed_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn sample(goods_no: i32, result: Conformity) -> Sample {
        Sample {
            id: SampleId(Uuid::nil()),
            inspection_id: InspectionId(Uuid::nil()),
            receipt_no: "SR3109002014051200000001".into(),
            goods_no,
            quantity: "2 bottles".into(),
            laboratory: "Food laboratory".into(),
            taken_by: Uuid::nil(),
            taken_at: chrono::DateTime::UNIX_EPOCH,
            result: Some(result),
            result_detail: None,
            reported_by: Some(Uuid::nil()),
            reported_at: Some(chrono::DateTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn every_goods_line_is_judged_once() {
        assert!(pass(&[1, 2]).check(&[1, 2], &[]).is_ok());
        assert_eq!(
            codes(pass(&[1, 1, 4]).check(&[1, 2, 3], &[])),
            told(&[
                ("/findings/1/goods_no", "goods-line-twice"),
                ("/findings/2/goods_no", "goods-line-unknown"),
                ("/findings", "goods-line-not-judged"),
                ("/findings", "goods-line-not-judged"),
            ])
        );
    }

    #[test]
    fn a_consignment_passes_only_if_every_line_does() {
        let mixed = Judgement { verdict: Verdict::Pass, ..fail(&[1]) };

        assert_eq!(
            codes(mixed.check(&[1], &[])),
            told(&[("/findings/0/verdict", "line-does-not-pass"), ("/code", "code-not-expected")])
        );
    }

    #[test]
    fn a_fail_names_its_line_its_code_and_its_evidence() {
        let bare = Judgement { verdict: Verdict::Fail, ..pass(&[1]) };

        assert!(fail(&[1]).check(&[1], &[]).is_ok());
        assert_eq!(
            codes(bare.check(&[1], &[])),
            told(&[
                ("/findings", "no-line-fails"),
                ("/code", "code-missing"),
                ("/evidence", "evidence-missing")
            ])
        );
    }

    #[test]
    fn no_inspector_overrules_the_laboratory() {
        let samples = [sample(1, Conformity::Conforming), sample(2, Conformity::NonConforming)];

        assert_eq!(
            codes(pass(&[1, 2]).check(&[1, 2], &samples)),
            told(&[("/findings/1/verdict", "laboratory-disagrees")])
        );
        assert!(fail(&[1, 2]).check(&[1, 2], &samples).is_ok());
    }

    #[test]
    fn the_first_signature_waits_and_the_second_decides() {
        let second = Uuid::from_u128(2);

        assert_eq!(weigh(&[], second, &pass(&[1])), Ok(Standing::Waits));
        let first = [signed(1, pass(&[1]))];
        assert_eq!(weigh(&first, second, &pass(&[1])), Ok(Standing::Decided(Verdict::Pass)));
    }

    #[test]
    fn verdicts_that_differ_decide_nothing_until_one_is_changed() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut signatures = [signed(1, pass(&[1]))];

        assert_eq!(
            weigh(&signatures, two, &fail(&[1])).unwrap_err().code,
            "inspection/verdicts-differ"
        );
        assert_eq!(weigh(&signatures, one, &fail(&[1])), Ok(Standing::Waits));
        signatures[0].judgement = fail(&[1]);
        assert_eq!(weigh(&signatures, two, &fail(&[1])), Ok(Standing::Decided(Verdict::Fail)));
    }

    proptest! {
        /// However often and in whatever order people sign, a result carries two names.
        #[test]
        fn one_person_never_decides_alone(
            signing in prop::collection::vec((0..3_u128, any::<bool>()), 0..20),
        ) {
            let mut signatures: Vec<Signature> = Vec::new();
            for (who, passes) in signing {
                let judgement = if passes { pass(&[1]) } else { fail(&[1]) };
                let Ok(standing) = weigh(&signatures, Uuid::from_u128(who), &judgement) else { continue };
                signatures.retain(|signature| signature.inspector != Uuid::from_u128(who));
                signatures.push(signed(who, judgement));
                if let Standing::Decided(verdict) = standing {
                    prop_assert!(signatures.len() >= 2);
                    prop_assert!(signatures.iter().all(|one| one.judgement.verdict == verdict));
                    break;
                }
                prop_assert_eq!(signatures.len(), 1);
            }
        }
    }
}
