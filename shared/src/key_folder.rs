//! A folder of private keys: one Ed25519 key in each `<kid>.pem` (PKCS#8). The greatest name is the newest key, and
//! signs; the others are still there, so that a key can be put in before it is used.
use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, anyhow, ensure};
use ed25519_dalek::{SigningKey, pkcs8::DecodePrivateKey as _};

/// All keys of the folder by their names; at least one. Public halves beside them (`<kid>.pub.pem`) are not needed and
/// are passed over.
pub fn read(folder: &Path) -> anyhow::Result<BTreeMap<String, SigningKey>> {
    let shown = folder.display();
    let mut keys = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("the folder of keys, {shown}"))? {
        let path = entry.with_context(|| format!("the folder of keys, {shown}"))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some((kid, "pem")) = name.rsplit_once('.') else { continue };
        if kid.rsplit_once('.').is_some_and(|(_, half)| half == "pub") {
            continue;
        }
        let key = read_key(&path).with_context(|| format!("the key {}", path.display()))?;
        keys.insert(kid.to_owned(), key);
    }
    ensure!(!keys.is_empty(), "no <kid>.pem with a private key in {shown}");
    Ok(keys)
}

fn read_key(path: &Path) -> anyhow::Result<SigningKey> {
    let pem = fs::read_to_string(path)?;
    SigningKey::from_pkcs8_pem(&pem)
        .map_err(|error| anyhow!("not an Ed25519 private key in PKCS8 PEM: {error}"))
}
