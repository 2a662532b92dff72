//! Schemathesis: requests made up from the contract, right and wrong, alone and one after another; whether each is
//! answered as the contract says.
use std::{fs, time::Duration};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{
    Found, Plan,
    tool::{Place, command},
};
use crate::{demo, session::Session, world::World};

/// What would take the tester's own right to ask, or its clock, away.
const LEFT_OUT: [&str; 5] =
    ["revokeClient", "rotateClient", "disableStaff", "resetStaffPassword", "disableOrganisation"];

/// Half of the time as an officer, half as an enterprise: each is let in where the other is not.
pub(super) async fn test(
    place: &Place,
    plan: &Plan,
    world: &World,
    officer: &Session,
    found: &mut Found,
) -> anyhow::Result<()> {
    let enterprise = world.declarant(demo::ONLINE_PAYER)?;
    let mut sums = Sums::default();
    for (name, session) in [("enterprise", enterprise), ("officer", officer)] {
        let token = session.token().await?;
        let report = place.made(&format!("schemathesis-{name}.json"));
        let _ = fs::remove_file(&report);
        let mut tester = command(place.python("schemathesis"), ["--config-file"]);
        tester.arg(place.source("clients/schemathesis.toml")).arg("run");
        tester.arg(place.source("openapi/openapi.json")).args(["--url", &world.server.url("")]);
        tester.args(["--header", &format!("Authorization: Bearer {token}")]);
        for operation in LEFT_OUT {
            tester.args(["--exclude-operation-id", operation]);
        }
        let seconds = plan.seconds / 2;
        tester.args([
            "--phases",
            plan.phases,
            "--max-time",
            &seconds.to_string(),
            "--no-color",
            "--report",
            "json",
        ]);
        tester.arg("--report-json-path").arg(&report).current_dir(place.made(""));
        let patience = Duration::from_secs(seconds + 120);
        place.run(&format!("schemathesis-{name}"), &mut tester, patience).await?;
        let told = fs::read(&report).with_context(|| format!("{name}: no report"))?;
        sums.add(&serde_json::from_slice(&told)?);
    }
    found.tell("operations", json!(sums.operations));
    found.tell("operations_covered", json!(sums.covered));
    found.tell("cases", json!(sums.cases));
    found.count("server_errors", sums.server_errors);
    found.count("schema_violations", sums.violations);
    found.count("schemathesis_errors", sums.errors);
    Ok(())
}

#[derive(Default)]
struct Sums {
    operations: u64,
    covered: u64,
    cases: u64,
    server_errors: u64,
    violations: u64,
    errors: u64,
}

impl Sums {
    fn add(&mut self, report: &Value) {
        let number = |path: &str| report.pointer(path).and_then(Value::as_u64).unwrap_or(0);
        self.operations = number("/operations/total");
        self.covered = self.covered.max(number("/operations/tested"));
        self.cases += number("/test_cases/generated");
        for failure in report["failures"].as_array().into_iter().flatten() {
            let count = failure["count"].as_u64().unwrap_or(1);
            match failure["type"].as_str() {
                Some("ServerError") => self.server_errors += count,
                _ => self.violations += count,
            }
        }
        // NDJSON and workbooks it cannot make up; that is no fault of anybody's.
        let is_fault = |error: &&Value| error["title"] != "Serialization not possible";
        let errors = report["errors"].as_array().into_iter().flatten().filter(is_fault);
        self.errors += errors.count() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_breaks_is_told_from_what_the_contract_does_not_say() {
        let mut sums = Sums::default();

        sums.add(&json!({
            "operations": { "total": 10, "tested": 9 }, "test_cases": { "generated": 100 }, "errors": [],
            "failures": [{ "type": "ServerError", "count": 2 }, { "type": "JsonSchemaError", "count": 1 }],
        }));

        assert_eq!((sums.server_errors, sums.violations, sums.covered), (2, 1, 9));
    }
}
