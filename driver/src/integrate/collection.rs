//! The Postman collection, run by newman.
use std::{fs, time::Duration};

use serde_json::{Value, json};

use super::{
    Found, Guest,
    tool::{Place, command},
};

const PATIENCE: Duration = Duration::from_mins(3);

/// Every request of the collection, with its tests.
pub(super) async fn run(place: &Place, guest: &Guest, found: &mut Found) -> anyhow::Result<()> {
    let told = place.made("newman.json");
    let _ = fs::remove_file(&told);
    let collection = place.source("clients/postman/anyport.postman_collection.json");
    let mut newman = command(place.node("clients", "newman"), ["run"]);
    newman.arg(collection);
    for (name, value) in [
        ("url", guest.url.as_str()),
        ("client_id", &guest.client_id),
        ("client_secret", &guest.secret),
        ("declaration", &guest.declaration.to_string()),
    ] {
        newman.arg("--env-var").arg(format!("{name}={value}"));
    }
    newman.args(["--reporters", "cli,json", "--reporter-json-export"]).arg(&told);
    let is_well = place.run("newman", &mut newman, PATIENCE).await?;
    let said = fs::read(&told).ok().and_then(|said| serde_json::from_slice::<Value>(&said).ok());
    let number = |path: &str| said.as_ref().and_then(|said| said.pointer(path)?.as_u64());
    found.tell("newman_requests", json!(number("/run/stats/requests/total").unwrap_or(0)));
    found.tell("newman_assertions", json!(number("/run/stats/assertions/total").unwrap_or(0)));
    let failed = number("/run/failures/length").or_else(|| number("/run/stats/assertions/failed"));
    found.count("newman_failed", failed.unwrap_or(0).max(u64::from(!is_well)));
    Ok(())
}
