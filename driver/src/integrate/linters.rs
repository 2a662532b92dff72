//! spectral and redocly, and what each says of the contract.
use std::{fs, time::Duration};

use serde_json::Value;

use super::{
    Found,
    tool::{Place, command},
};

const FOLDER: &str = "openapi/lint";
const PATIENCE: Duration = Duration::from_mins(2);

/// Counts errors and warnings of each.
pub(super) async fn lint(place: &Place, found: &mut Found) -> anyhow::Result<()> {
    let told = place.made("spectral.json");
    let mut spectral = command(
        place.node(FOLDER, "spectral"),
        [
            "lint",
            "../openapi.json",
            "--ruleset",
            "spectral.yaml",
            "--format",
            "json",
            "--fail-severity=hint",
            "--output",
        ],
    );
    spectral.arg(&told).current_dir(place.source(FOLDER)).env("NODE_NO_WARNINGS", "1");
    let is_well = place.run("spectral", &mut spectral, PATIENCE).await?;
    let said: Value = fs::read(&told)
        .ok()
        .and_then(|said| serde_json::from_slice(&said).ok())
        .unwrap_or_default();
    let of_severity = |wanted: u64| {
        let all = said.as_array().into_iter().flatten();
        all.filter(|one| one["severity"] == wanted).count() as u64
    };
    // Zero is an error there, one a warning.
    found.count("spectral_errors", of_severity(0).max(u64::from(!is_well && said.is_null())));
    found.count("spectral_warnings", of_severity(1));

    let mut redocly = command(
        place.node(FOLDER, "redocly"),
        ["lint", "../openapi.json", "--config", "redocly.yaml", "--format", "json"],
    );
    redocly
        .current_dir(place.source(FOLDER))
        .env("NODE_NO_WARNINGS", "1")
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    let is_well = place.run("redocly", &mut redocly, PATIENCE).await?;
    let said = fs::read_to_string(place.log("redocly"))?;
    let totals = json_in(&said).unwrap_or_default();
    let of = |name: &str| totals["totals"][name].as_u64();
    found.count("redocly_errors", of("errors").unwrap_or(u64::from(!is_well)));
    found.count("redocly_warnings", of("warnings").unwrap_or(0));
    Ok(())
}

/// The object among lines that are for people.
fn json_in(said: &str) -> Option<Value> {
    let from = said.find('{')?;
    serde_json::Deserializer::from_str(&said[from..]).into_iter().next()?.ok()
}
