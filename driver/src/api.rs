//! The operations of Anyport that the driver uses: every path and every body it sends stands here.
use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::{
    client::Fault,
    session::Session,
    wire::{
        Agreement, Client, ClientIssued, Declaration, Dossier, Eligibility, FeeNotice, Handoff,
        Happening, MonthlySettlement, Organisation, Page, PowerOfAttorney, Receipt, Staff,
        Timeline,
    },
};

type Heard<T> = Result<T, Fault>;

/// What one inspector signs.
pub(crate) enum Judgement {
    Pass,
    /// With the code of what is wrong.
    Fail(&'static str),
}

/// What a declarant asks for.
impl Session {
    /// Files a declaration: its receipt, and whether it is new.
    pub(crate) async fn file(&self, content: &Value) -> Heard<(Receipt, bool)> {
        let reply = self.act("/v1/declarations", Some(content)).await?;
        let is_new = reply.status == 201;
        let receipt = serde_json::from_value(reply.body)
            .map_err(|error| Fault::Unexpected(format!("a receipt of another shape: {error}")))?;
        Ok((receipt, is_new))
    }

    pub(crate) async fn resubmit(&self, id: &str, content: &Value) -> Heard<Receipt> {
        self.post(&format!("/v1/declarations/{id}/resubmit"), Some(content)).await
    }

    pub(crate) async fn change_release_office(&self, id: &str, office: &str) -> Heard<Declaration> {
        let body = json!({ "release_org": office });
        self.post(&format!("/v1/declarations/{id}/change-release-office"), Some(&body)).await
    }

    /// One's own declarations that changed since.
    pub(crate) async fn changed_since(&self, since: DateTime<Utc>) -> Heard<Vec<Declaration>> {
        let since = since.to_rfc3339_opts(SecondsFormat::Millis, true);
        self.list(&format!("/v1/declarations?updated_since={since}")).await
    }

    pub(crate) async fn timeline(&self, id: &str) -> Heard<Vec<Happening>> {
        Ok(self.get::<Timeline>(&format!("/v1/declarations/{id}/timeline")).await?.data)
    }

    pub(crate) async fn fee_notice(&self, id: &str) -> Heard<FeeNotice> {
        self.get(&format!("/v1/fee-notices/{id}")).await
    }

    pub(crate) async fn fee_notices(&self, declaration: &str) -> Heard<Vec<FeeNotice>> {
        self.list(&format!("/v1/fee-notices?declaration_id={declaration}")).await
    }

    pub(crate) async fn pay(&self, notice: &str) -> Heard<FeeNotice> {
        self.post(&format!("/v1/fee-notices/{notice}/pay"), None).await
    }
}

/// What officers do.
impl Session {
    async fn step(&self, id: &str, verb: &str, body: Option<&Value>) -> Heard<()> {
        self.act(&format!("/v1/declarations/{id}/{verb}"), body).await.map(drop)
    }

    pub(crate) async fn accept(&self, id: &str) -> Heard<()> {
        self.step(id, "accept", None).await
    }

    /// Fixes a visit that begins in an hour.
    pub(crate) async fn appoint(&self, id: &str, now: DateTime<Utc>) -> Heard<()> {
        let slot =
            |hours| (now + TimeDelta::hours(hours)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = json!({ "place": "查验场站1号位", "slot_from": slot(1), "slot_to": slot(3) });
        self.step(id, "appointments", Some(&body)).await
    }

    pub(crate) async fn start_inspection(&self, id: &str, second_inspector: &str) -> Heard<()> {
        let body = json!({ "second_inspector": second_inspector });
        self.step(id, "start-inspection", Some(&body)).await
    }

    pub(crate) async fn sample(&self, id: &str, goods: &[u16]) -> Heard<()> {
        let sample = |line: &u16| json!({ "goods_no": line, "quantity": "2", "laboratory": "技术中心实验室" });
        let body = json!({ "samples": goods.iter().map(sample).collect::<Vec<_>>() });
        self.step(id, "samples", Some(&body)).await
    }

    pub(crate) async fn report_sample(&self, id: &str, sample: &str) -> Heard<()> {
        let body = json!({ "result": "CONFORMING", "detail": "检测项目均符合要求" });
        self.step(id, &format!("samples/{sample}/report"), Some(&body)).await
    }

    pub(crate) async fn sign_result(
        &self,
        id: &str,
        judgement: &Judgement,
        goods: &[u16],
    ) -> Heard<()> {
        let findings = |verdict: &str| -> Vec<_> {
            goods.iter().map(|line| json!({ "goods_no": line, "verdict": verdict })).collect()
        };
        let body = match judgement {
            Judgement::Pass => json!({ "verdict": "PASS", "findings": findings("PASS") }),
            Judgement::Fail(code) => json!({
                "verdict": "FAIL", "findings": findings("FAIL"), "code": code,
                "evidence": ["现场照片4张", "查验记录单"],
            }),
        };
        self.step(id, "sign-result", Some(&body)).await
    }

    pub(crate) async fn order_treatment(&self, id: &str) -> Heard<()> {
        let body = json!({ "method": "溴甲烷熏蒸 48 g/m3, 24 h" });
        self.step(id, "order-treatment", Some(&body)).await
    }

    pub(crate) async fn verify_treatment(&self, id: &str) -> Heard<()> {
        let body = json!({ "effect": "EFFECTIVE", "certificate_no": "FUM-0001" });
        self.step(id, "verify-treatment", Some(&body)).await
    }

    /// Proves that the goods were sent back.
    pub(crate) async fn close_inspection(&self, id: &str) -> Heard<()> {
        let body = json!({ "kind": "RETURNED", "evidence": ["退运提单副本"] });
        self.step(id, "close-inspection", Some(&body)).await
    }

    pub(crate) async fn issue_clearance_form(&self, id: &str) -> Heard<()> {
        self.step(id, "clearance-forms", Some(&json!({ "lines": [] }))).await
    }

    pub(crate) async fn release(&self, id: &str) -> Heard<()> {
        self.step(id, "release", None).await
    }

    pub(crate) async fn offer_handoff(&self, id: &str) -> Heard<()> {
        self.step(id, "offer-handoff", None).await
    }

    pub(crate) async fn accept_handoff(&self, handoff: &str) -> Heard<()> {
        self.act(&format!("/v1/handoffs/{handoff}/accept"), None).await.map(drop)
    }

    pub(crate) async fn handoffs(&self, id: &str) -> Heard<Vec<Handoff>> {
        Ok(self.get::<Page<_>>(&format!("/v1/declarations/{id}/handoffs")).await?.data)
    }

    pub(crate) async fn dossier(&self, id: &str) -> Heard<Dossier> {
        self.get(&format!("/v1/declarations/{id}/inspection")).await
    }

    /// Line numbers of the goods in the current version.
    pub(crate) async fn goods_lines(&self, id: &str) -> Heard<Vec<u16>> {
        let whole: Value = self.get(&format!("/v1/declarations/{id}")).await?;
        let lines = whole["content"]["goods"].as_array().into_iter().flatten();
        Ok(lines.filter_map(|line| line["goods_no"].as_u64()?.try_into().ok()).collect())
    }
}

/// What an administrator sets up.
impl Session {
    pub(crate) async fn organisations(&self) -> Heard<Vec<Organisation>> {
        self.list("/v1/organisations").await
    }

    pub(crate) async fn create_organisation(&self, organisation: &Value) -> Heard<Organisation> {
        self.post("/v1/organisations", Some(organisation)).await
    }

    /// Loads lines into a reference table; the same lines twice change nothing.
    pub(crate) async fn import(&self, book: &str, csv: &str) -> Heard<()> {
        self.upload(&format!("/v1/reference/{book}/import"), "text/csv", csv).await.map(drop)
    }

    pub(crate) async fn staff(&self) -> Heard<Vec<Staff>> {
        self.list("/v1/staff").await
    }

    pub(crate) async fn create_staff(&self, staff: &Value) -> Heard<Staff> {
        self.post("/v1/staff", Some(staff)).await
    }

    pub(crate) async fn reset_password(&self, staff: &str, password: &str) -> Heard<()> {
        let body = json!({ "password": password });
        self.act(&format!("/v1/staff/{staff}/reset-password"), Some(&body)).await.map(drop)
    }

    pub(crate) async fn clients(&self) -> Heard<Vec<Client>> {
        self.list("/v1/clients").await
    }

    pub(crate) async fn create_client(&self, client: &Value) -> Heard<ClientIssued> {
        self.post("/v1/clients", Some(client)).await
    }

    /// A new credential: a secret made there, or the public key given here.
    pub(crate) async fn rotate_client(&self, id: &str, key: Option<&str>) -> Heard<ClientIssued> {
        let body = key.map_or_else(|| json!({}), |key| json!({ "public_key": key }));
        self.post(&format!("/v1/clients/{id}/rotate"), Some(&body)).await
    }
}

/// Powers, eligibilities and agreements.
impl Session {
    pub(crate) async fn powers_of_attorney(&self, agent: &str) -> Heard<Vec<PowerOfAttorney>> {
        self.list(&format!("/v1/powers-of-attorney?agent_code={agent}")).await
    }

    pub(crate) async fn grant_power_of_attorney(
        &self,
        agent: &str,
        enterprise: &str,
        days: (NaiveDate, NaiveDate),
    ) -> Heard<()> {
        let body = json!({ "agent_code": agent, "enterprise_code": enterprise, "valid_from": days.0,
            "valid_to": days.1 });
        self.act("/v1/powers-of-attorney", Some(&body)).await.map(drop)
    }

    pub(crate) async fn eligibilities(&self) -> Heard<Vec<Eligibility>> {
        self.list("/v1/eligibilities").await
    }

    pub(crate) async fn apply_for_eligibility(&self) -> Heard<Eligibility> {
        self.post("/v1/eligibilities", Some(&json!({ "commitments_signed": true }))).await
    }

    pub(crate) async fn review_eligibility(&self, id: &str) -> Heard<()> {
        self.act(&format!("/v1/eligibilities/{id}/review"), None).await.map(drop)
    }

    pub(crate) async fn approve_eligibility(&self, id: &str) -> Heard<()> {
        self.act(&format!("/v1/eligibilities/{id}/approve"), None).await.map(drop)
    }

    pub(crate) async fn agreements(&self) -> Heard<Vec<Agreement>> {
        self.list("/v1/agreements").await
    }

    pub(crate) async fn sign_agreement(&self, agreement: &Value) -> Heard<Agreement> {
        self.post("/v1/agreements", Some(agreement)).await
    }

    pub(crate) async fn monthly_settlements(&self) -> Heard<Vec<MonthlySettlement>> {
        self.list("/v1/monthly-settlements").await
    }

    pub(crate) async fn grant_monthly_settlement(
        &self,
        settlement: &Value,
    ) -> Heard<MonthlySettlement> {
        self.post("/v1/monthly-settlements", Some(settlement)).await
    }

    pub(crate) async fn end_agreement(&self, id: &str, reason: &str) -> Heard<()> {
        let body = json!({ "reason": reason });
        self.act(&format!("/v1/agreements/{id}/end"), Some(&body)).await.map(drop)
    }
}
