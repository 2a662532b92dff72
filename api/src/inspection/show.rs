//! Who sees what: offices see all of an inspection; declarants see neither draws nor names (domain R3).
use actix_web::http::StatusCode;
use serde_json::json;
use shared::{
    declaration::{Declaration, DeclarationId},
    inspection::{
        self, Appointment, Change, Disposal, Dossier, Round, Sample, Signature, Stored, Treatment,
    },
    kernel::{Actor, Failure},
};
use sqlx::PgConnection;

use super::view::{
    AppointmentOut, ChangeOut, DisposalOut, DrawOut, InspectionOut, ResultOut, RoundOut, SampleOut,
    SignatureOut, TreatmentOut,
};
use crate::reply::Reply;

/// The inspection of a declaration as the actor may see it.
pub async fn reply(
    conn: &mut PgConnection,
    actor: &Actor,
    id: DeclarationId,
) -> Result<Reply, Failure> {
    let (declaration, dossier) = inspection::service::read(conn, actor, id).await?;
    let revision = declaration.revision;
    let audience = match actor.reg_no() {
        Some(_) => Audience::Declarant,
        None => Audience::Office,
    };
    Ok(Reply::ok(&audience.inspection(declaration, dossier))?.revision(revision))
}

/// The same, after something was added to it.
pub async fn created(
    conn: &mut PgConnection,
    actor: &Actor,
    id: DeclarationId,
) -> Result<Reply, Failure> {
    let location = Some(format!("/v1/declarations/{id}/inspection"));
    Ok(Reply { status: StatusCode::CREATED, location, ..reply(conn, actor, id).await? })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    Declarant,
    Office,
}

impl Audience {
    /// The value, for offices only.
    fn office<T>(self, value: T) -> Option<T> {
        (self == Self::Office).then_some(value)
    }

    fn inspection(self, declaration: Declaration, dossier: Dossier) -> InspectionOut {
        let changes = dossier.changes.into_iter().map(change).collect();
        let rounds = dossier.rounds.into_iter();
        InspectionOut {
            declaration_id: declaration.id,
            is_selected: declaration.accepted_at.is_some().then_some(declaration.is_selected),
            decl_no: declaration.decl_no,
            status: declaration.status,
            insp_org: declaration.insp_org,
            draw: dossier.selection.and_then(|stored| self.office(draw(stored))),
            changes: self.office(changes),
            appointments: dossier.appointments.into_iter().map(appointment).collect(),
            rounds: rounds
                .map(|round| self.round(round, &dossier.signatures, &dossier.samples))
                .collect(),
            treatments: dossier.treatments.into_iter().map(|one| self.treatment(one)).collect(),
            disposal: dossier.disposal.map(disposal),
        }
    }

    fn round(self, round: Round, signatures: &[Signature], samples: &[Sample]) -> RoundOut {
        let signatures: Vec<&Signature> =
            signatures.iter().filter(|signature| signature.inspection_id == round.id).collect();
        let samples = samples.iter().filter(|sample| sample.inspection_id == round.id);
        RoundOut {
            id: round.id,
            round: round.round,
            started_at: round.started_at,
            result: result(&round, &signatures),
            samples: samples.cloned().map(sample).collect(),
            inspectors: self.office(round.inspectors),
            signatures: self.office(signatures.into_iter().cloned().map(signature).collect()),
        }
    }

    fn treatment(self, treatment: Treatment) -> TreatmentOut {
        TreatmentOut {
            id: treatment.id,
            method: treatment.method,
            ordered_at: treatment.ordered_at,
            certificate_no: treatment.certificate_no,
            is_effective: treatment.is_effective,
            verified_at: treatment.verified_at,
            ordered_by: self.office(treatment.ordered_by),
            verified_by: treatment.verified_by.and_then(|person| self.office(person)),
        }
    }
}

/// What the second signature made final.
fn result(round: &Round, signatures: &[&Signature]) -> Option<ResultOut> {
    let judgement = &signatures.last()?.judgement;
    Some(ResultOut {
        verdict: round.verdict?,
        code: judgement.code,
        findings: judgement.findings.clone(),
        decided_at: round.decided_at?,
    })
}

fn draw(stored: Stored) -> DrawOut {
    let selection = stored.selection;
    DrawOut {
        drawn_at: stored.drawn_at,
        reason: selection.reason,
        rate_ppm: selection.rate.ppm(),
        inputs: selection.inputs,
        draw: selection.draw.to_string(),
        audit_draw: selection.audit_draw.map(|draw| draw.to_string()),
        key_id: selection.key_id,
    }
}

fn change(change: Change) -> ChangeOut {
    ChangeOut {
        kind: change.kind,
        rate_ppm: change.rate.map(inspection::Rate::ppm),
        reason: change.reason,
        by_staff: change.by_staff,
        at: change.at,
    }
}

fn appointment(appointment: Appointment) -> AppointmentOut {
    AppointmentOut {
        id: appointment.id,
        place: appointment.place,
        slot_from: appointment.slot_from,
        slot_to: appointment.slot_to,
        made_by: appointment.made_by,
        made_at: appointment.made_at,
    }
}

fn signature(signature: Signature) -> SignatureOut {
    let judgement = signature.judgement;
    SignatureOut {
        inspector: signature.inspector,
        verdict: judgement.verdict,
        code: judgement.code,
        findings: judgement.findings,
        evidence: judgement.evidence,
        signed_at: signature.signed_at,
    }
}

fn sample(sample: Sample) -> SampleOut {
    SampleOut {
        id: sample.id,
        receipt_no: sample.receipt_no,
        goods_no: sample.goods_no,
        quantity: sample.quantity,
        laboratory: sample.laboratory,
        taken_at: sample.taken_at,
        result: sample.result,
        result_detail: sample.result_detail,
        reported_at: sample.reported_at,
    }
}

fn disposal(disposal: Disposal) -> DisposalOut {
    DisposalOut { kind: disposal.kind, evidence: disposal.evidence, proven_at: disposal.proven_at }
}

/// What the documentation shows: the wine of an office, sampled and passed.
#[must_use]
pub fn example() -> serde_json::Value {
    let factor = |value: &str, goods_no: Option<i32>, code: &str| json!({ "value": value, "goods_no": goods_no, "code": code });
    json!({
        "declaration_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d", "decl_no": "310900114000124",
        "status": "CONFORMING", "insp_org": "311000", "is_selected": true,
        "draw": {
            "drawn_at": "2014-05-12T02:20:00Z", "reason": "DRAWN", "rate_ppm": 150_000,
            "inputs": {
                "base": factor("0.30", Some(1), "15-22"), "credit": factor("0.5", None, "A"),
                "origin": factor("1.0", Some(1), "FRA"), "packaging": factor("1.0", Some(1), "none"),
                "mandatory": null, "is_inherited": false, "audit": 5000
            },
            "draw": "14615b065293e3d1", "audit_draw": null, "key_id": "2014"
        },
        "changes": [],
        "appointments": [{
            "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "place": "洋山三期堆场",
            "slot_from": "2014-05-13T01:00:00Z", "slot_to": "2014-05-13T03:00:00Z",
            "made_by": "3100601234", "made_at": "2014-05-12T03:00:00Z"
        }],
        "rounds": [{
            "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61", "round": 1,
            "started_at": "2014-05-13T01:10:00Z",
            "result": {
                "verdict": "PASS", "code": null,
                "findings": [{ "goods_no": 1, "verdict": "PASS" }],
                "decided_at": "2014-05-21T06:05:00Z"
            },
            "samples": [{
                "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c62", "receipt_no": "SR31100020140513000001",
                "goods_no": 1, "quantity": "6 bottles", "laboratory": "食品实验室",
                "taken_at": "2014-05-13T01:40:00Z", "result": "CONFORMING",
                "result_detail": "报告 SH14-05123：酒精度、二氧化硫合格",
                "reported_at": "2014-05-21T05:30:00Z"
            }],
            "inspectors": [
                "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c71", "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c72"
            ],
            "signatures": [
                signed("01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c71", "2014-05-21T06:00:00Z"),
                signed("01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c72", "2014-05-21T06:05:00Z")
            ]
        }],
        "treatments": [], "disposal": null
    })
}

fn signed(inspector: &str, at: &str) -> serde_json::Value {
    json!({
        "inspector": inspector, "verdict": "PASS", "code": null,
        "findings": [{ "goods_no": 1, "verdict": "PASS" }], "evidence": [], "signed_at": at
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use shared::{
        declaration::{Direction, Kind, Status},
        inspection::{
            ChangeKind, DrawKeys, Factor, Finding, Inputs, InspectionId, Judgement, Rate, Verdict,
            select,
        },
    };
    use uuid::Uuid;

    use super::*;

    const NUMBER: &str = "310900114000124";
    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn declaration() -> Declaration {
        Declaration {
            id: DeclarationId(Uuid::nil()),
            decl_reg_no: "3100601234".into(),
            ent_decl_no: "E-1".into(),
            apl_kind: Direction::Inbound,
            decl_code: "13".into(),
            kind: Kind::Catalogue,
            direct_bureau: "310000".into(),
            do_key: None,
            consignee_code: None,
            decl_no: Some(NUMBER.into()),
            status: Status::Inspecting,
            version: 1,
            revision: 1,
            decl_org: "310900".into(),
            release_org: "311000".into(),
            insp_org: Some("311000".into()),
            holder_org: "311000".into(),
            anywhere: true,
            is_selected: true,
            is_mandatory: false,
            has_result: false,
            credit_class: None,
            withdrawal_requested_at: None,
            filed_at: NOW,
            accepted_at: Some(NOW),
            released_at: None,
            updated_at: NOW,
        }
    }

    /// Drawn, changed, under inspection, and signed by one of two inspectors.
    fn dossier() -> Dossier {
        let factor = || Factor::new(1.into(), "test");
        let inputs = Inputs {
            purpose: shared::inspection::Purpose::Select,
            base: factor(),
            credit: factor(),
            origin: factor(),
            packaging: factor(),
            mandatory: None,
            is_inherited: false,
            audit: Rate::AUDIT,
        };
        let keys = DrawKeys::parse("1970-01-01 key a-secret-of-enough-bytes").unwrap();
        let key = keys.of_day(NOW.date_naive()).unwrap();
        let (id, inspector) = (InspectionId(Uuid::nil()), Uuid::from_u128(1));
        let findings = vec![Finding { goods_no: 1, verdict: Verdict::Pass, remark: None }];
        let judgement =
            Judgement { verdict: Verdict::Pass, findings, code: None, evidence: Vec::new() };
        Dossier {
            selection: Some(Stored {
                declaration: DeclarationId(Uuid::nil()),
                decl_no: NUMBER.into(),
                drawn_at: NOW,
                selection: select(key, NUMBER, inputs),
                is_selected: true,
                is_mandatory: false,
            }),
            changes: vec![Change {
                kind: ChangeKind::RateRaised,
                rate: Some(Rate::ALWAYS),
                reason: "amended".into(),
                by_staff: None,
                at: NOW,
            }],
            appointments: Vec::new(),
            rounds: vec![Round {
                id,
                round: 1,
                insp_org: "311000".into(),
                inspectors: vec![inspector, Uuid::from_u128(2)],
                started_at: NOW,
                verdict: None,
                decided_at: None,
            }],
            signatures: vec![Signature { inspection_id: id, inspector, judgement, signed_at: NOW }],
            samples: Vec::new(),
            treatments: Vec::new(),
            disposal: None,
        }
    }

    #[test]
    fn a_declarant_sees_neither_draws_nor_names() {
        let shown = Audience::Declarant.inspection(declaration(), dossier());
        let shown = serde_json::to_value(shown).unwrap();

        assert_eq!(shown["is_selected"], true);
        assert_eq!(shown["draw"], json!(null));
        assert_eq!(shown["changes"], json!(null));
        let round = &shown["rounds"][0];
        for hidden in ["inspectors", "signatures", "result"] {
            assert_eq!(round[hidden], json!(null), "{hidden}");
        }
    }

    #[test]
    fn an_office_sees_the_whole_of_it() {
        let shown = Audience::Office.inspection(declaration(), dossier());
        let shown = serde_json::to_value(shown).unwrap();

        assert_eq!(shown["draw"]["rate_ppm"], 1_000_000);
        assert_eq!(shown["changes"][0]["rate_ppm"], 1_000_000);
        assert_eq!(shown["rounds"][0]["signatures"][0]["verdict"], "PASS");
        assert_eq!(shown["rounds"][0]["result"], json!(null), "one signature is no result");
    }

    #[test]
    fn nobody_knows_before_acceptance() {
        let filed = Declaration { accepted_at: None, decl_no: None, ..declaration() };
        let nothing = Dossier { selection: None, changes: Vec::new(), ..dossier() };
        let shown = serde_json::to_value(Audience::Office.inspection(filed, nothing)).unwrap();

        assert_eq!(shown["is_selected"], json!(null));
        assert_eq!(shown["draw"], json!(null));
    }
}
