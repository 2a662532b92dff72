//! What was promised to integrators is kept: `openapi/released/` holds each contract that was published.
use std::{fs, path::Path};

use api::document::breaking::breaks;
use serde_json::Value;

/// The published contracts of the major version that this one belongs to.
fn released() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/released");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&fs::read(file).unwrap()).unwrap())
        })
        .collect()
}

#[test]
fn no_released_contract_is_broken_by_this_one() {
    let released = released();
    let ours: Value = serde_json::from_str(&api::openapi_json()).unwrap();

    assert!(!released.is_empty());
    for (name, earlier) in released {
        let broken = breaks(&earlier, &ours);
        assert!(broken.is_empty(), "{name}:\n{}", broken.join("\n"));
    }
}
