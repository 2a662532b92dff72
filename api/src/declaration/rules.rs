//! `GET /v1/rules`
use actix_web::get;
use serde::{Deserialize, Serialize};
use shared::{
    catalogue,
    identity::Permission,
    kernel::{Group, Rule},
};
use utoipa::{IntoParams, ToSchema};

use crate::{Answer, Caller, body::Params, reply::Reply};

/// The catalogue of rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleList {
    /// In the order of the catalogue.
    #[schema(value_type = Vec<Rule>, max_items = 1000)]
    pub data: Vec<&'static Rule>,
}

/// Which rules to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RuleFilter {
    /// What this code means; nothing where no finding has it.
    #[param(max_length = 64, pattern = "^[a-z0-9-]+$")]
    pub code: Option<String>,
    /// Only what this room gives.
    #[param(inline)]
    pub group: Option<Group>,
}

impl RuleFilter {
    fn wants(&self, rule: &Rule) -> bool {
        self.code.as_ref().is_none_or(|code| code == rule.code)
            && self.group.is_none_or(|group| rule.groups.contains(&group))
    }
}

/// List rules
///
/// Every code that a finding can carry, in `errors` of a problem, a defect notice, a result or a receipt of the exchange: its
/// weight, when it is told and by which rooms, its source, the fields that it can point to, and the edition that told it
/// first. Of a declaration, errors return it, warnings lead it to an officer, infos are told and route nothing.
#[utoipa::path(
    operation_id = "listRules", tag = "declaration", params(RuleFilter),
    responses((status = 200, description = "The rules, in the order of the catalogue.", body = RuleList,
        example = json!({ "data": [{
            "code": "hs-code-malformed", "severity": "ERROR", "stage": "REVIEW", "groups": ["DECLARATION", "NONCONFORMITY"],
            "title_zh": "HS 编码格式有误（报检为10位数字）",
            "title_en": "The HS code is malformed: a declaration wants ten digits",
            "source": "domain R14, 2.3", "fields": ["/goods/*/hs_code"], "since": "0.1.0" }] }))),
)]
#[get("/rules")]
pub async fn handler(caller: Caller, filter: Params<RuleFilter>) -> Answer {
    let filter = filter.0;
    caller
        .look(Permission::RuleRead, async |_, _| {
            let data = catalogue::all().filter(|rule| filter.wants(rule)).collect();
            Ok(Reply::ok(&RuleList { data })?)
        })
        .await
}
