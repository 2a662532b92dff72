//! `GET /v1/rules`
use actix_web::get;
use serde::Serialize;
use shared::{
    declaration::rules::{RULES, Rule},
    identity::Permission,
};
use utoipa::ToSchema;

use crate::{Answer, Caller, reply::Reply};

/// The catalogue of rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleList {
    /// In the order of the documentation.
    #[schema(value_type = Vec<Rule>, max_items = 1000)]
    pub data: &'static [&'static Rule],
}

/// List rules
///
/// Every code that a defect notice or a 400 can carry, with its weight, its stage, its source, the fields
/// that it can point to, and the edition that told it first. Errors return a
/// declaration, warnings lead it to an officer, infos are told and route nothing.
#[utoipa::path(
    operation_id = "listRules", tag = "declaration",
    responses((status = 200, description = "All rules, in the order of the catalogue.", body = RuleList,
        example = json!({ "data": [{
            "code": "hs-code-malformed", "severity": "ERROR", "stage": "REVIEW",
            "title_zh": "HS 编码应为10位数字", "title_en": "The HS code is not ten digits",
            "source": "domain R14, 2.3", "fields": ["/goods/*/hs_code"], "since": "0.1.0" }] }))),
)]
#[get("/rules")]
pub async fn handler(caller: Caller) -> Answer {
    caller.look(Permission::RuleRead, async |_, _| Ok(Reply::ok(&RuleList { data: RULES })?)).await
}
